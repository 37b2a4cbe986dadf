// Reads which processes of this machine belong to an agent: its group, its terminal session, its descendants, and who carries its mark
// in the environment (a child that detached from all three is still found by it, on Linux). Ends nothing.
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'

/** A process for good: a pid alone is reused, so `startedAt` (opaque) belongs to it. */
export interface Relative {
  pid: number
  startedAt: string
  /** Command line as the system shows it, at most 500 characters. */
  command: string
}

interface Row extends Omit<Relative, 'command'> {
  /** Asked only of relatives: of the others nobody wants to know. */
  command: () => string
  parent: number
  group: number
  session: number
  marked: boolean
}

/** Name of the environment variable that marks an agent's family. */
export const markName = 'OFFDESK_AGENT_FAMILY'

/** Start time of a live process, as in Relative; undefined if there is none or the system cannot be asked. */
export async function startedAtOf(pid: number, mark: string): Promise<string | undefined> {
  if (process.platform === 'linux') return linuxRow(pid, mark)?.startedAt
  return (await rowsOf(mark)).find((row) => row.pid === pid)?.startedAt
}

/**
 * Live relatives of the process `root` that started at `rootStartedAt`, without itself; zombies do not count. Empty where the
 * system cannot be asked (Windows).
 */
export async function relativesOf(root: number, rootStartedAt: string | undefined, mark: string): Promise<Relative[]> {
  const rows = await rowsOf(mark)
  const family = new Set<number>()
  // Once the agent has ended its number may belong to a stranger, whose children are none of ours.
  const stranger = rows.some(({ pid, startedAt }) => pid === root && startedAt !== rootStartedAt)
  if (!stranger) family.add(root)
  for (const row of rows) {
    if (row.marked || (!stranger && (row.group === root || row.session === root))) family.add(row.pid)
  }
  for (let grown = true; grown; ) {
    grown = false
    for (const row of rows) {
      if (family.has(row.pid) || !family.has(row.parent)) continue
      family.add(row.pid)
      grown = true
    }
  }
  return rows
    .filter(({ pid }) => pid !== root && pid !== process.pid && family.has(pid))
    .map(({ pid, startedAt, command }) => ({ pid, startedAt, command: command().slice(0, 500) }))
}

async function rowsOf(mark: string): Promise<Row[]> {
  if (process.platform === 'linux') return linuxRows(mark)
  return process.platform === 'darwin' ? macRows() : []
}

// Not asynchronously: the kernel answers from memory in microseconds, and by way of the thread pool a table of a hundred processes cost most of a short turn.
function linuxRows(mark: string): Row[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (linuxRow(Number(name), mark) ?? []) : []))
}

function linuxRow(pid: number, mark: string): Row | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name in parentheses and may hold anything: count from the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined
    return {
      pid,
      parent: Number(fields[1]),
      group: Number(fields[2]),
      session: Number(fields[3]),
      startedAt: fields[19] ?? '',
      command: () => textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim(),
      marked: `\0${textOf(`/proc/${pid}/environ`)}`.includes(`\0${markName}=${mark}\0`),
    }
  } catch {
    // Ended while it was being read.
    return undefined
  }
}

/** Another user's environment may not be read, and is not of this family; whoever has ended has neither. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

async function macRows(): Promise<Row[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axww', '-o', 'pid=,ppid=,pgid=,stat=,lstart=,command='], {
    env: { ...process.env, LC_ALL: 'C' },
    maxBuffer: 64 * 1024 * 1024,
  })
  return stdout.split('\n').flatMap((line) => {
    const found = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(.*)$/.exec(line)
    const [, pid, parent, group, state, startedAt, command] = found ?? []
    if (pid === undefined || state === undefined || state.startsWith('Z')) return []
    const numbers = { pid: Number(pid), parent: Number(parent), group: Number(group), session: -1 }
    return [{ ...numbers, startedAt: startedAt ?? '', command: () => command ?? '', marked: false }]
  })
}
