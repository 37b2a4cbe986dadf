/** The signals that end a command, heard from its first step to its last, so that nothing it has started is left behind. */
import { Mistake } from './mistake.ts'

const NAMES = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const

/** `signal` aborts at the first of them; its reason is a Mistake for whoever had not begun yet. Until `close` none of them ends the process by itself. */
export function untilSignalled(): { readonly signal: AbortSignal; close(): void } {
  const ended = new AbortController()
  const onSignal = () => ended.abort(new Mistake('Ended before the session had begun.', 130))
  for (const name of NAMES) process.on(name, onSignal)
  return {
    signal: ended.signal,
    close() {
      for (const name of NAMES) process.removeListener(name, onSignal)
    },
  }
}

/** Resolves when the signal is aborted, also if it was before. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })

/** The step's outcome, or the signal's reason as a rejection when that comes first; the step itself goes on unheard. */
export function unless<T>(signal: AbortSignal, step: Promise<T>): Promise<T> {
  const stopped = aborted(signal).then(() => Promise.reject(signal.reason))
  // Whoever loses the race must not be an unhandled rejection.
  step.catch(() => undefined)
  stopped.catch(() => undefined)
  return Promise.race([step, stopped])
}
