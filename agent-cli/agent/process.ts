// An agent as an operating-system process: started in a group of its own, so that it can be ended with everything it started.
// Knows pipes and signals, no protocol.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { delimiter, join, sep } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { AgentError, type AgentExit } from './failure.ts'
import { type Ended, type Family, familyOf } from './family.ts'
import { type AgentLimits, defaultLimits } from './limits.ts'
import { markName } from './process-table.ts'
import { createTail } from './tail.ts'

export interface AgentCommand {
  command: string
  args?: readonly string[]
  /** Whole environment of the agent. */
  env?: NodeJS.ProcessEnv
  cwd: string
}

export interface AgentProcess {
  readonly pid: number
  readonly stdin: Writable
  readonly stdout: Readable
  /** End of what it wrote to stderr so far; that never reaches the terminal. */
  stderrTail(): string
  /** Resolves once, when the process has ended and what it wrote is read. Never rejects. */
  readonly exited: Promise<AgentExit>
  readonly family: Family
  /**
   * Ends the agent and all it started: closes stdin, waits, SIGTERM to the group, waits, SIGKILL; then whoever left the group.
   * Each wait is at most `graceMs`. Safe to call again: all calls get the same answer.
   */
  endTree(graceMs: number): Promise<Ended>
}

/** Starts the program. Rejects with AgentError MISSING, NO_FOLDER or NOT_STARTED, whose message is the sentence to show. */
export async function startProcess(what: AgentCommand, limits: AgentLimits = defaultLimits): Promise<AgentProcess> {
  const mark = randomUUID()
  const child = spawn(what.command, what.args ?? [], {
    cwd: what.cwd,
    env: { ...(what.env ?? process.env), [markName]: mark },
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own: Ctrl+C in our terminal is ours, and the group can be signalled as one.
    detached: process.platform !== 'win32',
    windowsHide: true,
  })
  // A broken pipe is told by the end of the process; without a listener it would end ours.
  child.stdin.on('error', () => undefined)
  const tail = createTail(limits.stderrTailBytes)
  child.stderr.on('data', (chunk: Buffer) => tail.add(chunk))
  child.stderr.on('error', () => undefined)
  const exited = whenEnded(child, tail.text, limits.drainMs)
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (error) => {
      notStarted(what, error).then(reject, reject)
    })
  })
  child.on('error', () => undefined)
  const { pid, stdin, stdout } = child
  if (pid === undefined) throw new AgentError('NOT_STARTED', `${what.command} could not be started.`)
  const family = familyOf(pid, mark, limits.killWaitMs)
  let ending: Promise<Ended> | undefined

  async function end(graceMs: number): Promise<Ended> {
    const before = await family.snapshot()
    stdin.end()
    let gone = await within(exitOf(child), graceMs)
    if (!gone) {
      signalGroup(child, 'SIGTERM')
      gone = await within(exitOf(child), graceMs)
    }
    if (!gone) {
      signalGroup(child, 'SIGKILL')
      gone = await within(exitOf(child), limits.killWaitMs)
    }
    const rest = await family.endStrays([], graceMs)
    const remaining = gone
      ? rest.remaining
      : [{ pid: pid ?? 0, startedAt: '', command: what.command }, ...rest.remaining]
    const left = new Set(rest.remaining.map((relative) => relative.pid))
    const all = new Map([...before, ...rest.ended].map((relative) => [relative.pid, relative]))
    return { ended: [...all.values()].filter((relative) => !left.has(relative.pid)), remaining }
  }

  return {
    pid,
    stdin,
    stdout,
    stderrTail: tail.text,
    exited,
    family,
    endTree(graceMs) {
      ending ??= end(graceMs)
      return ending
    },
  }
}

/** The end of the process and of its pipes. A child of the agent may hold a pipe for ever, so reading stops `drainMs` after the exit. */
function whenEnded(child: ChildProcess, stderrTail: () => string, drainMs: number): Promise<AgentExit> {
  return new Promise((resolve) => {
    let drain: NodeJS.Timeout | undefined
    child.once('exit', () => {
      drain = setTimeout(() => {
        child.stdout?.destroy()
        child.stderr?.destroy()
      }, drainMs)
    })
    child.once('close', (code, signal) => {
      clearTimeout(drain)
      resolve({ code, signal, stderrTail: stderrTail() })
    })
  })
}

function exitOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => child.once('exit', () => resolve()))
}

async function within(happening: Promise<void>, waitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), waitMs)
  })
  const happened = await Promise.race([happening.then(() => true), late])
  clearTimeout(timer)
  return happened
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (process.platform === 'win32') {
      spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore' }).on('error', () => child.kill())
    } else if (child.pid !== undefined) process.kill(-child.pid, signal)
  } catch {
    // The group has ended meanwhile.
  }
}

async function notStarted(what: AgentCommand, cause: Error & { code?: string }): Promise<AgentError> {
  const folder = await stat(what.cwd).catch(() => undefined)
  if (folder?.isDirectory() !== true) {
    return new AgentError('NO_FOLDER', `The folder ${what.cwd} is not there, so the agent cannot work in it.`, {
      cause,
    })
  }
  if (cause.code === 'ENOENT' || (cause.code === 'EACCES' && !(await isThere(what)))) {
    const message = `No program "${what.command}" was found. Install it, or give its full path.`
    return new AgentError('MISSING', message, { cause })
  }
  if (cause.code === 'EACCES') {
    const message = `"${what.command}" may not be run by this user. Make it executable, or name another program.`
    return new AgentError('NOT_STARTED', message, { cause })
  }
  return new AgentError('NOT_STARTED', `"${what.command}" could not be started: ${cause.message}`, { cause })
}

/** A folder on the PATH that this user may not enter makes "not found" look like "not allowed": then the name decides. */
async function isThere(what: AgentCommand): Promise<boolean> {
  if (what.command.includes(sep)) return true
  const folders = ((what.env ?? process.env).PATH ?? '').split(delimiter)
  for (const folder of folders) if (await stat(join(folder, what.command)).catch(() => null)) return true
  return false
}
