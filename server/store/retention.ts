/** Removes what is older than its owner's policy keeps, a bounded piece at a time; what is gone is never refilled (E5). Knows no policy document. */
import { and, asc, eq, isNull, lt, type SQL, sql } from 'drizzle-orm'
import { instantNow } from '../db/clock.ts'
import type { Tx } from '../db/database.ts'
import { rowsOf } from '../db/rows.ts'
import { auditChain, membership, organisation, policy, session } from '../db/schema.ts'
import { removeAudit, SERVER_CHAIN } from './audit.ts'
import { deleteSession } from './sessions.ts'
import type { Ring } from './topic.ts'

/** Rows that one statement removes at most. */
export const RETENTION_ROWS = 1000

export type Kept = { ownerId: string; minutes: number }

const settingOf = (name: string): SQL => sql`(${policy.settings}::json -> ${name}::text ->> 'value')::int`

/** Whose sessions are kept for how long. Who keeps for ever, and who is under a legal hold, is not there. */
export async function retainedOwners(tx: Tx): Promise<Kept[]> {
  const minutes = settingOf('sessionRetentionMinutes')
  const rows = await tx
    .select({ ownerId: policy.ownerId, minutes: sql<number>`${minutes}` })
    .from(policy)
    .innerJoin(membership, eq(membership.ownerId, policy.ownerId))
    .innerJoin(organisation, eq(organisation.id, membership.organisationId))
    .where(and(sql`${minutes} is not null`, isNull(organisation.legalHoldSince)))
    .orderBy(asc(policy.ownerId))
  return rows
}

/** `now` is the database's clock; tests say another instant. */
const cutoff = (minutes: number, now: SQL<Date>): SQL<Date> =>
  sql<Date>`(${now} - make_interval(mins => ${minutes}::int))`

/** What the session's row points at is what is now, not history: it goes with the session. */
const isPointedAt = sql`(coalesce(e.seq in (s.configured_seq, s.mode_seq, s.plan_seq, s.usage_seq, s.slash_commands_seq), false)
  or exists (select 1 from decision d where d.session_id = s.id and d.state = 'OPEN' and d.opened_seq = e.seq)
  or exists (select 1 from prompt p where p.session_id = s.id and p.state in ('QUEUED', 'HELD', 'RUNNING') and p.changed_seq = e.seq))`

/**
 * One piece of one owner's: some rows of one session, or the rest of one that ended long enough ago, which leaves its marker. True when there may be more.
 * How old an event is says its arrival here (E10): a host's clock must not keep anything, nor remove it.
 */
export async function retainSessions(tx: Tx, ring: Ring, kept: Kept, now: SQL<Date> = instantNow): Promise<boolean> {
  const until = cutoff(kept.minutes, now)
  const [due] = rowsOf<{ id: string; isOver: boolean }>(
    await tx.execute(sql`select s.id, coalesce(s.ended_at < ${until}, false) as "isOver" from session s
      where s.owner_id = ${kept.ownerId} and s.deleted_at is null
        and (s.ended_at < ${until}
          or (select e.received_at from event e where e.session_id = s.id and e.seq >= s.first_seq order by e.seq limit 1) < ${until}
          or exists (select 1 from command c where c.session_id = s.id and c.settled_at < ${until})
          or exists (select 1 from event e where e.session_id = s.id and e.seq < s.first_seq and not ${isPointedAt}))
      order by s.id limit 1`),
  )
  if (!due) return false
  await tx.select({ id: session.id }).from(session).where(eq(session.id, due.id)).for('no key update')
  const removed = due.isOver ? await emptySession(tx, due.id) : await trimSession(tx, due.id, until)
  if (removed === 0 && due.isOver) await deleteSession(tx, ring, { ownerId: kept.ownerId, id: due.id })
  return true
}

/** Of a session that is over: everything, oldest first, bodies too. */
async function emptySession(tx: Tx, id: string): Promise<number> {
  const events = await removed(tx, sql`event`, sql`e.session_id = ${id}`)
  return events > 0 ? events : removed(tx, sql`body_chunk`, sql`e.session_id = ${id}`, 32)
}

