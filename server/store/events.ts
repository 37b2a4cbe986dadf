/** Events read back in the host's order, by number and never by time (E10). Knows no subscription. */
import { type SQL, sql } from 'drizzle-orm'
import type { Tx } from '../db/database.ts'
import { jsonRow } from '../db/json-row.ts'
import { rowsOf } from '../db/rows.ts'
import { event, session } from '../db/schema.ts'
import { given, statement, type Value } from '../db/statement.ts'
import { isUnstorableText } from '../db/unstorable.ts'
import { isKnownKind, type KnownEvent, readEvent } from './event-kinds.ts'
import { decodePayload } from './payload.ts'
import type { SessionRow } from './sessions.ts'

/** The payload is text; bytes where it is none (rotten UTF-8, or a NUL). */
export type EventRow = Omit<typeof event.$inferSelect, 'payload'> & { payload: string | Uint8Array }

/** Past every number: the largest of the column. */
const MAX_SEQ = 2_147_483_647

/** What the database says of `e`: nothing that would be made into one thing on its way and into another to be shown, and all but the payload as one text: of a page, columns cost more than rows. */
type Told = { head: string; payload: string | Uint8Array }
const toldOf = (
  payload: SQL,
) => sql`(extract(epoch from e.at) * 1000)::float8 || ' ' || (extract(epoch from e.received_at) * 1000)::float8
  || ' ' || e.seq || ' ' || e.epoch || ' ' || encode(e.digest, 'hex') || ' ' || e.format || ' ' || e.kind as head, ${payload} as payload`

// By hand, and written out: `split`, or two objects spread into one, took as long as all the rest of a row. A kind may hold anything, so it is the last.
function rowOf(sessionId: string, { head, payload }: Told): EventRow {
  const received = head.indexOf(' ') + 1
  const seq = head.indexOf(' ', received) + 1
  const epoch = head.indexOf(' ', seq) + 1
  const digest = head.indexOf(' ', epoch) + 1
  const format = head.indexOf(' ', digest) + 1
  const kind = head.indexOf(' ', format) + 1
  return {
    sessionId,
    seq: Number(head.slice(seq, epoch - 1)),
    epoch: Number(head.slice(epoch, digest - 1)),
    at: new Date(Number(head.slice(0, received - 1))),
    receivedAt: new Date(Number(head.slice(received, seq - 1))),
    kind: head.slice(kind),
    digest: head.slice(digest, format - 1),
    format: head.slice(format, kind - 1) as EventRow['format'],
    payload,
  }
}

const forms = { text: sql`convert_from(e.payload, 'UTF8')`, bytes: sql`e.payload` }
const inForms = <Made>(make: (payload: SQL) => Made) => ({ text: make(forms.text), bytes: make(forms.bytes) })

// All of a page is sorted once more before any of it is sent, in an order that no index has: a statement that fails behind its first rows leaves postgres.js counting them, and the
// next one's rows on that connection begin behind a hole.
const sorted = sql`order by page.number + 0`

const window = (payload: SQL, order: 'asc' | 'desc') => sql`select e.seq as number, ${toldOf(payload)} from ${event} e
    where e.session_id = ${given('sessionId')} and e.seq > ${given('after')} and e.seq < ${given('before')}
    order by e.seq ${sql.raw(order)} limit ${given('limit')}`

const pageOf = (order: 'asc' | 'desc') =>
  inForms((payload) =>
    statement<'sessionId' | 'after' | 'before' | 'limit'>(
      () => sql`
  select page.head, page.payload from (${window(payload, order)}) page ${sorted}`,
    ),
  )
const [forward, backward] = [pageOf('asc'), pageOf('desc')]

