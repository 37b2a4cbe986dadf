/** The built command as a person starts it: a process of its own in a data folder of its own, read by its lines. Knows no room of the house. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const COMMAND = fileURLToPath(new URL('../../dist/offdesk.js', import.meta.url))
const DEADLINE_MS = 60_000

export type Product = {
  readonly dataDir: string
  readonly child: ChildProcess
  /** Waits for a line on stderr that matches and gives the match back. */
  line(pattern: RegExp): Promise<RegExpExecArray>
  /** Runs another command of the product beside it, e.g. `devices confirm`. */
  also(...args: string[]): Promise<{ stdout: string; stderr: string }>
  /** Ends it as Ctrl+C would and waits; the data folder goes too. Resolves with the exit code. */
  close(): Promise<number | null>
}

/** Starts `offdesk <args>` without a terminal. `env` goes on top of this process's. */
export async function startProduct(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Product> {
  const dataDir = await mkdtemp(join(tmpdir(), 'offdesk-product-'))
  const environment = { ...process.env, OFFDESK_DATA_DIR: dataDir, OFFDESK_PORT: '0', ...env }
  const child = spawn(process.execPath, [COMMAND, ...args], { env: environment, stdio: ['ignore', 'ignore', 'pipe'] })
  const lines: string[] = []
  const wakes = new Set<() => void>()
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line)
    for (const wake of wakes) wake()
  })
  return {
    dataDir,
    child,
    line(pattern) {
      return new Promise((resolve, reject) => {
        const look = () => {
          const found = lines.map((line) => pattern.exec(line)).find((match) => match !== null)
          if (found) settle(() => resolve(found))
        }
        const settle = (act: () => void) => {
          wakes.delete(look)
          clearTimeout(timer)
          act()
        }
        const timer = setTimeout(
          () => settle(() => reject(new Error(`no line like ${pattern} in:\n${lines.join('\n')}`))),
          DEADLINE_MS,
        )
        // The lines of an ended process come before its end; what is not there by then never comes.
        child.once('close', () =>
          settle(() => reject(new Error(`it ended without a line like ${pattern}:\n${lines.join('\n')}`))),
        )
        wakes.add(look)
        look()
      })
    },
    also: (...more) => promisify(execFile)(process.execPath, [COMMAND, ...more], { env: environment }),
    async close() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGINT')
        await once(child, 'exit')
      }
      await rm(dataDir, { recursive: true, force: true })
      return child.exitCode
    },
  }
}
