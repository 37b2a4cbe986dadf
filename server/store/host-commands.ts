/** What a host still has to do, read on from an opaque place (C2). Changes nothing. */
import { and, asc, eq, inArray, type SQLWrapper, sql } from 'drizzle-orm'
import type { Tx } from '../db/database.ts'
import { madeOnce } from '../db/made-once.ts'
import { rowsOf } from '../db/rows.ts'
import { command, device, host, serverFact } from '../db/schema.ts'
import { given, statement } from '../db/statement.ts'
import type { CommandRow } from './commands.ts'
import { inTime, unsettledStates } from './delivery.ts'
import { type PolicyRow, parsePolicy, policyMarkOf, policyTextOf } from './policies.ts'
import { notFound } from './refused.ts'

const PAGE = 100

export type HostLook = {
  commands: CommandRow[]
  after: string
  policy: PolicyRow
  revokedDeviceIds: string[]
  /** Differs when this look would say something else; for `movedHosts`. */
  mark: string
  /** Policy or roster have changed since `after` was given out. */
  isTrustNews: boolean
}

const incarnation = sql<string>`(select ${serverFact.value} from ${serverFact} where ${serverFact.name} = 'incarnation')`
const revokedCount = sql`(select count(*)::text from ${device} where ${device.ownerId} = ${host.ownerId} and ${device.revokedAt} is not null)`
const trustMark = sql<string>`${policyMarkOf(host.ownerId)} || '.' || ${revokedCount}`
const markOf = sql<string>`${incarnation} || ' ' || ${host.nextCommandNumber} || ' ' || ${trustMark}`
const revokedIds = sql<string>`(select coalesce(json_agg(${device.id} order by ${device.id}), '[]')::text
  from ${device} where ${device.ownerId} = ${host.ownerId} and ${device.revokedAt} is not null)`

/** Which making of a row: a command that a restore took away and its device sends again has the same id, and may get the same number. */
export const madeOf = (row: { id: SQLWrapper; createdAt: SQLWrapper }) =>
  sql<string>`${row.id} || '@' || extract(epoch from ${row.createdAt})`

// A restored backup may have the same incarnation, and the same ids under the same numbers: only what was made in that moment says that this is the place.
const lookOf = madeOnce((tx) => {
  const [at, number, id] = [sql.placeholder('at'), sql.placeholder('number'), sql.placeholder('id')]
  const fits = sql`${at}::text = ${incarnation} and (${number}::int = 0 or exists (select 1 from ${command} one
    where one.host_id = ${host.id} and one.number = ${number}::int
      and ${madeOf({ id: sql`one.id`, createdAt: sql`one.created_at` })} = ${id}::text))`
  const from = sql<number>`case when ${fits} then ${number}::int else 0 end`
  return tx
    .select({
      incarnation,
      from,
      mark: markOf,
      trust: trustMark,
      policy: policyTextOf(host.ownerId),
      revokedIds,
      made: madeOf(command),
      command,
    })
    .from(host)
    .leftJoin(
      command,
      and(
        eq(command.hostId, host.id),
        inArray(command.state, [...unsettledStates]),
        sql`${command.number} > ${from}`,
        inTime,
      ),
    )
    .where(eq(host.id, sql.placeholder('hostId')))
    .orderBy(asc(command.number))
    .limit(PAGE)
    .prepare('host_look')
})

/**
 * Unsettled commands past `after`, oldest first, and what the host must know beside them, all as of one moment. A place from another database, or from before a
 * restore, does not fit: then everything unsettled is read again, and the host's ledger drops what it has done. Throws NOT_FOUND.
 */
export async function lookForHost(tx: Tx, hostId: string, after: string | null): Promise<HostLook> {
  const place = (after === null ? null : parsePlace(after)) ?? { incarnation: '', number: 0, id: '', trust: null }
  const { incarnation: at, number, id } = place
  const rows = await lookOf(tx).execute({ hostId, at, number, id })
  const [facts] = rows
  if (!facts?.policy) throw notFound('host')
  const commands = rows.flatMap((row) => row.command ?? [])
  const end = rows.at(-1)
  const last = end?.command
    ? { number: end.command.number, id: end.made }
    : facts.from === 0
      ? { number: 0, id: '' }
      : place
  return {
    commands,
    after: placeText({ incarnation: facts.incarnation, number: last.number, id: last.id, trust: facts.trust }),
    policy: parsePolicy(facts.policy),
    revokedDeviceIds: JSON.parse(facts.revokedIds) as string[],
    mark: facts.mark,
    isTrustNews: place.trust !== null && place.trust !== facts.trust,
  }
}

/**
 * What a look would give now, when a command has just been queued here; null when another one has come between, and the store has to say. What has become of policy and
 * roster since is not in it: `after` says as of when they are, so that the next look finds them changed.
 */
export function lookWith(seen: HostLook, { row, made }: { row: CommandRow; made: string }): HostLook | null {
  const place = parsePlace(seen.after)
  const [incarnation, next] = seen.mark.split(' ')
  if (!place || place.incarnation !== incarnation || seen.commands.length > 0 || Number(next) !== row.number)
    return null
  return { ...seen, commands: [row], after: placeText({ ...place, number: row.number, id: made }) }
}

const moved = statement<'waiting'>(
  () => sql`
    select waits.id from json_to_recordset(${given('waiting')}::json) as waits (id text, mark text)
      left join ${host} on ${host.id} = waits.id
    where waits.mark is distinct from ${markOf}`,
)

/** Of hosts that wait, those for which a look would say something else than when it gave the mark. One statement for any number. */
export async function movedHosts(tx: Tx, waiting: readonly { id: string; mark: string }[]): Promise<string[]> {
  const rows = await tx.execute(moved({ waiting: JSON.stringify(waiting) }))
  return rowsOf<{ id: string }>(rows).map((row) => row.id)
}

/** `id` is that of the row and when it was made. `trust` is null in a place that an earlier version gave out. */
type Place = { incarnation: string; number: number; id: string; trust: string | null }

const placeText = ({ incarnation, number, id, trust }: Place): string =>
  Buffer.from(`${incarnation} ${number} ${id} ${trust}`).toString('base64url')

function parsePlace(text: string): Place | null {
  const [incarnation, number, id, trust = null] = Buffer.from(text, 'base64url').toString('latin1').split(' ')
  if (!incarnation || id === undefined || !/^\d{1,9}$/.test(number ?? '')) return null
  return { incarnation, number: Number(number), id, trust }
}

export async function readIncarnation(tx: Tx): Promise<string> {
  const [row] = await tx.select().from(serverFact).where(eq(serverFact.name, 'incarnation'))
  if (!row) throw new Error('the database has no incarnation: it was not migrated by this program')
  return row.value
}
