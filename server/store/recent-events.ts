/**
 * The last committed events of sessions that somebody follows here, so that they need not be read again a moment later. Only what a commit of this
 * process has stored is in it, and a number's content never changes (E2): the store stays the truth (L1). Knows no table.
 */
import type { KnownEvent } from './event-kinds.ts'
import type { EventRow } from './events.ts'

/** A row with what its payload says, and the bytes of that. */
export type RecentEvent = { row: Omit<EventRow, 'payload'>; known: KnownEvent; bytes: number }

export type RecentEvents = {
  /** From now on this session's are kept, until the returned function is called. */
  keep(sessionId: string): () => void
  /** After the commit. Dense and rising; what does not follow on what is held takes its place. Nothing for a session that is not kept. */
  put(sessionId: string, events: readonly RecentEvent[]): void
  /** What follows `after`, at most `limit`; null when that is not held, or nothing follows: then the store is asked. */
  after(sessionId: string, after: number, limit: number): RecentEvent[] | null
  /** Number of the last that is held; null for none. */
  last(sessionId: string): number | null
  forget(sessionId: string): void
}

/** Payloads held for one session, and for all. */
const SESSION_BYTES = 512 * 1024
const ALL_BYTES = 8 * 1024 * 1024

type Held = { events: RecentEvent[]; bytes: number }

const bytesOf = (events: readonly RecentEvent[]): number => events.reduce((sum, { bytes }) => sum + bytes, 0)

export function createRecentEvents(): RecentEvents {
  /** The session that was put to longest ago comes first. */
  const sessions = new Map<string, Held>()
  const kept = new Map<string, number>()
  let bytes = 0

  function forget(sessionId: string): void {
    bytes -= sessions.get(sessionId)?.bytes ?? 0
    sessions.delete(sessionId)
  }

  function trim(held: Held): void {
    let dropped = 0
    let freed = 0
    while (held.bytes - freed > SESSION_BYTES && dropped < held.events.length)
      freed += held.events[dropped++]?.bytes ?? 0
    held.events.splice(0, dropped)
    held.bytes -= freed
  }

  return {
    keep(sessionId) {
      kept.set(sessionId, (kept.get(sessionId) ?? 0) + 1)
      let isKept = true
      return () => {
        if (!isKept) return
        isKept = false
        const others = (kept.get(sessionId) ?? 1) - 1
        if (others > 0) return void kept.set(sessionId, others)
        kept.delete(sessionId)
        forget(sessionId)
      }
    },
    put(sessionId, events) {
      const [first] = events
      if (!first || !kept.has(sessionId)) return
      const held = sessions.get(sessionId)
      const follows = held?.events.at(-1)?.row.seq === first.row.seq - 1
      forget(sessionId)
      const now: Held =
        held && follows
          ? { events: held.events, bytes: held.bytes + bytesOf(events) }
          : { events: [], bytes: bytesOf(events) }
      now.events.push(...events)
      trim(now)
      sessions.set(sessionId, now)
      bytes += now.bytes
      for (const oldest of sessions.keys()) {
        if (bytes <= ALL_BYTES) break
        forget(oldest)
      }
    },
    after(sessionId, after, limit) {
      const events = sessions.get(sessionId)?.events
      const first = events?.[0]?.row.seq
      if (!events || first === undefined || after + 1 < first) return null
      const from = after + 1 - first
      return from < events.length ? events.slice(from, from + limit) : null
    },
    last: (sessionId) => sessions.get(sessionId)?.events.at(-1)?.row.seq ?? null,
    forget,
  }
}
