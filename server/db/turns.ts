/** A queue before the database: at most so many are under way, the others wait their turn, and whoever has gone by then is not begun. Knows no driver. */
import { dropIfLeft } from './handle.ts'

export type Turns = <T>(run: () => Promise<T>, isLeft?: () => boolean) => Promise<T>

/**
 * First come, first served. `pause` is waited for after each and before the next one's turn: PGlite answers without ever leaving the microtasks, so however many wait, no
 * socket is read before the last of them is done, nor does anybody hear that who asked has gone. What is run must not wait for a turn of the same queue.
 */
export function createTurns(options: { atOnce: number; pause?: () => Promise<void> }): Turns {
  const { atOnce, pause } = options
  const waiting: (() => void)[] = []
  let running = 0

  async function leave(): Promise<void> {
    await pause?.()
    const next = waiting.shift()
    if (next) next()
    else running -= 1
  }

  return async (run, isLeft) => {
    if (running < atOnce) running += 1
    // Its place is handed on to it.
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      dropIfLeft(isLeft)
      return await run()
    } finally {
      void leave()
    }
  }
}

/** Sockets and timers have been served in between. */
export const afterTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
