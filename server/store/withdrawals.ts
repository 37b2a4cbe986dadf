/** What stays open when its attachment is over is settled as withdrawn (D2). */
import { and, eq, sql } from 'drizzle-orm'
import { instantNow } from '../db/clock.ts'
import type { Tx } from '../db/database.ts'
import { decision } from '../db/schema.ts'
import { supersedeAnswers } from './delivery.ts'
import { ownerTopic, type Ring } from './topic.ts'

/**
 * Every open decision of the session. The caller holds the session's lock. `isAssumed`: its host died, and its journal may still tell who won; then answers
 * that it had fetched are left to it (D3).
 */
export async function withdrawDecisions(
  tx: Tx,
  ring: Ring,
  session: { id: string; ownerId: string },
  reason: string,
  isAssumed = false,
): Promise<void> {
  const rows = await tx
    .update(decision)
    .set({
      state: 'SETTLED',
      outcome: 'WITHDRAWN',
      surface: 'HOST',
      settledAt: sql`${instantNow}`,
      proposalId: null,
      reason,
      isAssumed,
      revision: sql`${decision.revision} + 1`,
    })
    .where(and(eq(decision.sessionId, session.id), eq(decision.state, 'OPEN')))
    .returning({ id: decision.id })
  for (const row of rows) {
    const of = { sessionId: session.id, decisionId: row.id, winner: null, onlyUnfetched: isAssumed }
    await supersedeAnswers(tx, ring, of)
  }
  if (rows.length > 0) ring(ownerTopic(session.ownerId))
}
