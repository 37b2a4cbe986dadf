/** The common push in one statement: a batch that follows the last number and says nothing but itself; batches of several sessions together. Any other is not this room's. */
import { sql } from 'drizzle-orm'
import type { Tx } from '../db/database.ts'
import { session } from '../db/schema.ts'
import { given, statement } from '../db/statement.ts'
import { bodyRefsIn, type EventKind } from './event-kinds.ts'
import { into, ofBatch, type Rows, rowsOfBatches, unnested, values } from './event-rows.ts'
import { limits } from './limits.ts'
import type { Push } from './push-events.ts'

/** Kinds that change no row but the log: the rest is `project`'s. */
const plain: ReadonlySet<string> = new Set<EventKind>([
  ...(['AgentText', 'AgentThought', 'UserText', 'ContentShown', 'ToolCallChanged'] as const),
  ...(['NoticeShown', 'CompactionChanged', 'HistoryWithheld', 'Tombstone'] as const),
])

export type Batch = Push & { by: { ownerId: string; hostId: string } }
export type Appended = { lastSeq: number; at: Date }

/** Whether a batch may be tried here at all; `bytes` is what it weighs. */
export function weighPlain(events: Push['events']): { isPlain: boolean; bytes: number } {
  let sum = 0
  const no = { isPlain: false, bytes: 0 }
  for (const [index, { seq, kind, format, bytes, problem, refs }] of events.entries()) {
    sum += bytes
    if (problem || seq < 1 || seq !== (events[0]?.seq ?? 0) + index) return no
    if ((format === 'json' && !plain.has(kind)) || bytes > limits.maxEventBytes) return no
    if (bodyRefsIn(refs).length > 0) return no
  }
  return { isPlain: events.length > 0 && sum <= limits.maxBatchBytes, bytes: sum }
}

/**
 * Stores each batch whole and says when, with its last number; or stores nothing of it and says null: then `pushEvents` takes it or says what is
 * wrong. No two batches of one session. Commits by itself when `tx` is no transaction. The caller rings the sessions' topics.
 */
export async function appendEvents(tx: Tx, batches: readonly Batch[]): Promise<(Appended | null)[]> {
  const [only, ...others] = batches
  if (!only) return []
  // The conditions are looked at again under the row's lock: of two pushes at once the second finds another last number, and stores nothing (E2, E4).
  const stored = await (others.length === 0 ? appendOne(tx, only) : appendMany(tx, batches))
  const appended = new Map(stored.map(({ n, at }) => [Number(n), new Date(Math.round(Number(at)))]))
  return batches.map(({ events }, n) => {
    const at = appended.get(n)
    const lastSeq = events.at(-1)?.seq
    return at && lastSeq !== undefined ? { lastSeq, at } : null
  })
}

const now = sql.raw('extract(epoch from now()) * 1000 as at')

const one = statement<'last' | 'sessionId' | 'ownerId' | 'hostId' | 'epoch' | 'attachmentId' | 'before' | keyof Rows>(
  () => sql`
  with moved as (
    update ${session} set last_seq = ${given('last')}
    where id = ${given('sessionId')} and owner_id = ${given('ownerId')} and host_id = ${given('hostId')} and epoch = ${given('epoch')}
      and attachment_id = ${given('attachmentId')} and last_seq = ${given('before')} and ended_at is null and deleted_at is null
      and withheld_by is null
    returning id, epoch),
  added as (${into}
    select moved.id, ${values} from moved cross join ${unnested})
  select 0 as n, ${now} from moved`,
)

/** Which batch, and the milliseconds of its moment. One driver gives texts, the other numbers. */
type Moved = { n: unknown; at: unknown }

const appendOne = (tx: Tx, { sessionId, epoch, attachmentId, events, by }: Batch): Promise<Moved[]> => {
  const [before, last] = [(events[0]?.seq ?? 0) - 1, events.at(-1)?.seq ?? 0]
  const { ownerId, hostId } = by
  return one.rows(tx, { sessionId, epoch, attachmentId, ownerId, hostId, before, last, ...rowsOfBatches([events]) })
}

// A session that somebody else has locked is left to the long way, which waits: one slow session holds no other up (peer 2).
const many = statement<'batches' | keyof Rows>(
  () => sql`
  with asked as materialized (
    select * from json_to_recordset(${given('batches')}::json)
      as a (n int, id text, owner_id text, host_id text, epoch int, attachment_id text, first int, last int)),
  free as materialized (
    select s.id from ${session} s join asked a on s.id = a.id order by s.id for no key update of s skip locked),
  moved as (
    update ${session} s set last_seq = a.last from asked a
    where s.id = a.id and s.id in (select id from free) and s.owner_id = a.owner_id and s.host_id = a.host_id and s.epoch = a.epoch
      and s.attachment_id = a.attachment_id and s.last_seq = a.first - 1 and s.ended_at is null and s.deleted_at is null
      and s.withheld_by is null
    returning s.id, s.epoch, a.n),
  added as (${into}
    select moved.id, ${values} from moved join ${unnested} on ${ofBatch} = moved.n)
  select n, ${now} from moved`,
)

const appendMany = (tx: Tx, batches: readonly Batch[]): Promise<Moved[]> =>
  many.rows(tx, {
    batches: JSON.stringify(batches.map(headOf)),
    ...rowsOfBatches(batches.map(({ events }) => events)),
  })

const headOf = ({ sessionId, epoch, attachmentId, by, events }: Batch, n: number) => ({
  ...{ n, id: sessionId, owner_id: by.ownerId, host_id: by.hostId, epoch, attachment_id: attachmentId },
  ...{ first: events[0]?.seq, last: events.at(-1)?.seq },
})
