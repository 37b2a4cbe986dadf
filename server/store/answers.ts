/** A device's answer becomes the decision's proposal, or loses at once; one conditional update decides (D2, D4). */
import { and, eq, sql } from 'drizzle-orm'
import type { Tx } from '../db/database.ts'
import { command, decision } from '../db/schema.ts'
import { addCommand, type CommandRow, lockHost, type NewCommand, sentBefore } from './commands.ts'
import { notFound } from './refused.ts'
import { ownerTopic, type Ring, sessionTopic } from './topic.ts'

export type Answer = NewCommand & { sessionId: string; decisionId: string; epoch: number; isDeny: boolean }

/**
 * Safe to retry with the same key. An answer to a settled decision, to another epoch, or after another's proposal is SUPERSEDED at birth; a deny
 * takes the place of an approve that the host has not applied yet. That one is SUPERSEDED at once only where the host has not fetched it.
 */
export async function answerDecision(tx: Tx, ring: Ring, answer: Answer): Promise<CommandRow> {
  await lockHost(tx, answer.hostId)
  return (await sentBefore(tx, answer)) ?? addAnswer(tx, ring, answer)
}

/** The same for whoever holds the host's lock and has found that its key is new. */
export async function addAnswer(tx: Tx, ring: Ring, answer: Answer): Promise<CommandRow> {
  const its = and(eq(decision.sessionId, answer.sessionId), eq(decision.id, answer.decisionId))
  const [row] = await tx.select().from(decision).where(its).for('update')
  if (!row) throw notFound('decision')
  const isOpen = row.state === 'OPEN' && row.epoch === answer.epoch
  // Only a deny asks who stands there: whatever else comes after a proposal has lost.
  const standing = isOpen && row.proposalId && answer.isDeny ? await findProposal(tx, row.proposalId) : null
  const takesOver = standing !== null && !standing.isDeny && !standing.isApplied
  const wins = isOpen && (row.proposalId === null || takesOver)
  if (takesOver) await supersedeUnfetched(tx, standing.id)
  const made = await addCommand(tx, ring, { ...answer, superseded: !wins })
  if (wins) {
    await tx
      .update(decision)
      .set({ proposalId: made.id, revision: sql`${decision.revision} + 1` })
      .where(its)
    ring(ownerTopic(answer.ownerId), sessionTopic(answer.sessionId))
  }
  return made
}

type Proposal = { id: string; isDeny: boolean; isApplied: boolean }

async function findProposal(tx: Tx, id: string): Promise<Proposal | null> {
  const [row] = await tx.select().from(command).where(eq(command.id, id))
  if (!row) return null
  return { id, isDeny: row.isDeny, isApplied: row.state === 'APPLIED' }
}

/** One that the host has fetched may have won there already: the host settles it (D3). */
async function supersedeUnfetched(tx: Tx, id: string): Promise<void> {
  await tx
    .update(command)
    .set({ state: 'SUPERSEDED', settledAt: sql`clock_timestamp()`, revision: sql`${command.revision} + 1` })
    .where(and(eq(command.id, id), eq(command.state, 'QUEUED')))
}
