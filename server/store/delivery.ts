/** A command's way from QUEUED to its end. Every step is one conditional update, so a settled one never changes (C5). */
import { and, asc, eq, inArray, isNull, lte, ne, or, type SQL, sql } from 'drizzle-orm'
import { instantNow } from '../db/clock.ts'
import type { Tx } from '../db/database.ts'
import { command, decision, session } from '../db/schema.ts'
import type { CommandRow } from './commands.ts'
import { notFound, refuse } from './refused.ts'
import { ownerTopic, type Ring, sessionTopic } from './topic.ts'

/** `because` says whose rule it is where a host has said so (T7); else it is worked out from the code. */
export type Refusal = {
  code: string
  message: string
  rule: string | null
  because?: { level: string; owner: string; remedy: string } | null
}
export type SettledState = 'APPLIED' | 'REFUSED' | 'SUPERSEDED' | 'EXPIRED' | 'UNKNOWN'
export const unsettledStates = ['QUEUED', 'DELIVERED'] as const

const unsettled = inArray(command.state, [...unsettledStates])
/** The server delivers nothing past its time (E10). What was delivered before is the host's to finish and to report. */
export const inTime: SQL | undefined = or(
  eq(command.state, 'DELIVERED'),
  isNull(command.expiresAt),
  sql`${command.expiresAt} > ${instantNow}`,
)

function ringFor(ring: Ring, row: CommandRow): void {
  if (row.sessionId) ring(sessionTopic(row.sessionId))
}

/** A command as its taker is told of it, with the epoch that writes its session now; null without a session. */
export type Acknowledged = { row: CommandRow; sessionEpoch: number | null }

/**
 * QUEUED → DELIVERED for those named that are this host's (and session's). Returns all of them as they are now. `epochs` says by session which
 * attachment asks: what belongs to another epoch stays QUEUED, for a fenced host must not carry it out (E4).
 */
export async function acknowledgeCommands(
  tx: Tx,
  ring: Ring,
  by: { hostId: string; sessionId?: string },
  ids: string[],
  epochs: ReadonlyMap<string, number> = new Map(),
): Promise<Acknowledged[]> {
  if (ids.length === 0) return []
  const own = and(
    inArray(command.id, ids),
    eq(command.hostId, by.hostId),
    by.sessionId === undefined ? undefined : eq(command.sessionId, by.sessionId),
  )
  // Locked in one order: another transaction may be superseding some of the same rows.
  const found = await tx
    .select({ row: command, sessionEpoch: session.epoch })
    .from(command)
    .leftJoin(session, eq(session.id, command.sessionId))
    .where(own)
    .orderBy(asc(command.number))
    .for('update', { of: command })
  if (found.length < new Set(ids).size) throw notFound('command')
  const changed = new Map<string, CommandRow>()
  // Without an epoch from its taker (of no session, or an older host) as ever; one statement for each of the few attachments.
  for (const [epoch, queued] of toDeliver(found, epochs)) {
    const delivered = await tx
      .update(command)
      .set({
        state: 'DELIVERED',
        deliveredAt: sql`${instantNow}`,
        deliveredEpoch: epoch,
        revision: sql`${command.revision} + 1`,
      })
      .where(and(inArray(command.id, queued), inTime))
      .returning()
    for (const row of delivered) {
      ringFor(ring, row)
      changed.set(row.id, row)
    }
  }
  return found.map(({ row, sessionEpoch }) => ({ row: changed.get(row.id) ?? row, sessionEpoch }))
}

function toDeliver(found: Acknowledged[], epochs: ReadonlyMap<string, number>): Map<number | null, string[]> {
  const groups = new Map<number | null, string[]>()
  for (const { row, sessionEpoch } of found) {
    const epoch = (row.sessionId === null ? undefined : epochs.get(row.sessionId)) ?? null
    if (row.state !== 'QUEUED' || (epoch !== null && epoch !== sessionEpoch)) continue
    groups.set(epoch, [...(groups.get(epoch) ?? []), row.id])
  }
  return groups
}

/**
 * The host's word on what became of it. The same word again is acknowledged; another is COMMAND_SETTLED. A proposal that did not
 * come through reopens its decision (D2).
 */
export async function settleCommand(
  tx: Tx,
  ring: Ring,
  by: { hostId: string; sessionId?: string },
  word: { id: string; state: SettledState; refusal: Refusal | null },
): Promise<CommandRow> {
  const [there] = await tx
    .select()
    .from(command)
    .where(and(eq(command.id, word.id), eq(command.hostId, by.hostId)))
  if (!there || (by.sessionId !== undefined && there.sessionId !== by.sessionId)) throw notFound('command')
  const settled = await settle(tx, ring, there, word.state, word.refusal)
  if (settled) return settled
  const [now] = await tx.select().from(command).where(eq(command.id, word.id))
  if (!now) throw notFound('command')
  if (now.state === word.state) return now
  throw refuse('COMMAND_SETTLED', `This command has ended as ${now.state}; that does not change.`, {
    rule: 'C5: a settled command never changes',
    level: 'server',
  })
}

