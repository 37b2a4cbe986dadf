// Runs real shell commands, each in a process group of its own, and sees to it that none outlives the demo.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { delimiter, dirname } from 'node:path'

const running = new Set<ChildProcess>()

export interface Ran {
  readonly exitCode: number | null
  readonly output: string
}

/**
 * Runs one command line and resolves when it has ended. `heard` gets everything said so far, each time more is said.
 * On abort the whole group is killed, and only when it is gone does the call reject with the signal's reason.
 */
export async function runShell(
  command: string,
  cwd: string,
  signal: AbortSignal,
  heard: (output: string) => void,
): Promise<Ran> {
  signal.throwIfAborted()
  const child = spawn(command, {
    cwd,
    shell: true,
    detached: process.platform !== 'win32',
    // stdin stays an open pipe: a long command ends when it closes, so even a killed demo leaves nothing behind.
    stdio: ['pipe', 'pipe', 'pipe'],
    env: commandEnvironment(),
  })
  running.add(child)
  const stop = () => killGroup(child)
  signal.addEventListener('abort', stop, { once: true })
  let output = ''
  const hear = (bytes: string) => {
    output += bytes
    heard(output)
  }
  child.stdout.setEncoding('utf8').on('data', hear)
  child.stderr.setEncoding('utf8').on('data', hear)
  child.stdin.on('error', () => {})
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => resolve(code))
    })
    signal.throwIfAborted()
    return { exitCode, output }
  } finally {
    signal.removeEventListener('abort', stop)
    running.delete(child)
  }
}

/** Kills every command still running. Synchronous, so that an exit handler can call it. */
export function endAllCommands(): void {
  for (const child of running) killGroup(child)
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/pid', String(child.pid), '/T', '/F'])
    return
  }
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // The group has ended by itself in the meantime.
  }
}

/** The person's environment, with colours on, this Node first on the PATH, and nothing that changes how Node starts. */
function commandEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, NODE_TEST_CONTEXT: _context, NO_COLOR: _plain, ...rest } = process.env
  return { ...rest, FORCE_COLOR: '1', PATH: [dirname(process.execPath), rest.PATH ?? ''].join(delimiter) }
}
