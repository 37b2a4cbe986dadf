/** One program of the run as a process of its own, that can be killed, frozen, and have a wall clock that is wrong. Knows no program. */
import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const CLOCK = fileURLToPath(new URL('./clock.mjs', import.meta.url))

export type Program = {
  readonly pid: number
  readonly isAlive: boolean
  readonly exited: Promise<void>
  /** Everything it said on stderr, the end of it. */
  said(): string
  tell(line: object): void
  signal(signal: NodeJS.Signals): void
  /** Ends it by SIGTERM, and by SIGKILL when it takes longer than that. */
  end(withinMs: number): Promise<void>
  kill(): Promise<void>
  /** Sets its wall clock off by that much. */
  shiftClock(offMs: number): void
}

export type Start = {
  args: readonly string[]
  env?: NodeJS.ProcessEnv
  /** A file of its own for the clock. */
  clockFile: string
  /** Each line of stdout that is JSON. */
  onLine: (line: Record<string, unknown>) => void
}

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

export function startProgram({ args, env = {}, clockFile, onLine }: Start): Program {
  writeFileSync(clockFile, '0')
  const child = spawn(process.execPath, ['--import', CLOCK, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env, OFFDESK_FAULT_CLOCK: clockFile },
  })
  running.add(child)
  let errors = ''
  let hasExited = false
  const exited = new Promise<void>((resolve) =>
    child.once('exit', () => {
      hasExited = true
      running.delete(child)
      resolve()
    }),
  )
  child.stdin.on('error', () => undefined)
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString('utf8')).slice(-4000)
  })
  createInterface({ input: child.stdout }).on('line', (text) => {
    try {
      onLine(JSON.parse(text) as Record<string, unknown>)
    } catch {
      errors = `${errors}\n${text}`.slice(-4000)
    }
  })
  const self: Program = {
    pid: child.pid ?? -1,
    get isAlive() {
      return !hasExited
    },
    exited,
    said: () => errors,
    tell: (line) => void child.stdin.write(`${JSON.stringify(line)}\n`),
    signal(signal) {
      if (!hasExited) child.kill(signal)
    },
    async end(withinMs) {
      const timer = setTimeout(() => child.kill('SIGKILL'), withinMs)
      self.signal('SIGTERM')
      await exited
      clearTimeout(timer)
    },
    async kill() {
      self.signal('SIGKILL')
      await exited
    },
    shiftClock(offMs) {
      writeFileSync(clockFile, String(offMs))
      self.signal('SIGUSR2')
    },
  }
  return self
}

/** Resolves after that time. The nemesis and the people of a run wait for time on purpose; claims are waited for with `until`. */
export const passes = (waitMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, waitMs))

/** True when the claim holds within that time, looked at every 25 ms. */
export async function until(claim: () => boolean | Promise<boolean>, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs
  for (;;) {
    if (await claim()) return true
    if (performance.now() > deadline) return false
    await passes(25)
  }
}
