/** One attachment of one agent process to a session: its start, what it fences, its end (E4). */
import { and, eq, sql } from 'drizzle-orm'
import { instantNow } from '../db/clock.ts'
import type { Tx } from '../db/database.ts'
import { event, session } from '../db/schema.ts'
import type { Rung } from '../policy/rung.ts'
import { lockHost } from './commands.ts'
import { settleLeftOver } from './delivery.ts'
import type { AgentInfo } from './kinds/setup.ts'
import { notFound, refuse } from './refused.ts'
import { asPublished, lockSession, type SessionRow } from './sessions.ts'
import { ownerTopic, type Ring, sessionTopic } from './topic.ts'
import { withdrawDecisions } from './withdrawals.ts'

export type SessionStart = {
  id: string
  ownerId: string
  hostId: string
  attachmentId: string
  epoch: number
  agent: AgentInfo
  cwd: string
  repository: string | null
  branch: string | null
  ceiling: Rung
  /** Nobody sits at a terminal of it. */
  headless?: boolean
  createdAt: Date
  firstSeq: number
  name: string | null
}

export const fenced = (currentEpoch: number) =>
  refuse('EPOCH_FENCED', 'A newer attachment writes this session; what is not published stays on this machine.', {
    rule: 'E4: a newer epoch fences every older one',
    level: 'session',
    numbers: { currentEpoch },
  })

/** Throws EPOCH_FENCED where a newer attachment than `epoch` writes the session (E4). */
export async function requireUnfenced(tx: Tx, sessionId: string, epoch: number): Promise<void> {
  const [row] = await tx.select({ epoch: session.epoch }).from(session).where(eq(session.id, sessionId))
  if (row && row.epoch > epoch) throw fenced(row.epoch)
}

/** An upsert by id. The same attachment again changes nothing; a higher epoch takes over and withdraws what was open, until its journal says otherwise. */
export async function startSession(tx: Tx, ring: Ring, start: SessionStart): Promise<SessionRow> {
  const facts = {
    attachmentId: start.attachmentId,
    epoch: start.epoch,
    agentId: start.agent.id,
    agentName: start.agent.name,
    agentVersion: start.agent.version,
    cwd: start.cwd,
    repository: start.repository,
    branch: start.branch,
    ceiling: start.ceiling,
    headless: start.headless ?? false,
  }
  const { id, ownerId, hostId, name, createdAt, firstSeq } = start
  const [made] = await tx
    .insert(session)
    .values({ ...facts, id, ownerId, hostId, name, createdAt, firstSeq, lastSeq: firstSeq - 1 })
    .onConflictDoNothing()
    .returning()
  if (made) {
    // Of a row that somebody has removed by hand, or a restore has left out: nothing of it is this session's (docs/decisions/0025-no-key-on-events.md).
    await tx.delete(event).where(eq(event.sessionId, id))
    ring(ownerTopic(ownerId))
    return made
  }
  const row = asPublished(await lockSession(tx, id), start)
  if (start.epoch < row.epoch) throw fenced(row.epoch)
  if (start.epoch === row.epoch && start.attachmentId !== row.attachmentId)
    throw refuse('ATTACHMENT_TAKEN', 'Another process has attached this session under the same epoch.', {
      rule: 'E4: one attachment per epoch',
      level: 'session',
    })
  if (start.epoch === row.epoch) return row
  await withdrawDecisions(tx, ring, row, 'A newer attachment has taken the session over.', true)
  const [taken] = await tx
    .update(session)
    .set({
      ...facts,
      name: row.name ?? name,
      // The journal begins later than what is stored ends: those numbers exist nowhere any more, and waiting for them would wedge (E7).
      lastSeq: Math.max(row.lastSeq, firstSeq - 1),
      state: 'IDLE',
      stateDetail: null,
      stateSince: sql`${instantNow}`,
      updatedAt: sql`${instantNow}`,
      endedAt: null,
      endReason: null,
      revision: sql`${session.revision} + 1`,
    })
    .where(eq(session.id, id))
    .returning()
  if (!taken) throw notFound('session')
  ring(ownerTopic(ownerId), sessionTopic(id))
  return taken
}

/** Ends it for good, unless a higher epoch starts it again. Ending again is harmless. */
export async function endSession(
  tx: Tx,
  ring: Ring,
  by: { ownerId: string; hostId: string },
  end: { sessionId: string; epoch: number; reason: string },
): Promise<SessionRow> {
  const row = asPublished(await lockSession(tx, end.sessionId), by)
  if (end.epoch !== row.epoch) throw fenced(row.epoch)
  if (row.endedAt) return row
  // A command that is being given is settled below, or finds the session ended.
  await lockHost(tx, row.hostId)
  await withdrawDecisions(tx, ring, row, end.reason)
  await settleLeftOver(
    tx,
    ring,
    { sessionId: row.id },
    {
      code: 'SESSION_ENDED',
      message: `The session has ended: ${end.reason}`,
      rule: null,
    },
  )
  const [ended] = await tx
    .update(session)
    .set({
      state: 'ENDED',
      stateDetail: null,
      stateSince: sql`${instantNow}`,
      endedAt: sql`${instantNow}`,
      updatedAt: sql`${instantNow}`,
      endReason: end.reason,
      revision: sql`${session.revision} + 1`,
    })
    .where(and(eq(session.id, row.id)))
    .returning()
  if (!ended) throw notFound('session')
  ring(ownerTopic(row.ownerId), sessionTopic(row.id))
  return ended
}
