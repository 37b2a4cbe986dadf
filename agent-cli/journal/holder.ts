// Says whether a process that left its name in a lock still lives: a pid alone is reused, so its start time belongs to it.
// Knows no lock file.
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { systemCode } from './failure.ts'

/** A process for good: `startedAt` is opaque, and null where the system does not tell it. */
export interface Holder {
  pid: number
  startedAt: string | null
}

/** This process. */
export async function thisProcess(): Promise<Holder> {
  return { pid: process.pid, startedAt: await startOf(process.pid) }
}

/** True while that very process runs. A zombie is dead; a process of another user is alive; an unknown start time counts as the same. */
export async function isAlive(holder: Holder): Promise<boolean> {
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    if (systemCode(error) !== 'EPERM') return false
  }
  const startedAt = await startOf(holder.pid)
  if (startedAt === 'gone') return false
  return startedAt === null || holder.startedAt === null || startedAt === holder.startedAt
}

/** Start time of a process: `gone` if it has ended, null where it cannot be told. */
async function startOf(pid: number): Promise<string | null> {
  if (process.platform === 'linux') return startOnLinux(pid)
  if (process.platform === 'darwin') return startOnMac(pid)
  return null
}

async function startOnLinux(pid: number): Promise<string | null> {
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ])
    // The second field is the program's name in parentheses and may hold anything: count from the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') return 'gone'
    return fields[19] === undefined ? null : `${boot.trim()}/${fields[19]}`
  } catch (error) {
    return systemCode(error) === 'ENOENT' || systemCode(error) === 'ESRCH' ? 'gone' : null
  }
}

async function startOnMac(pid: number): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=,stat=', '-p', String(pid)], {
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    })
    const text = stdout.trim()
    if (text === '' || /\sZ\S*$/.test(text)) return 'gone'
    return text.replace(/\s+\S+$/, '')
  } catch {
    return null
  }
}
