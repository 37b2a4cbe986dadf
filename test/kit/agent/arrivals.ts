// A queue that a test reads by waiting for the next thing, with a deadline instead of a sleep.

export interface Arrivals<T> {
  /** Everything that has come, read or not. */
  readonly all: readonly T[]
  push(value: T): void
  /** The next one nobody has read, now or within `withinMs`; then it rejects and says what it waited for. */
  next(withinMs?: number): Promise<T>
}

export const patienceMs = 10_000

/** `what` completes the sentence "waited … for" in the error. */
export function createArrivals<T>(what: string): Arrivals<T> {
  const all: T[] = []
  const waiting: ((value: T) => void)[] = []
  let read = 0
  return {
    all,
    push(value) {
      all.push(value)
      const first = waiting.shift()
      if (!first) return
      read++
      first(value)
    },
    next(withinMs = patienceMs) {
      const unread = all.slice(read)
      if (unread.length > 0) {
        read++
        return Promise.resolve(unread[0] as T)
      }
      return new Promise<T>((resolve, reject) => {
        const timer = setTimeout(() => {
          // A waiter that gave up must not swallow what comes later.
          waiting.splice(waiting.indexOf(take), 1)
          reject(new Error(`waited ${withinMs} ms for ${what} (${all.length} came before)`))
        }, withinMs)
        const take = (value: T) => {
          clearTimeout(timer)
          resolve(value)
        }
        waiting.push(take)
      })
    },
  }
}

/** The promise's value, or a rejection after `withinMs` that names what was waited for. */
export async function within<T>(promise: Promise<T>, withinMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${withinMs} ms for ${what}`)), withinMs)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
