// One session's transcript, kept at its tail: what this device kept, then the last page, then what is appended; older pages on
// request. The store is the server's; this only follows it with its own number (L6). Knows no pixels.
import { type Problem, ProblemError } from '../../graphql/problem.ts'
import type { TranscriptEvent } from './event-fields.ts'
import type { EventSource } from './event-source.ts'
import { createFold, type Fold } from './items/fold.ts'
import type { Transcript } from './items/shape.ts'
import type { KeptEventsStore } from './kept-events.ts'

export type TailState = {
  transcript: Transcript
  /** opening: nothing to show yet. kept: from this device, as of `seenAt`. current: the server has answered. */
  source: 'opening' | 'kept' | 'current'
  /** When the server was last heard, in milliseconds since 1970. */
  seenAt: number | null
  hasOlder: boolean
  loadingOlder: boolean
  /** Rises with every older page put in front: the view must not jump. */
  prepends: number
  /** Why the server does not give events (NOT_FOUND, POLICY …); null while it does. */
  problem: Problem | null
}

export type Tail = {
  current(): TailState
  subscribe(onChange: () => void): () => void
  /** Puts an older page in front. Resolves when it is there, or when it could not be had. */
  older(): Promise<void>
  /** Lets go of old events while the reader is at the end; they can be had again with `older`. */
  trim(): void
  close(): void
}

export const PAGE_EVENTS = 200
/** Beyond these, a reader at the end keeps only the newer half. */
export const MOST_EVENTS = 6_000
const KEEP_AFTER_MS = 1_500

export function createTail(options: {
  sessionId: string
  source: EventSource
  kept: KeptEventsStore
  now?: () => number
}): Tail {
  const { sessionId, source, kept, now = Date.now } = options
  const over = new AbortController()
  const listeners = new Set<() => void>()
  let events: TranscriptEvent[] = []
  let fold: Fold = createFold()
  let keepTimer: ReturnType<typeof setTimeout> | undefined
  let state: TailState = {
    transcript: fold.current(),
    source: 'opening',
    seenAt: null,
    hasOlder: false,
    loadingOlder: false,
    prepends: 0,
    problem: null,
  }

  const change = (next: Partial<TailState>) => {
    if (over.signal.aborted) return
    state = { ...state, ...next }
    for (const listener of listeners) listener()
  }
  const lastSeq = () => events.at(-1)?.seq ?? 0
  const append = (more: readonly TranscriptEvent[]): Transcript => {
    for (const event of more) if (event.seq > lastSeq()) events.push(event)
    return fold.append(more)
  }
  /** Begins anew with other events: an older page in front, or a gap that makes the kept ones useless. */
  const replace = (all: readonly TranscriptEvent[]): Transcript => {
    events = [...all]
    fold = createFold()
    return fold.append(events)
  }
  const keep = () => {
    clearTimeout(keepTimer)
    keepTimer = undefined
    if (state.source !== 'current' || state.seenAt === null || events.length === 0) return
    void kept.write(sessionId, { events: events.slice(), seenAt: state.seenAt }).catch(() => undefined)
  }
  const keepSoon = () => {
    keepTimer ??= setTimeout(keep, KEEP_AFTER_MS)
  }

  const readKept = async () => {
    const found = await kept.read(sessionId).catch(() => null)
    if (!found || found.events.length === 0 || state.source !== 'opening') return
    const hasOlder = (found.events[0]?.seq ?? 1) > 1
    change({ transcript: append(found.events), source: 'kept', seenAt: found.seenAt, hasOlder })
  }
  const readTail = async () => {
    while (!over.signal.aborted) {
      try {
        const page = await source.page({ last: PAGE_EVENTS })
        if (over.signal.aborted) return
        const first = page.events[0]?.seq ?? 1
        const joins = events.length > 0 && first <= lastSeq() + 1 && (page.events.at(-1)?.seq ?? 0) >= lastSeq()
        const transcript = joins ? append(page.events) : replace(page.events)
        const hasOlder = joins
          ? (events[0]?.seq ?? 1) > 1 && (page.hasOlder || first > (events[0]?.seq ?? 1))
          : page.hasOlder
        change({ transcript, source: 'current', seenAt: now(), hasOlder, problem: null })
        return keepSoon()
      } catch (thrown) {
        if (!(thrown instanceof ProblemError)) throw thrown
        if (thrown.problem.code !== 'OFFLINE') change({ problem: thrown.problem })
        if (thrown.problem.code === 'NOT_FOUND') void kept.forget(sessionId).catch(() => undefined)
        await source.back(over.signal)
      }
    }
  }

  const follow = () =>
    source.follow({
      after: lastSeq,
      signal: over.signal,
      onBatch(batch) {
        change({ transcript: append(batch), source: 'current', seenAt: now(), problem: null })
        keepSoon()
      },
      onProblem(problem) {
        change({ problem })
        if (problem.code === 'NOT_FOUND') void kept.forget(sessionId).catch(() => undefined)
      },
    })

  void readKept()
  void readTail().then(() => over.signal.aborted || follow())

  return {
    current: () => state,
    subscribe(onChange) {
      listeners.add(onChange)
      return () => listeners.delete(onChange)
    },
    async older() {
      const before = events[0]?.seq
      if (state.loadingOlder || !state.hasOlder || before === undefined) return
      change({ loadingOlder: true })
      try {
        const page = await source.page({ last: PAGE_EVENTS, before })
        // The tail may have been trimmed or begun anew meanwhile: only a page that still joins goes in front.
        const joins = page.events.length > 0 && events[0]?.seq === before
        const transcript = joins ? replace([...page.events, ...events]) : state.transcript
        const prepends = state.prepends + (joins ? 1 : 0)
        change({
          transcript,
          hasOlder: joins ? page.hasOlder : state.hasOlder && page.hasOlder,
          prepends,
          loadingOlder: false,
        })
      } catch (thrown) {
        if (!(thrown instanceof ProblemError)) throw thrown
        change({ loadingOlder: false })
      }
    },
    trim() {
      if (events.length <= MOST_EVENTS) return
      change({ transcript: replace(events.slice(-MOST_EVENTS / 2)), hasOlder: true })
    },
    close() {
      keep()
      over.abort()
    },
  }
}
