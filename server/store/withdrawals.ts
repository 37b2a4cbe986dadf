/** What stays open when its attachment is over is settled as withdrawn (D2). */
import { and, eq, sql } from 'drizzle-orm'
import { instantNow } from '../db/clock.ts'
import type { Tx } from '../db/database.ts'
import { decision } from '../db/schema.ts'
import { supersedeAnswers } from './delivery.ts'
import { ownerTopic, type Ring } from './topic.ts'

/** Every open decision of the session. The caller holds the session's lock. */
export async function withdrawDecisions(
  tx: Tx,
  ring: Ring,
  session: { id: string; ownerId: string },
  reason: string,
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
      revision: sql`${decision.revision} + 1`,
    })
    .where(and(eq(decision.sessionId, session.id), eq(decision.state, 'OPEN')))
    .returning({ id: decision.id })
  for (const row of rows) await supersedeAnswers(tx, ring, { sessionId: session.id, decisionId: row.id, winner: null })
  if (rows.length > 0) ring(ownerTopic(session.ownerId))
}
