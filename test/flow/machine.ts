/**
 * A workstation as its owner has it: one data folder, one environment, the built command started as processes and read by their lines.
 * Whatever a test starts here ends with its file. Knows no room of the house.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll } from 'vitest'
// @ts-expect-error plain JavaScript, for the build runs it
import { seedArchive } from '../../agent-cli/launch/seed.mjs'
import type { ScriptedAgent } from '../kit/agent/scripted.ts'

export const COMMAND = fileURLToPath(new URL('../../dist/offdesk.js', import.meta.url))
const DEADLINE_MS = 30_000

export type Env = Readonly<Record<string, string>>
/** What a command said and how it ended. */
export type Said = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

export type Running = {
  readonly child: ChildProcess
  /** Resolves with the exit code, null after a signal. */
  readonly exited: Promise<number | null>
  /** Everything so far, both streams. */
  said(): string
  /** Waits for a line of either stream and gives the match back; throws with all that was said at the deadline or the end. */
  line(pattern: RegExp): Promise<RegExpExecArray>
  /** Ctrl+C as a terminal sends it: to the whole foreground group. Resolves with the exit code. */
  interrupt(): Promise<number | null>
  /** The process alone, as kill -9 does. */
  kill(): Promise<void>
}

export type Machine = {
  readonly dataDir: string
  /** Puts an empty database there, which a server opens several times faster than it makes one. */
  seeded(): Promise<Machine>
  readonly env: NodeJS.ProcessEnv
  /** `offdesk <args>` to its end. */
  does(args: readonly string[], env?: Env): Promise<Said>
  /** `offdesk <args>` that goes on. */
  starts(args: readonly string[], env?: Env): Running
  /** An agent of a test in this terminal. */
  runs(agent: ScriptedAgent, ...flags: string[]): Running
  /** The server of this folder as it says of itself. */
  server(): { url: string; pid: number }
}

const ends: (() => Promise<unknown> | unknown)[] = []
/** Runs when the file is over, the last first. */
export const atEnd = (end: () => Promise<unknown> | unknown): void => void ends.push(end)
afterAll(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

export async function folder(): Promise<string> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'offdesk-flow-')))
  atEnd(() => rm(path, { recursive: true, force: true, maxRetries: 3 }))
  return path
}

/** Nothing of the person who runs the tests is in its environment, and no Tailscale. */
export async function machine(more: Env = {}): Promise<Machine> {
  const dataDir = await folder()
  const ours = Object.entries(process.env).filter(
    ([name]) => !/^(OFFDESK_|XDG_|DATABASE_URL|VITEST|NODE_|CI$)/.test(name),
  )
  const quick = {
    OFFDESK_DATA_DIR: dataDir,
    OFFDESK_PORT: '0',
    OFFDESK_DEMO_PACE: '0',
    HOME: dataDir,
    OFFDESK_DEVELOPMENT: '1',
  }
  const env: NodeJS.ProcessEnv = { ...Object.fromEntries(ours), ...quick, ...more }
  const serverFile = (): { url: string; pid: number } =>
    JSON.parse(readFileSync(join(dataDir, 'server', 'server.json'), 'utf8'))
  // A server whose starter was killed is nobody's child any more.
  atEnd(async () => {
    try {
      const { pid } = serverFile()
      process.kill(pid, 'SIGKILL')
      await until(() => !isAlive(pid), 'the server to be gone')
    } catch {}
  })
  const starts = (args: readonly string[], extra: Env = {}) => follow(args, { ...env, ...extra })
  const self: Machine = {
    dataDir,
    env,
    async seeded() {
      const db = join(dataDir, 'server', 'db')
      mkdirSync(db, { recursive: true, mode: 0o700 })
      await promisify(execFile)('tar', ['-xzf', await seedArchive(), '-C', db])
      return self
    },
    starts,
    server: serverFile,
    async does(args, extra) {
      const running = starts(args, extra)
      const code = await running.exited
      const [stdout, stderr] = ['stdout', 'stderr'].map((stream) => running.streams[stream as 'stdout' | 'stderr'])
      return { code, stdout: stdout ?? '', stderr: stderr ?? '' }
    },
    runs: ({ command, args, env: own }, ...flags) => starts(['run', ...flags, '--', command, ...args], own),
  }
  return self
}

/** A process of a group of its own, as a shell starts one. */
export function follow(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  command = process.execPath,
  first = [COMMAND],
  stdin: 'ignore' | 'pipe' = 'ignore',
) {
  const child = spawn(command, [...first, ...args], { env, stdio: [stdin, 'pipe', 'pipe'], detached: true })
  const streams = { stdout: '', stderr: '' }
  const lines: string[] = []
  const wakes = new Set<() => void>()
  const wake = () => {
    for (const one of [...wakes]) one()
  }
  let over = false
  for (const name of ['stdout', 'stderr'] as const) {
    const stream = child[name]
    if (stream === null) continue
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      streams[name] += chunk
    })
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line)
      wake()
    })
  }
  // `close`, not `exit`: its last words are read then. One that leaves a child holding its pipes is not waited for.
  const exited = new Promise<number | null>((resolve) => {
    child.once('close', (code) => resolve(code))
    child.once('exit', (code) => setTimeout(() => resolve(code), 2000).unref())
  })
  void exited.then(() => {
    over = true
    wake()
  })
  atEnd(async () => {
    child.stdin?.end()
    child.kill(stdin === 'pipe' ? 'SIGTERM' : 'SIGKILL')
    await exited
  })
  const said = () => lines.join('\n')
  return {
    child,
    exited,
    said,
    streams,
    line(pattern: RegExp): Promise<RegExpExecArray> {
      return new Promise((resolve, reject) => {
        const settle = (act: () => void) => {
          wakes.delete(look)
          clearTimeout(timer)
          act()
        }
        const look = () => {
          const found = lines.map((line) => pattern.exec(line)).find((match) => match !== null)
          if (found) settle(() => resolve(found))
          else if (over) settle(() => reject(new Error(`it ended without a line like ${pattern}:\n${said()}`)))
        }
        const late = () => settle(() => reject(new Error(`no line like ${pattern} in:\n${said()}`)))
        const timer = setTimeout(late, DEADLINE_MS)
        wakes.add(look)
        look()
      })
    },
    async interrupt() {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT')
      return exited
    },
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

type Nothing = false | null | undefined

/** Waits for a claim that has no event of its own. */
export async function until<T>(
  look: () => Promise<T | Nothing> | T | Nothing,
  what: string,
  withinMs = DEADLINE_MS,
): Promise<T> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const found = await look()
    if (found) return found
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

/** False for a process that has ended and only waits to be reaped by whoever adopted it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    const stat = existsSync('/proc/self') ? readFileSync(`/proc/${pid}/stat`, 'utf8') : ''
    return !/^\d+ \(.*\) Z/s.test(stat)
  } catch {
    return false
  }
}
