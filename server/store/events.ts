/** Events read back in the host's order, by number and never by time (E10). Knows no subscription. */
import { and, asc, desc, eq, gt, isNull, lt, sql } from 'drizzle-orm'
import type { Tx } from '../db/database.ts'
import { event, session } from '../db/schema.ts'
import { isKnownKind, type KnownEvent, readEvent } from './event-kinds.ts'
import { decodePayload } from './payload.ts'

export type EventRow = typeof event.$inferSelect

/** At most `limit` events strictly between the numbers, ascending; `backward` takes those nearest to the end. */
export async function listEvents(
  tx: Tx,
  sessionId: string,
  page: { after: number | null; before: number | null; limit: number; backward: boolean },
): Promise<EventRow[]> {
  const rows = await tx
    .select()
    .from(event)
    .where(
      and(
        eq(event.sessionId, sessionId),
        page.after === null ? undefined : gt(event.seq, page.after),
        page.before === null ? undefined : lt(event.seq, page.before),
      ),
    )
    .orderBy(page.backward ? desc(event.seq) : asc(event.seq))
    .limit(page.limit)
  return page.backward ? rows.reverse() : rows
}

/** What follows a number, and the session's last; null for a session that is not there, is another's, or was deleted. One statement. */
export async function eventsAfter(
  tx: Tx,
  of: { ownerId: string; sessionId: string; after: number; limit: number },
): Promise<{ rows: EventRow[]; lastSeq: number } | null> {
  const found = await tx
    .select({ lastSeq: session.lastSeq, event })
    .from(session)
    .leftJoin(event, and(eq(event.sessionId, session.id), gt(event.seq, of.after)))
    .where(and(eq(session.id, of.sessionId), eq(session.ownerId, of.ownerId), isNull(session.deletedAt)))
    .orderBy(asc(event.seq))
    .limit(of.limit)
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
