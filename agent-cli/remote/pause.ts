// Waiting that can be ended, and how long to wait before trying again. Knows nothing of what is tried.
import type { Ending } from './ending.ts'

/** Resolves after that time, or rejects with the signal's reason. Does not keep the process alive. */
export function pause(waitMs: number, signal?: Ending): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const end = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', end)
      resolve()
    }, waitMs)
    timer.unref()
    signal?.addEventListener('abort', end, { once: true })
  })
}

export type Backoff = {
  /** Milliseconds to wait now; at most doubles each time, with jitter, so that hosts do not return in step. */
  next(): number
  reset(): void
}

/** The longest wait between two tries; with `probeTimeoutSeconds`, everything is on its way again within ten seconds of the network's return. */
export const backoffMaxMs = 4_000
/** How long a question that only asks whether the way is open may take. */
export const probeTimeoutSeconds = 5

/** How long a request of that size may take before the way counts as lost: slow lines get time, dead ones do not get a minute. */
export const sendTimeoutSeconds = (bytes: number) => 8 + Math.ceil(bytes / (32 * 1024))

export function createBackoff(options: { minMs?: number; maxMs?: number; random?: () => number } = {}): Backoff {
  const { minMs = 250, maxMs = backoffMaxMs, random = Math.random } = options
  let ceilingMs = minMs
  return {
    next() {
      const waitMs = ceilingMs / 2 + (random() * ceilingMs) / 2
      ceilingMs = Math.min(maxMs, ceilingMs * 2)
      return waitMs
    },
    reset() {
      ceilingMs = minMs
    },
  }
}
