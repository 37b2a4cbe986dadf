/** Runs one session to its end: in a terminal when there is one, else with an address and a code on stderr. Ends all it started. */
import { openScreen } from '../terminal/open.ts'
import type { OpenedSession } from './open-session.ts'
import { aborted } from './signals.ts'
import { hasTerminal } from './terminal-here.ts'
import { unattended } from './unattended.ts'

export type Attending = {
  /** The QR is open from the start. */
  readonly showQr: boolean
  /** Sent for the person once the agent is ready. */
  readonly firstPrompt?: string | undefined
  /** A signal has come (signals.ts). */
  readonly signal: AbortSignal
}

/** Resolves when the person has left, the session has ended, or a signal has come; the session is closed then. */
export async function attend(opened: OpenedSession, options: Attending): Promise<void> {
  const { session } = opened
  const { signal } = options
  try {
    if (options.firstPrompt) await session.prompt(options.firstPrompt)
    if (hasTerminal()) {
      const { show } = await openScreen()
      await Promise.race([show(session, { showQr: options.showQr }), aborted(signal)])
    } else await unattended(session, signal)
  } finally {
    await opened.close()
  }
}