/** Of a session that may go on: what is beyond and not pointed at. `first_seq` says from where on there is anything. */
async function trimSession(tx: Tx, id: string, until: SQL<Date>): Promise<number> {
  const [end] = rowsOf<{ next: number }>(
    await tx.execute(sql`select coalesce(max(old.seq), 0) + 1 as next from (
      select e.seq from event e join session s on s.id = e.session_id
      where s.id = ${id} and e.seq >= s.first_seq and e.received_at < ${until} order by e.seq limit ${RETENTION_ROWS}) old`),
  )
  const next = end?.next ?? 1
  if (next > 1) await tx.execute(sql`update session set first_seq = ${next} where id = ${id} and first_seq < ${next}`)
  const ofSession = sql`e.session_id = ${id} and e.session_id in (select s.id from session s where s.id = ${id}
    and e.seq < s.first_seq and not ${isPointedAt})`
  let count = await removed(tx, sql`event`, ofSession)
  count += await removed(tx, sql`command`, sql`e.session_id = ${id} and e.settled_at < ${until}`)
  count += await removed(
    tx,
    sql`decision`,
    sql`e.session_id = ${id} and e.state = 'SETTLED' and e.settled_at < ${until}`,
  )
  const ended = sql`e.state in ('DONE', 'REFUSED', 'WITHDRAWN', 'UNKNOWN')`
  count += await removed(tx, sql`prompt`, sql`e.session_id = ${id} and ${ended} and e.since < ${until}`)
  // A body stays as long as an event names it, whenever it came.
  const unnamed = sql`not exists (select 1 from event n where n.session_id = ${id}
    and position(convert_to(encode(e.digest, 'hex'), 'UTF8') in n.payload) > 0)`
  const old = sql`e.session_id = ${id} and e.created_at < ${until} and ${unnamed}`
  await tx.execute(sql`delete from body_chunk c using (select e.session_id, e.digest from body e where ${old} limit 4) gone
    where c.session_id = gone.session_id and c.digest = gone.digest`)
  const without = sql`not exists (select 1 from body_chunk c where c.session_id = e.session_id and c.digest = e.digest)`
  return count + (await removed(tx, sql`body`, sql`${old} and ${without}`))
}

async function removed(tx: Tx, table: SQL, which: SQL, limit = RETENTION_ROWS): Promise<number> {
  const rows = await tx.execute(sql`delete from ${table} where ctid in
    (select e.ctid from ${table} e where ${which} limit ${limit}) returning 1 as one`)
  return rowsOf(rows).length
}

/** Chains whose audit is kept for how long: the shortest that holds for anyone in it. */
export async function retainedChains(tx: Tx): Promise<{ chain: string; minutes: number }[]> {
  const minutes = settingOf('auditRetentionMinutes')
  return tx
    .select({ chain: auditChain.id, minutes: sql<number>`min(${minutes})` })
    .from(auditChain)
    .innerJoin(membership, eq(membership.organisationId, auditChain.id))
    .innerJoin(organisation, eq(organisation.id, auditChain.id))
    .innerJoin(policy, eq(policy.ownerId, membership.ownerId))
    .where(
      and(
        sql`${minutes} is not null`,
        isNull(organisation.legalHoldSince),
        lt(auditChain.firstNumber, sql`${auditChain.lastNumber} + 1`),
      ),
    )
    .groupBy(auditChain.id)
    .orderBy(asc(auditChain.id))
}

/** One piece of one chain. True when there may be more. */
export async function retainAudit(
  tx: Tx,
  { chain, minutes }: { chain: string; minutes: number },
  now: SQL<Date> = instantNow,
): Promise<boolean> {
  if (chain === SERVER_CHAIN) return false
  return (await removeAudit(tx, chain, cutoff(minutes, now), RETENTION_ROWS)) === RETENTION_ROWS
}
