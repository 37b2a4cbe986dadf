// Where in a session a moment is: the number of the last event that is not after it. Looks at one event at a time; knows no pixels.
import type { EventSource } from './event-source.ts'

/**
 * About twenty questions in a million events. `at` in milliseconds since 1970, by the workstation's clock. The first event where all are
 * after it; null where there is none. Throws ProblemError; throws the signal's reason when it is aborted.
 */
export async function seqAt(source: EventSource, at: number, signal: AbortSignal): Promise<number | null> {
  const lastBefore = async (before?: number) => {
    const page = await source.page(before === undefined ? { last: 1 } : { last: 1, before })
    signal.throwIfAborted()
    return page.events[0] ?? null
  }
  const end = await lastBefore()
  if (end === null) return null
  let best: number | null = null
  let first = end.seq
  // What is at `low` or before is not after the moment, or is gone; what is at `high` is after it, or is not there yet.
  let low = 0
  let high = end.seq + 1
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    const event = await lastBefore(middle + 1)
    // Retention has taken what stood there: whatever is sought is later.
    if (event === null) low = middle
    else if (Date.parse(event.at) <= at) {
      best = event.seq
      low = middle
    } else {
      first = Math.min(first, event.seq)
      high = event.seq
    }
  }
  return best ?? first
}
