/** Sessions that are under way, for those who govern: ids and agents, nothing of what is said in them (F7). */
import { and, asc, count, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Tx } from '../db/database.ts'
import { session } from '../db/schema.ts'
import { ownerTopic, type Ring, sessionTopic } from './topic.ts'

export type RunningSession = { id: string; ownerId: string; agentId: string; agentName: string }

const running = (ownerIds: readonly string[]) =>
  and(inArray(session.ownerId, [...ownerIds]), isNull(session.endedAt), isNull(session.deletedAt))

export const listRunning = (tx: Tx, ownerIds: readonly string[], limit: number): Promise<RunningSession[]> =>
  ownerIds.length === 0
    ? Promise.resolve([])
    : tx
        .select({
          ...{ id: session.id, ownerId: session.ownerId },
          ...{ agentId: session.agentId, agentName: session.agentName },
        })
        .from(session)
        .where(running(ownerIds))
        .orderBy(asc(session.id))
        .limit(limit)

export async function countRunning(tx: Tx, ownerIds: readonly string[]): Promise<number> {
  if (ownerIds.length === 0) return 0
  const [row] = await tx.select({ count: count() }).from(session).where(running(ownerIds))
  return row?.count ?? 0
}

/** Nobody starts, withholds or lets on one of theirs until the transaction ends. */
export async function lockSessionsOf(tx: Tx, ownerId: string): Promise<void> {
  await tx
    .select({ id: session.id })
    .from(session)
    .where(running([ownerId]))
    .orderBy(asc(session.id))
    .for('no key update')
}

/** Whose rule it is, as JSON; kept with the session. */
export type Withholding = {
  agents: readonly string[] | null
  agentsRule: string
  headless: boolean
  headlessRule: string
}

/** Those of other agents, and those without a terminal, may not go on until they are allowed again. Null allows any agent. */
export async function withholdSessions(tx: Tx, ring: Ring, ownerId: string, allowed: Withholding): Promise<void> {
  const agents = allowed.agents === null ? null : JSON.stringify(allowed.agents)
  const wanted = sql<string | null>`case when ${agents}::json is null
    or ${session.agentId} in (select json_array_elements_text(${agents}::json)) then
      case when ${session.headless} and not ${allowed.headless}::boolean then ${allowed.headlessRule} else null end
    else ${allowed.agentsRule} end`
  const open = and(eq(session.ownerId, ownerId), isNull(session.endedAt), isNull(session.deletedAt))
  const changing = await tx
    .select({ id: session.id })
    .from(session)
    .where(and(open, sql`${session.withheldBy} is distinct from ${wanted}`))
    .orderBy(asc(session.id))
    .for('no key update')
  if (changing.length === 0) return
  const ids = changing.map(({ id }) => id)
  await tx
    .update(session)
    .set({ withheldBy: wanted, revision: sql`${session.revision} + 1` })
    .where(inArray(session.id, ids))
  ring(ownerTopic(ownerId), ...ids.map(sessionTopic))
}

/** Of one session whose new attachment is allowed. The caller holds its lock. */
export async function letSessionOn(tx: Tx, ring: Ring, of: { id: string; ownerId: string }): Promise<void> {
  await tx
    .update(session)
    .set({ withheldBy: null, revision: sql`${session.revision} + 1` })
    .where(eq(session.id, of.id))
  ring(ownerTopic(of.ownerId), sessionTopic(of.id))
}
