/** Plain pushes on their way to the store: those of several sessions that come together are one commit (E2, E3). */
import type { Database } from '../db/database.ts'
import { createGroups } from '../live/groups.ts'
import { type Appended, appendEvents, type Batch, weighPlain } from '../store/append-events.ts'

/** Null when the batch is not for this way, is refused on it, or nobody waits for it when its turn comes: nothing of it is stored then. */
export type Append = (batch: Batch, isLeft: () => boolean) => Promise<Appended | null>

const MAX_BATCHES = 32
const MAX_BYTES = 2 * 1024 * 1024

/** An embedded database runs one statement at a time; the other overlaps one group's way to the disk with the next one's. */
const AT_ONCE = { pglite: 1, postgres: 2 } as const

export function createAppend(database: Database): Append {
  const alone = async (batch: Batch) => (await database.read((tx) => appendEvents(tx, [batch])))[0] ?? null
  const together = createGroups<Batch & { bytes: number; isLeft: () => boolean }, Appended | null>({
    run: async (all) => {
      // Their hosts have given up and push again.
      const batches = all.filter(({ isLeft }) => !isLeft())
      try {
        if (batches.length === 0) return all.map(() => null)
        const stored = await database.read((tx) => appendEvents(tx, batches))
        if (batches.length === all.length) return stored
        const answers = new Map(batches.map((batch, index) => [batch, stored[index] ?? null]))
        return all.map((one) => answers.get(one) ?? null)
      } catch (error) {
        // What is wrong with one is not the others' (peer 2): each has its own answer.
        if (all.length === 1) throw error
        return Promise.all(all.map((one) => (one.isLeft() ? null : alone(one).catch(() => null))))
      }
    },
    keyOf: ({ sessionId }) => sessionId,
    weightOf: ({ bytes }) => bytes,
    ...{ atOnce: AT_ONCE[database.kind], maxItems: MAX_BATCHES, maxWeight: MAX_BYTES },
  })
  return async (batch, isLeft) => {
    const { isPlain, bytes } = weighPlain(batch.events)
    return isPlain ? together({ ...batch, bytes, isLeft }) : null
  }
}
