/** Plain pushes on their way to the store: those of several sessions that come together are one commit (E2, E3). */
import type { Database } from '../db/database.ts'
import { createGroups } from '../live/groups.ts'
import { type Appended, appendEvents, type Batch, weighPlain } from '../store/append-events.ts'

/** Null when the batch is not for this way, or is refused on it: nothing of it is stored then. */
export type Append = (batch: Batch) => Promise<Appended | null>

const MAX_BATCHES = 32
const MAX_BYTES = 2 * 1024 * 1024

/** An embedded database runs one statement at a time; the other overlaps one group's way to the disk with the next one's. */
const AT_ONCE = { pglite: 1, postgres: 2 } as const

export function createAppend(database: Database): Append {
  const alone = async (batch: Batch) => (await database.read((tx) => appendEvents(tx, [batch])))[0] ?? null
  const together = createGroups<Batch & { bytes: number }, Appended | null>({
    run: async (batches) => {
      try {
        return await database.read((tx) => appendEvents(tx, batches))
      } catch (error) {
        // What is wrong with one is not the others' (peer 2): each has its own answer.
        if (batches.length === 1) throw error
        return Promise.all(batches.map((one) => alone(one).catch(() => null)))
      }
    },
    keyOf: ({ sessionId }) => sessionId,
    weightOf: ({ bytes }) => bytes,
    ...{ atOnce: AT_ONCE[database.kind], maxItems: MAX_BATCHES, maxWeight: MAX_BYTES },
  })
  return async (batch) => {
    const { isPlain, bytes } = weighPlain(batch.events)
    return isPlain ? together({ ...batch, bytes }) : null
  }
}
