// Batches on their way to the server, several at once and settled in their order (E2, E3): a slow road is full and not waited for. Knows no journal.
import type { Batch } from './batches.ts'
import { RemoteError } from './failure.ts'

export type Flight = {
  readonly size: number
  /** Whether another one may go while these are under way. */
  readonly hasRoom: boolean
  send(batch: Batch): void
  /** Resolves when the next has been settled; rejects, from the first on, with what became of the one that was not stored. */
  moved(): Promise<void>
  /** The one that was not stored. */
  readonly failed: Batch | null
  /** Nobody is told of anything more. */
  close(): void
}

/** More would only wait in the server: each holds up to a batch's bytes there. */
export const maxBatchesUnderWay = 3

/** `onStored` is told of each in its order, with the number that the server has confirmed. */
export function createFlight(send: (batch: Batch) => Promise<number>, onStored: (lastSeq: number) => void): Flight {
  const flying: { batch: Batch; isAhead: boolean; stored: Promise<number> }[] = []
  const waiting: { resolve: () => void; reject: (error: unknown) => void }[] = []
  /** False once one has overtaken another: on such a road one at a time is quicker. */
  let keepsOrder = true
  let failure: { batch: Batch; error: unknown } | null = null
  let isSettling = false
  let isClosed = false

  async function settle(): Promise<void> {
    isSettling = true
    for (let one = flying[0]; one && failure === null && !isClosed; one = flying[0]) {
      try {
        const lastSeq = await confirmed(one)
        if (isClosed) return
        flying.shift()
        onStored(lastSeq)
        for (const { resolve } of waiting.splice(0)) resolve()
      } catch (error) {
        if (isClosed) return
        failure = { batch: one.batch, error }
        for (const { reject } of waiting.splice(0)) reject(error)
      }
    }
    isSettling = false
  }

  async function confirmed({ batch, isAhead, stored }: (typeof flying)[number]): Promise<number> {
    try {
      return await stored
    } catch (error) {
      // It has come before the one that it follows, which is stored by now.
      if (!isAhead || !(error instanceof RemoteError) || error.code !== 'EVENT_GAP') throw error
      keepsOrder = false
      return send(batch)
    }
  }

  return {
    get size() {
      return flying.length
    },
    get hasRoom() {
      return flying.length === 0 || (keepsOrder && flying.length < maxBatchesUnderWay)
    },
    get failed() {
      return failure?.batch ?? null
    },
    send(batch) {
      const stored = send(batch)
      // Heard when it is the oldest.
      stored.catch(() => undefined)
      flying.push({ batch, isAhead: flying.length > 0, stored })
      if (!isSettling) void settle()
    },
    close() {
      isClosed = true
    },
    moved: () =>
      new Promise((resolve, reject) => {
        if (failure) reject(failure.error)
        else waiting.push({ resolve, reject })
      }),
  }
}
