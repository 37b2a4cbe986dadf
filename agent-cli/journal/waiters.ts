// Who waits for the next event of a log. Knows numbers, and nothing of files.

interface Waiter {
  after: number
  resolve: () => void
  reject: (error: unknown) => void
}

export interface Waiters {
  /** Resolves when a number past `after` is there, at once if it is. Rejects with the signal's reason, or `closedError`. */
  waitFor(after: number, signal?: AbortSignal): Promise<void>
  /** A new number is there. */
  wake(): void
  close(): void
}

export function createWaiters(given: { last: () => number; closedError: () => Error }): Waiters {
  const waiters = new Set<Waiter>()
  let closed = false
  return {
    waitFor(after, signal) {
      return new Promise((resolve, reject) => {
        if (closed) return reject(given.closedError())
        if (signal?.aborted) return reject(signal.reason)
        if (given.last() > after) return resolve()
        const onAbort = () => {
          waiters.delete(waiter)
          reject(signal?.reason)
        }
        const waiter: Waiter = {
          after,
          resolve: () => {
            signal?.removeEventListener('abort', onAbort)
            resolve()
          },
          reject: (error) => {
            signal?.removeEventListener('abort', onAbort)
            reject(error)
          },
        }
        waiters.add(waiter)
        signal?.addEventListener('abort', onAbort, { once: true })
      })
    },
    wake() {
      if (waiters.size === 0) return
      const last = given.last()
      for (const waiter of waiters) {
        if (waiter.after >= last) continue
        waiters.delete(waiter)
        waiter.resolve()
      }
    },
    close() {
      closed = true
      for (const waiter of waiters) waiter.reject(given.closedError())
      waiters.clear()
    },
  }
}
