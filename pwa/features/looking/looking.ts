// Whether this page may show what is said, as the server says it; while the server is away, as it said last and by this device's clock. Knows no screen.
import type { Connection } from '../../graphql/connection.ts'
import { type Looking, LookingChangedDocument, LookingDocument } from './documents.ts'

export type LookingState =
  /** Nobody asks who looks, as far as is known. */
  | { kind: 'free' }
  | { kind: 'may'; everyMinutes: number; untilMs: number }
  /** Nothing is shown before somebody is verified. `said`: the server's words, where it has said so. */
  | { kind: 'due'; everyMinutes: number | null; said: Looking['whyNot'] }

export type LookingStore = {
  current(): LookingState
  subscribe(onChange: () => void): () => void
  /** What the server has just answered. */
  heard(looking: Looking): void
  /** The page is seen again, and may have slept: what may be shown is judged at once by this device's clock, and the server is asked. */
  look(): void
  close(): void
}

/**
 * Whether a place shows nothing of a session: the settings, where whoever has no passkey makes one, and what stands beside them. Any other may, also one that is
 * added later; the router does not tell large letters from small ones.
 */
export const showsNoSession = (path: string): boolean => /^\/(settings|login|pair|admin)(\/|$)/i.test(path)

const NAME = 'offdesk-looking'
const LOOK_MS = 10_000

type Kept = { everyMinutes: number; untilMs: number }

function readKept(storage: Pick<Storage, 'getItem'>): Kept | null {
  try {
    const kept: unknown = JSON.parse(storage.getItem(NAME) ?? 'null')
    if (typeof kept !== 'object' || kept === null || !('everyMinutes' in kept) || !('untilMs' in kept)) return null
    return { everyMinutes: Number(kept.everyMinutes), untilMs: Number(kept.untilMs) }
  } catch {
    return null
  }
}

/** Read before the first paint: what lies on this device is not shown for a moment before the server has said no. */
export function createLooking(
  {
    live,
    link,
    urql,
    aheadMs = () => 0,
  }: Pick<Connection, 'live' | 'link' | 'urql'> & Partial<Pick<Connection, 'aheadMs'>>,
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> = localStorage,
  now: () => number = () => Date.now(),
): LookingStore {
  const over = new AbortController()
  const listeners = new Set<() => void>()
  const kept = readKept(storage)
  let state: LookingState = kept === null ? { kind: 'free' } : judged(kept)

  function judged({ everyMinutes, untilMs }: Kept): LookingState {
    return untilMs > now() ? { kind: 'may', everyMinutes, untilMs } : { kind: 'due', everyMinutes, said: null }
  }
  function put(next: LookingState): void {
    state = next
    for (const listener of listeners) listener()
  }
  function heard({ everyMinutes, until, whyNot }: Looking): void {
    // Turned off by policy is another thing, and has its own words.
    if (everyMinutes === null) {
      storage.removeItem(NAME)
      put({ kind: 'free' })
      return
    }
    // Never longer than one passkey is good for, by this clock: one that is behind would go on for as long as it is wrong.
    const longest = now() + everyMinutes * 60_000
    const end = whyNot === null && until !== null ? Date.parse(until) : 0
    storage.setItem(NAME, JSON.stringify({ everyMinutes, untilMs: Math.min(end, longest) }))
    // On a clock that is ahead the time would seem over at each look. That is for as long as this page is open: what is kept is the server's word, for a clock may be set right.
    const untilMs = end === 0 ? 0 : Math.min(end + aheadMs(), longest)
    put(whyNot === null ? { kind: 'may', everyMinutes, untilMs } : { kind: 'due', everyMinutes, said: whyNot })
  }
  live({
    document: LookingChangedDocument,
    variables: () => ({}),
    signal: over.signal,
    onData: ({ lookingChanged }) => heard(lookingChanged),
  })
  function look(): void {
    if (state.kind !== 'may' || state.untilMs > now()) return
    put(judged(state))
    // This device's clock may be another than the server's, whose word counts.
    void urql
      .query(LookingDocument, {}, { requestPolicy: 'network-only' })
      .toPromise()
      .then(({ data }) => data && !over.signal.aborted && heard(data.looking))
  }
  // While the server answers it says when the time is over. A page that slept with its machine may wake to a socket that nobody has found dead yet.
  let tickedAt = now()
  const timer = setInterval(() => {
    const hasSlept = now() - tickedAt > 2 * LOOK_MS
    tickedAt = now()
    if (hasSlept || link.current().kind !== 'live') look()
  }, LOOK_MS)
  return {
    current: () => state,
    subscribe(onChange) {
      listeners.add(onChange)
      return () => listeners.delete(onChange)
    },
    heard,
    look,
    close() {
      clearInterval(timer)
      over.abort()
    },
  }
}
