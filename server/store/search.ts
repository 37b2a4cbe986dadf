/** Finds words in what a session has stored. The port is what the schema knows: for a sealed session a host could answer the same. */
import { and, desc, eq, gte, lt, max, min, sql } from 'drizzle-orm'
import type { Database } from '../db/database.ts'
import { event } from '../db/schema.ts'
import type { EventRow } from './events.ts'
import { limits } from './limits.ts'
import { decodePayload } from './payload.ts'

export type Sought = { sessionId: string; words: string; before: number | null; limit: number }
/** Newest first. `searchedTo` is the number to go on before; null when the session's first event has been looked at. */
export type Found = { events: EventRow[]; searchedTo: number | null }

/** Words as they stand in texts, letters large or small; keys, ids and numbers are not texts. Large contents: their preview only. */
export type SessionSearch = (sought: Sought, signal: AbortSignal) => Promise<Found>

/** Events of one statement: others have their turn between two of them. */
const STEP_EVENTS = 1000

/** Over what this server holds. One call looks at `limits.searchEvents` events at most. */
export function storedSearch(database: Database): SessionSearch {
  return async ({ sessionId, words, before, limit }, signal) => {
    const sought = fold(words)
    const ofSession = eq(event.sessionId, sessionId)
    const [ends] = await database.read((tx) =>
      tx
        .select({ first: min(event.seq), last: max(event.seq) })
        .from(event)
        .where(ofSession),
    )
    // Numbers are dense (E1): a window of numbers is a window of events.
    const first = ends?.first ?? 1
    const start = Math.min(before ?? Number.MAX_SAFE_INTEGER, (ends?.last ?? 0) + 1)
    const events: EventRow[] = []
    for (let place = start; place > first; place -= STEP_EVENTS) {
      if (start - place >= limits.searchEvents) return { events, searchedTo: place }
      signal.throwIfAborted()
      const rows = await database.read((tx) =>
        tx
          .select()
          .from(event)
          .where(and(ofSession, gte(event.seq, place - STEP_EVENTS), lt(event.seq, place), mayHold(sought)))
          .orderBy(desc(event.seq)),
      )
      for (const row of rows) {
        if (!holds(decodePayload(row.payload), sought)) continue
        events.push(row)
        if (events.length === limit) return { events, searchedTo: row.seq > first ? row.seq : null }
      }
    }
    return { events, searchedTo: null }
  }
}

const fold = (text: string): string => text.normalize('NFC').toLowerCase()

/** Fields that name something and are read by nobody. */
const NAMES = /^id$|Id$|[dD]igest$/

/**
 * Spares reading what cannot hold the words. Only for ASCII: other letters have a large and a small form that the database may not know.
 * `escape` shows any bytes as ASCII, also those of a payload that has rotted.
 */
function mayHold(sought: string) {
  const asStored = JSON.stringify(sought).slice(1, -1).replaceAll('\\', '\\\\')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is what ASCII is
  if (!/^[\u0000-\u007f]*$/.test(sought)) return undefined
  return sql`position(${asStored}::text in lower(encode(${event.payload}, 'escape'))) > 0`
}

/** True where some text inside holds the words; a text that is itself JSON (an event of an unknown kind) counts as text. */
function holds(value: unknown, sought: string): boolean {
  if (typeof value === 'string') return fold(value).includes(sought)
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([key, inner]) => !NAMES.test(key) && holds(inner, sought))
}
