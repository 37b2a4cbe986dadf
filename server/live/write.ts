/** A transaction and the rings that follow it, in that order (L2). Knows no table. */
import type { Database, Tx } from '../db/database.ts'
import type { Ring, Topic } from '../store/topic.ts'
import type { Bell } from './bell.ts'

/** Runs `work` in one transaction, then rings what it asked for, each topic once. Nothing rings when it throws. */
export async function write<T>(
  place: { database: Database; bell: Bell },
  work: (tx: Tx, ring: Ring) => Promise<T>,
): Promise<T> {
  const topics = new Set<Topic>()
  const value = await place.database.transaction((tx) =>
    work(tx, (...rung) => {
      for (const topic of rung) topics.add(topic)
    }),
  )
  place.bell.ring(...topics)
  return value
}
