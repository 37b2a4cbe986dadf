/** A person at a terminal: the built command in a real pseudo-terminal, typed into and read as it stands on the screen. Needs python3. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { COMMAND, type Env, follow, type Machine, until } from './machine.ts'

const SIT = fileURLToPath(new URL('./sit.py', import.meta.url))

/** False where there is no pseudo-terminal to be had: such tests are skipped, and counted as skipped. */
export const hasTerminal = spawnSync('python3', ['-c', 'import pty, fcntl, termios']).status === 0

export type Terminal = {
  readonly exited: Promise<number | null>
  /** Keys as they come, a paste when there are several at once. */
  types(keys: string): void
  /** A line into the empty prompt, and then Enter once it stands there: keys that come at once with an Enter would be a paste. */
  enters(line: string): Promise<void>
  /** Waits until the words have been on the screen, now or before. */
  sees(pattern: RegExp): Promise<RegExpExecArray>
  /** Everything that has been on the screen. */
  screen(): string
}

/** `offdesk <args>` in a terminal of its own. */
export function sitsAt(at: Machine, args: readonly string[], env: Env = {}): Terminal {
  const whole = { ...at.env, TERM: 'xterm-256color', ...env }
  const running = follow(args, whole, 'python3', [SIT, process.execPath, COMMAND], 'pipe')
  const screen = () => stripVTControlCharacters(running.streams.stdout)
  const types = (keys: string) => void running.child.stdin?.write(keys)
  const appears = (pattern: RegExp, from: number) =>
    until(() => pattern.exec(screen().slice(from)), `${pattern} on the screen`).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${screen().slice(-3000)}`)
    })
  return {
    exited: running.exited,
    screen,
    types,
    sees: (pattern) => appears(pattern, 0),
    async enters(line) {
      await appears(/❯ +Prompt, or \/ for commands[^❯]*$/, 0)
      const from = screen().length
      types(line)
      await appears(new RegExp(line.replaceAll(/[^\w ]/g, '\\$&')), from)
      types('\r')
    },
  }
}
