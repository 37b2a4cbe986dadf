// How far this device's clock is ahead of the server's, learned from the Date of its answers. Knows no operation.

export type ServerClock = {
  /** Milliseconds by which this clock is ahead at least; 0 where it is not, or nothing has been heard yet. */
  aheadMs(): number
  fetch: typeof fetch
}

/** An answer that was longer under way says nothing of now: the machine may have slept meanwhile. */
const LONGEST_MS = 10_000
/** A Date is a whole second, and one of its own may be lost on the way. */
const COARSE_MS = 2000

/** `send` is how requests go. */
export function createServerClock(send: typeof fetch = fetch, now: () => number = () => Date.now()): ServerClock {
  let ahead = 0
  return {
    aheadMs: () => ahead,
    fetch: async (input, init) => {
      const sentMs = now()
      const response = await send(input, init)
      const tookMs = now() - sentMs
      const saidMs = Date.parse(response.headers.get('date') ?? '')
      // From before it was sent: what the way took is not counted as being ahead.
      if (!Number.isNaN(saidMs) && tookMs >= 0 && tookMs < LONGEST_MS) ahead = Math.max(0, sentMs - saidMs - COARSE_MS)
      return response
    },
  }
}
