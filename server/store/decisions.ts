/** Decisions as rows: opened and settled by events, found and listed (D1). What is asked is read in the opening event. */
import { and, asc, desc, eq, inArray, isNull, or, sql } from 'drizzle-orm'
import type { Tx } from '../db/database.ts'
import { decision, event, session } from '../db/schema.ts'
import { supersedeAnswers } from './delivery.ts'
import type { EventValues } from './event-kinds.ts'
import { type EventRow, readStored } from './events.ts'
import { refusedEvent } from './pushed-event.ts'
import type { SessionRow } from './sessions.ts'
import type { Ring } from './topic.ts'

export type DecisionRow = typeof decision.$inferSelect
/** A decision with what was asked; `asked` is null when the opening event cannot be read. */
export type Decision = DecisionRow & { asked: EventValues['DecisionOpened'] | null; session: SessionRow }

/** Throws EVENT_REFUSED for an id that is there already: an answer could otherwise hit another request (D4). */
export async function openDecision(
  tx: Tx,
  row: SessionRow,
  asked: EventValues['DecisionOpened'],
  seq: number,
  at: Date,
): Promise<void> {
  const made = await tx
    .insert(decision)
    .values({
      sessionId: row.id,
      id: asked.decisionId,
      ownerId: row.ownerId,
      kind: asked.kind,
      epoch: row.epoch,
      openedSeq: seq,
      openedAt: at,
    })
    .onConflictDoNothing()
    .returning({ id: decision.id })
  if (made.length === 0) throw refusedEvent(seq, 'its decision id was used before')
}

/** The host's word on who won (D3). A decision that is unknown, or settled by its word, stays as it is. */
export async function settleDecision(
  tx: Tx,
  ring: Ring,
  row: SessionRow,
  word: EventValues['DecisionSettled'],
  at: Date,
): Promise<void> {
  const settled = await tx
    .update(decision)
    .set({
      state: 'SETTLED',
      settledAt: at,
      outcome: word.outcome,
      optionId: word.optionId,
      optionName: word.optionName,
      answer: word.answer,
      reason: word.reason ?? null,
      surface: word.origin.surface,
      winnerDeviceId: word.origin.deviceId,
      winnerDeviceName: word.origin.deviceName,
      winnerCommandId: word.origin.commandId,
      proposalId: null,
      isAssumed: false,
      revision: sql`${decision.revision} + 1`,
    })
    .where(
      and(
        eq(decision.sessionId, row.id),
        eq(decision.id, word.decisionId),
        or(eq(decision.state, 'OPEN'), decision.isAssumed),
      ),
    )
    .returning({ id: decision.id })
  if (settled.length === 0) return
  const winner = word.origin.commandId
  await supersedeAnswers(tx, ring, { sessionId: row.id, decisionId: word.decisionId, winner })
}

const fields = { decision, session, opening: event }
type Joined = { decision: DecisionRow; session: SessionRow; opening: EventRow | null }

const withAsked = ({ decision: row, session: of, opening }: Joined): Decision => {
  const read = opening ? readStored(opening) : null
  return { ...row, session: of, asked: read?.kind === 'DecisionOpened' ? read.value : null }
}

const joined = (tx: Tx) =>
  tx
    .select(fields)
    .from(decision)
    .innerJoin(session, eq(session.id, decision.sessionId))
    .leftJoin(event, and(eq(event.sessionId, decision.sessionId), eq(event.seq, decision.openedSeq)))

export async function findDecision(tx: Tx, sessionId: string, id: string): Promise<Decision | null> {
  const [row] = await joined(tx).where(and(eq(decision.sessionId, sessionId), eq(decision.id, id)))
  return row ? withAsked(row) : null
}

/** Those still open in these sessions, oldest first. */
export async function openDecisions(tx: Tx, sessionIds: string[]): Promise<Decision[]> {
  const rows = await joined(tx)
    .where(and(inArray(decision.sessionId, sessionIds), eq(decision.state, 'OPEN')))
    .orderBy(asc(decision.openedSeq))
  return rows.map(withAsked)
}

/** Names a decision among all of an owner's: hosts choose the second part, so the first is needed. */
export type DecisionKey = { sessionId: string; id: string }
export const decisionKeyText = (key: DecisionKey): string => `${key.sessionId}/${key.id}`

const named = (keys: string[]) => inArray(sql`${decision.sessionId} || '/' || ${decision.id}`, keys)

/** The rows alone. Of no owner in particular: the keys must come from rows that were the caller's. */
export async function findDecisionRows(tx: Tx, keys: string[]): Promise<DecisionRow[]> {
  return keys.length === 0 ? [] : tx.select().from(decision).where(named(keys))
}

export async function findDecisions(tx: Tx, ownerId: string, keys: string[]): Promise<Decision[]> {
  if (keys.length === 0) return []
  const rows = await joined(tx)
    .where(and(eq(decision.ownerId, ownerId), named(keys)))
    .orderBy(asc(decision.openedAt), asc(decision.id))
  return rows.map(withAsked)
}

export type DecisionCursor = { openedAt: Date; sessionId: string; id: string }
export type DecisionFilter = { ownerId: string; hostId?: string | undefined; state: 'OPEN' | 'SETTLED' | null }

const listed = (filter: DecisionFilter) =>
  and(
    eq(decision.ownerId, filter.ownerId),
    filter.hostId === undefined ? undefined : eq(session.hostId, filter.hostId),
    filter.state === null ? undefined : eq(decision.state, filter.state),
    isNull(session.deletedAt),
  )

/** One page, newest first, strictly between the cursors. `backward` takes it from the end. */
export async function listDecisions(
  tx: Tx,
  filter: DecisionFilter,
  page: { after: DecisionCursor | null; before: DecisionCursor | null; limit: number; backward: boolean },
): Promise<Decision[]> {
  const columns = sql`(${decision.openedAt}, ${decision.sessionId}, ${decision.id})`
  const place = (at: DecisionCursor) =>
    sql`(${at.openedAt.toISOString()}::timestamptz, ${at.sessionId}::text, ${at.id}::text)`
  const direction = page.backward ? asc : desc
  const rows = await joined(tx)
    .where(
      and(
        listed(filter),
        page.after ? sql`${columns} < ${place(page.after)}` : undefined,
        page.before ? sql`${columns} > ${place(page.before)}` : undefined,
      ),
    )
    .orderBy(direction(decision.openedAt), direction(decision.sessionId), direction(decision.id))
    .limit(page.limit)
  const decisions = rows.map(withAsked)
  return page.backward ? decisions.reverse() : decisions
}

/**
 * What a subscription compares: every open decision, and those it showed before whose end was not final, so that a loser sees who won. An end that this server
 * only assumed is not final: the journal's word may replace it (D3). By key and not by time: when a decision was settled is the host's clock to say (E10).
 */
export async function decisionRevisions(
  tx: Tx,
  filter: Omit<DecisionFilter, 'state'>,
  shown: string[] = [],
): Promise<Map<string, { revision: string; isFinal: boolean }>> {
  const { sessionId, id, revision, state, isAssumed } = decision
  const rows = await tx
    .select({ sessionId, id, revision, state, isAssumed })
    .from(decision)
    .innerJoin(session, eq(session.id, decision.sessionId))
    .where(
      and(
        listed({ ...filter, state: null }),
        or(eq(decision.state, 'OPEN'), shown.length > 0 ? named(shown) : undefined),
      ),
    )
  return new Map(
    rows.map((row) => {
      const isFinal = row.state !== 'OPEN' && !row.isAssumed
      return [decisionKeyText(row), { revision: String(row.revision), isFinal }]
    }),
  )
}
