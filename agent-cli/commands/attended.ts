/** Runs one session to its end: in a terminal when there is one, else with an address and a code on stderr. Ends all it started. */
import type { OpenedSession } from './open-session.ts'
import { unattended } from './unattended.ts'

export type Attending = {
  /** The QR is open from the start. */
  readonly showQr: boolean
  /** Sent for the person once the agent is ready. */
  readonly firstPrompt?: string | undefined
}

/** Resolves when the person has left, the session has ended, or a signal has come; the session is closed then. */
export async function attend(opened: OpenedSession, options: Attending): Promise<void> {
  const { session } = opened
  const signals = new AbortController()
  const onSignal = () => signals.abort()
  for (const name of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) process.on(name, onSignal)
  try {
    if (options.firstPrompt) await session.prompt(options.firstPrompt)
    const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true
    if (isTerminal) {
      const { show } = await import('../terminal/show.tsx')
      await Promise.race([show(session, { showQr: options.showQr }), aborted(signals.signal)])
    } else await unattended(session, signals.signal)
  } finally {
    await opened.close()
    for (const name of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) process.removeListener(name, onSignal)
  }
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
