/** A transaction and the rings that follow it, in that order (L2). Knows no table. */
import type { Database, Tx } from '../db/database.ts'
import { moveTrustMark } from '../db/trust-mark.ts'
import { type Ring, type Topic, trustTopic } from '../store/topic.ts'
import type { Bell } from './bell.ts'

/**
 * Runs `work` in one transaction, then rings what it asked for, each topic once. Nothing rings when it throws. Where whoever asked has gone before it
 * begins (`isLeft`), it is not begun: AbortError.
 */
export async function write<T>(
  place: { database: Database; bell: Bell; isLeft?: () => boolean },
  work: (tx: Tx, ring: Ring) => Promise<T>,
): Promise<T> {
  const topics = new Set<Topic>()
  const value = await place.database.transaction(async (tx) => {
    const done = await work(tx, (...rung) => {
      for (const topic of rung) topics.add(topic)
    })
    // With the change and not after it: who has lost the bell finds the mark (T3).
    if (topics.has(trustTopic)) await moveTrustMark(tx)
    return done
  }, place.isLeft)
  place.bell.ring(...topics)
  return value
}
