// A place in a transcript away from its end: the events around one number, and more on either side as the reader goes there.
// What is appended meanwhile is not here; the tail has it. Knows no pixels.
import { type Problem, ProblemError } from '../../graphql/problem.ts'
import type { TranscriptEvent } from './event-fields.ts'
import type { EventSource } from './event-source.ts'
import { createFold } from './items/fold.ts'
import type { Transcript } from './items/shape.ts'

export type PlaceState = {
  transcript: Transcript
  /** The item that the number belongs to; null while nothing is read. */
  itemKey: string | null
  hasOlder: boolean
  hasNewer: boolean
  loading: 'older' | 'newer' | 'both' | null
  /** Rises with every older page put in front: the view must not jump. */
  prepends: number
  problem: Problem | null
}

export type Place = {
  current(): PlaceState
  subscribe(onChange: () => void): () => void
  /** Each resolves when the page is there, or when it could not be had. */
  older(): Promise<void>
  newer(): Promise<void>
  close(): void
}

const AROUND_EVENTS = 120

const foldOf = (events: readonly TranscriptEvent[]): Transcript => createFold().append(events)
export const noPlace: PlaceState = {
  transcript: foldOf([]),
  itemKey: null,
  hasOlder: false,
  hasNewer: false,
  loading: 'both',
  prepends: 0,
  problem: null,
}

/** Which item shows the event of that number: the last one that it changes. An event that shows nothing is at the item before it. */
export function itemOf(events: readonly TranscriptEvent[], seq: number): string | null {
  const fold = createFold()
  const before = fold.append(events.filter((event) => event.seq < seq)).items
  const after = fold.append(events.filter((event) => event.seq === seq)).items
  const changed = after.findLast((item, index) => item !== before[index])
  return (changed ?? after.at(-1))?.key ?? null
}

export function createPlace(options: { source: EventSource; seq: number }): Place {
  const { source, seq } = options
  const listeners = new Set<() => void>()
  let closed = false
  let events: readonly TranscriptEvent[] = []
  let state = noPlace

  const change = (next: Partial<PlaceState>) => {
    if (closed) return
    state = { ...state, ...next }
    for (const listener of listeners) listener()
  }
  const put = (next: readonly TranscriptEvent[], also: Partial<PlaceState>) => {
    events = next
    change({ transcript: foldOf(events), itemKey: itemOf(events, seq), loading: null, problem: null, ...also })
  }
  const asking = async (loading: NonNullable<PlaceState['loading']>, ask: () => Promise<void>) => {
    change({ loading })
    try {
      await ask()
    } catch (thrown) {
      if (!(thrown instanceof ProblemError)) throw thrown
      change({ loading: null, problem: thrown.problem })
    }
  }
  void asking('both', async () => {
    const [older, newer] = await Promise.all([
      source.page({ last: AROUND_EVENTS, before: seq + 1 }),
      source.newer({ first: AROUND_EVENTS, after: seq }),
    ])
    put([...older.events, ...newer.events], { hasOlder: older.hasOlder, hasNewer: newer.hasNewer })
  })
  return {
    current: () => state,
    subscribe(onChange) {
      listeners.add(onChange)
      return () => listeners.delete(onChange)
    },
    async older() {
      const before = events[0]?.seq
      if (state.loading !== null || !state.hasOlder || before === undefined) return
      await asking('older', async () => {
        const page = await source.page({ last: AROUND_EVENTS, before })
        put([...page.events, ...events], { hasOlder: page.hasOlder, prepends: state.prepends + 1 })
      })
    },
    async newer() {
      const after = events.at(-1)?.seq
      if (state.loading !== null || !state.hasNewer || after === undefined) return
      await asking('newer', async () => {
        const page = await source.newer({ first: AROUND_EVENTS, after })
        put([...events, ...page.events], { hasNewer: page.hasNewer })
      })
    },
    close() {
      closed = true
    },
  }
}
