/** Events read back in the host's order, by number and never by time (E10). Knows no subscription. */
import { and, asc, desc, eq, gt, isNull, lt, type SQL, sql } from 'drizzle-orm'
import type { Tx } from '../db/database.ts'
import { madeOnce } from '../db/made-once.ts'
import { event, session } from '../db/schema.ts'
import { isKnownKind, type KnownEvent, readEvent } from './event-kinds.ts'
import { decodePayload } from './payload.ts'

export type EventRow = typeof event.$inferSelect

/** Past every number: the largest of the column. */
const MAX_SEQ = 2_147_483_647

const pageOf = (name: string, order: (column: typeof event.seq) => SQL) =>
  madeOnce((tx) => {
    const [after, before] = [sql.placeholder('after'), sql.placeholder('before')]
    const between = and(eq(event.sessionId, sql.placeholder('sessionId')), gt(event.seq, after), lt(event.seq, before))
    return tx
      .select()
      .from(event)
      .where(between)
      .orderBy(order(event.seq))
      .limit(sql.placeholder('limit'))
      .prepare(name)
  })
const forward = pageOf('events_forward', asc)
const backward = pageOf('events_backward', desc)

const following = madeOnce((tx) => {
  const past = and(eq(event.sessionId, session.id), gt(event.seq, sql.placeholder('after')))
  const [sessionId, ownerId] = [sql.placeholder('sessionId'), sql.placeholder('ownerId')]
  return tx
    .select({ lastSeq: session.lastSeq, event })
    .from(session)
    .leftJoin(event, past)
    .where(and(eq(session.id, sessionId), eq(session.ownerId, ownerId), isNull(session.deletedAt)))
    .orderBy(asc(event.seq))
    .limit(sql.placeholder('limit'))
    .prepare('events_following')
})

/** At most `limit` events strictly between the numbers, ascending; `backward` takes those nearest to the end. */
export async function listEvents(
  tx: Tx,
  sessionId: string,
  page: { after: number | null; before: number | null; limit: number; backward: boolean },
): Promise<EventRow[]> {
  const { after, before, limit } = page
  const rows = await (page.backward ? backward : forward)(tx).execute({
    ...{ sessionId, limit },
    after: after ?? 0,
    before: before ?? MAX_SEQ,
  })
  return page.backward ? rows.reverse() : rows
}

/** What follows a number, and the session's last; null for a session that is not there, is another's, or was deleted. One statement. */
export async function eventsAfter(
  tx: Tx,
  of: { ownerId: string; sessionId: string; after: number; limit: number },
): Promise<{ rows: EventRow[]; lastSeq: number } | null> {
  const found = await following(tx).execute(of)
  const [first] = found
  return first ? { rows: found.flatMap((one) => one.event ?? []), lastSeq: first.lastSeq } : null
}

export type EventPlace = { sessionId: string; seq: number }

/** Single events, of any sessions, in no order. */
export async function findEvents(tx: Tx, places: EventPlace[]): Promise<EventRow[]> {
  if (places.length === 0) return []
  const pairs = places.map(({ sessionId, seq }) => sql`(${sessionId}::text, ${seq}::int)`)
  return tx
    .select()
    .from(event)
    .where(sql`(${event.sessionId}, ${event.seq}) in (${sql.join(pairs, sql`, `)})`)
}

/** What a stored event says; null when this server does not know its kind or cannot read its payload: then it is shown as unknown. */
export function readStored(row: Pick<EventRow, 'kind' | 'format' | 'payload'>): KnownEvent | null {
  if (row.format !== 'json' || !isKnownKind(row.kind)) return null
  const read = readEvent(row.kind, decodePayload(row.payload))
  return 'value' in read ? read.value : null
}