// The session is one row more, before the others, in the payload's place.
const withSession = (order: 'asc' | 'desc') =>
  inForms((payload) =>
    statement<'sessionId' | 'ownerId' | 'after' | 'before' | 'limit'>(
      () => sql`
  with found as materialized (select * from ${session} s
    where s.id = ${given('sessionId')} and s.owner_id = ${given('ownerId')} and s.deleted_at is null)
  select page.head, page.payload, page.session from (
    select null::int as number, null as head, null::${payload === forms.text ? sql`text` : sql`bytea`} as payload, to_json(found)::text as session from found
    union all
    select page.*, null from found, lateral (${window(payload, order)}) page) page
  ${sorted} nulls first`,
    ),
  )
const [forwardWith, backwardWith] = [withSession('asc'), withSession('desc')]
const sessionIn = jsonRow(session)

const following = inForms((payload) =>
  statement<'sessionId' | 'ownerId' | 'after' | 'limit'>(
    () => sql`
  select s.last_seq as "lastSeq", page.head, page.payload from ${session} s
  left join lateral (select e.seq as number, ${toldOf(payload)} from ${event} e
    where e.session_id = s.id and e.seq > ${given('after')} order by e.seq limit ${given('limit')}) page on true
  where s.id = ${given('sessionId')} and s.owner_id = ${given('ownerId')} and s.deleted_at is null ${sorted}`,
  ),
)

/** As text, which is what nearly every payload is; only where one of them is not, all of them again as bytes. */
async function rowsFrom<Row, Names extends string>(
  tx: Tx,
  ask: Record<keyof typeof forms, (values: Readonly<Record<Names, Value>>) => SQL>,
  values: Readonly<Record<Names, Value>>,
): Promise<Row[]> {
  try {
    return rowsOf<Row>(await tx.execute(ask.text(values)))
  } catch (error) {
    if (!isUnstorableText(error)) throw error
    return rowsOf<Row>(await tx.execute(ask.bytes(values)))
  }
}

export type EventWindow = { after: number | null; before: number | null; limit: number; backward: boolean }

const asked = ({ after, before, limit }: EventWindow) => ({ limit, after: after ?? 0, before: before ?? MAX_SEQ })

/** At most `limit` events strictly between the numbers, ascending; `backward` takes those nearest to the end. Not within a transaction, which a rotten payload would end. */
export async function listEvents(tx: Tx, sessionId: string, page: EventWindow): Promise<EventRow[]> {
  const found = await rowsFrom<Told, 'sessionId' | keyof ReturnType<typeof asked>>(
    ...([tx, page.backward ? backward : forward, { sessionId, ...asked(page) }] as const),
  )
  return found.map((one) => rowOf(sessionId, one))
}

/** A session and a page of its events, as `findSession` and `listEvents` give them; null for none. One statement; not within a transaction. */
export async function sessionWithEvents(
  tx: Tx,
  of: { ownerId: string; sessionId: string },
  page: EventWindow,
): Promise<{ session: SessionRow; rows: EventRow[] } | null> {
  type Row = Told & { session: string | null }
  const [first, ...found] = await rowsFrom<Row, keyof typeof of | keyof ReturnType<typeof asked>>(
    ...([tx, page.backward ? backwardWith : forwardWith, { ...of, ...asked(page) }] as const),
  )
  if (typeof first?.session !== 'string') return null
  return { session: sessionIn(first.session), rows: found.map((one) => rowOf(of.sessionId, one)) }
}

/** What follows a number, and the session's last; null for a session that is not there, is another's, or was deleted. One statement; not within a transaction. */
export async function eventsAfter(
  tx: Tx,
  of: { ownerId: string; sessionId: string; after: number; limit: number },
): Promise<{ rows: EventRow[]; lastSeq: number } | null> {
  type Row = { lastSeq: number } & (Told | { head: null; payload: null })
  const found = await rowsFrom<Row, keyof typeof of>(tx, following, of)
  const [first] = found
  if (!first) return null
  return { rows: found.flatMap((one) => (one.head === null ? [] : rowOf(of.sessionId, one))), lastSeq: first.lastSeq }
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
