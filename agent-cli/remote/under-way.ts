// Requests that are under way, each of which can be given up. Knows no operation.
import type { Caller } from './credentials.ts'
import { createEnding, type Given } from './ending.ts'

export type UnderWay = {
  /** As `call`, until it is given up; then it rejects with the reason. */
  ask: Caller
  /** Those that have been under way for so long. */
  giveUp(afterMs: number, why: unknown): void
  /** Also whatever is asked from now on. */
  close(why: unknown): void
}

export function createUnderWay(call: Caller): UnderWay {
  const asked = new Set<{ given: Given; since: number }>()
  const closed = new AbortController()

  function giveUp(afterMs: number, why: unknown): void {
    const now = performance.now()
    for (const { given, since } of asked) if (now - since >= afterMs) given.abort(why)
  }

  return {
    async ask(document, variables, how = {}) {
      closed.signal.throwIfAborted()
      const one = { given: createEnding(), since: performance.now() }
      asked.add(one)
      try {
        return await call(document, variables, { ...how, signal: one.given })
      } finally {
        asked.delete(one)
      }
    },
    giveUp,
    close(why) {
      closed.abort(why)
      giveUp(0, why)
    },
  }
}