/** Null when it was settled already. Locks the decision before the command, as everyone does. */
async function settle(
  tx: Tx,
  ring: Ring,
  there: CommandRow,
  state: SettledState,
  refusal: Refusal | null,
  onlyIf: SQL | undefined = unsettled,
): Promise<CommandRow | null> {
  const { sessionId, decisionId } = there
  const its = sessionId && decisionId ? and(eq(decision.sessionId, sessionId), eq(decision.id, decisionId)) : null
  if (its) await tx.select({ id: decision.id }).from(decision).where(its).for('update')
  const [row] = await tx
    .update(command)
    .set({
      state,
      settledAt: sql`${instantNow}`,
      refusalCode: refusal?.code ?? null,
      refusalMessage: refusal?.message ?? null,
      refusalRule: refusal?.rule ?? null,
      refusalBecause: refusal?.because ? JSON.stringify(refusal.because) : null,
      revision: sql`${command.revision} + 1`,
    })
    .where(and(eq(command.id, there.id), onlyIf))
    .returning()
  if (!row) return null
  ringFor(ring, row)
  if (its) {
    const reopens = state === 'REFUSED' || state === 'EXPIRED' || state === 'UNKNOWN'
    const changed = await tx
      .update(decision)
      .set({ ...(reopens ? { proposalId: null } : {}), revision: sql`${decision.revision} + 1` })
      .where(and(its, eq(decision.proposalId, row.id), eq(decision.state, 'OPEN')))
      .returning({ id: decision.id })
    if (changed.length > 0) ring(ownerTopic(row.ownerId))
  }
  return row
}

/**
 * Ends every answer that lost (D3): all unsettled ones but the winner. Also tells watchers of those that had lost before, for now it is
 * known who won. The caller holds the decision's lock.
 */
export async function supersedeAnswers(
  tx: Tx,
  ring: Ring,
  of: { sessionId: string; decisionId: string; winner: string | null; onlyUnfetched?: boolean },
): Promise<void> {
  const losing = of.onlyUnfetched ? (['QUEUED', 'SUPERSEDED'] as const) : ([...unsettledStates, 'SUPERSEDED'] as const)
  const answers = and(
    eq(command.sessionId, of.sessionId),
    eq(command.decisionId, of.decisionId),
    of.winner === null ? undefined : ne(command.id, of.winner),
    inArray(command.state, losing),
  )
  const rows = await tx
    .select({ id: command.id })
    .from(command)
    .where(answers)
    .orderBy(asc(command.number))
    .for('update')
  if (rows.length === 0) return
  await tx
    .update(command)
    .set({
      state: 'SUPERSEDED',
      settledAt: sql`coalesce(${command.settledAt}, ${instantNow})`,
      revision: sql`${command.revision} + 1`,
    })
    .where(
      inArray(
        command.id,
        rows.map((row) => row.id),
      ),
    )
  ring(sessionTopic(of.sessionId))
}

/**
 * Ends what a session leaves when it has ended, or a host that is revoked: there is nobody left to do it. A host reports all it knows of before it ends a session, so of
 * what it fetched and has not reported nobody will ever hear: it may have died before it noted even the intent (C4).
 */
export async function settleLeftOver(
  tx: Tx,
  ring: Ring,
  of: { sessionId: string } | { hostId: string },
  refusal: Refusal,
): Promise<void> {
  const its = 'sessionId' in of ? eq(command.sessionId, of.sessionId) : eq(command.hostId, of.hostId)
  const rows = await tx.select().from(command).where(and(its, unsettled)).orderBy(asc(command.number))
  for (const row of rows) {
    if (await settle(tx, ring, row, 'REFUSED', refusal, eq(command.state, 'QUEUED'))) continue
    await settle(tx, ring, row, 'UNKNOWN', null)
  }
}

/**
 * Marks the command that is overdue longest EXPIRED, unless a host has fetched it meanwhile; false when none is overdue. One for each transaction: with
 * several, two processes could each hold what the other wants.
 */
export async function expireNext(tx: Tx, ring: Ring): Promise<boolean> {
  const [row] = await tx
    .select()
    .from(command)
    .where(and(eq(command.state, 'QUEUED'), lte(command.expiresAt, sql`${instantNow}`)))
    .orderBy(asc(command.expiresAt))
    .limit(1)
  if (!row) return false
  await settle(tx, ring, row, 'EXPIRED', null, eq(command.state, 'QUEUED'))
  return true
}
