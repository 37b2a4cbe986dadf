/** The common push in one statement: a batch that follows the last number and says nothing but itself. Any other is not this room's. */
import { sql } from 'drizzle-orm'
import type { Tx } from '../db/database.ts'
import { event, session } from '../db/schema.ts'
import { bodyRefsIn, type EventKind } from './event-kinds.ts'
import { limits } from './limits.ts'
import type { Push } from './push-events.ts'

/** Kinds that change no row but the log: the rest is `project`'s. */
const plain: ReadonlySet<string> = new Set<EventKind>([
  ...(['AgentText', 'AgentThought', 'UserText', 'ContentShown', 'ToolCallChanged'] as const),
  ...(['NoticeShown', 'CompactionChanged', 'HistoryWithheld', 'Tombstone'] as const),
])

/**
 * Stores the batch whole and says when, with its last number; or stores nothing and returns null: then `pushEvents` takes it or says what is wrong.
 * Commits by itself when `tx` is no transaction. The caller rings the session's topic.
 */
export async function appendEvents(
  tx: Tx,
  by: { ownerId: string; hostId: string },
  { sessionId, epoch, attachmentId, events }: Push,
): Promise<{ lastSeq: number; at: Date } | null> {
  const [first] = events
  const last = events.at(-1)
  if (!first || !last || !isPlain(events)) return null
  const rows = events.map(({ seq, at, kind, digest, format, payload }) => ({
    ...{ seq, at, kind, digest, format },
    payload: Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8'),
  }))
  // The condition is looked at again under the row's lock: of two pushes at once the second finds another last number, and stores nothing (E2, E4).
  const stored = await tx.execute(sql`
    with moved as (
      update ${session} set last_seq = ${last.seq}
      where id = ${sessionId} and owner_id = ${by.ownerId} and host_id = ${by.hostId} and epoch = ${epoch}
        and attachment_id = ${attachmentId} and last_seq = ${first.seq - 1} and ended_at is null and deleted_at is null
        and withheld_by is null
      returning id, epoch),
    added as (
      insert into ${event} (session_id, seq, epoch, at, kind, digest, format, payload)
      select moved.id, one.seq, moved.epoch, one.at, one.kind, decode(one.digest, 'hex'), one.format, convert_to(one.payload, 'UTF8')
      from moved cross join json_to_recordset(${JSON.stringify(rows)}::json)
        as one (seq int, at timestamptz, kind text, digest text, format text, payload text))
    select extract(epoch from now()) * 1000 as at from moved`)
  const [row] = rowsOf(stored)
  return row ? { lastSeq: last.seq, at: new Date(Math.round(Number(row.at))) } : null
}

function isPlain(events: Push['events']): boolean {
  let bytes = 0
  for (const [index, { seq, kind, format, payload, problem, refs }] of events.entries()) {
    bytes += payload.length
    if (problem || seq !== (events[0]?.seq ?? 0) + index) return false
    if ((format === 'json' && !plain.has(kind)) || payload.length > limits.maxEventBytes) return false
    if (bodyRefsIn(refs).length > 0) return false
  }
  return bytes <= limits.maxBatchBytes
}

/** Rows of a raw statement, which one driver gives as a list and the other in an object. */
function rowsOf(result: unknown): Record<string, unknown>[] {
  if (Array.isArray(result)) return result
  return (result as { rows: Record<string, unknown>[] }).rows
}
