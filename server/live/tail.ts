/** Follows the store from a cursor for as long as someone listens (L3, L4, L5). Knows no table: reading is the caller's. */
import type { Topic } from '../store/topic.ts'
import type { Bell } from './bell.ts'

export type TailOptions<T> = {
  bell: Bell
  topics: readonly Topic[]
  /**
   * Reads what is new after the caller's own cursor, at most one bounded page; null when nothing is. It is called once per pull and
   * once per ring, so a slow listener holds a cursor and no buffer (L5). What it throws ends the tail.
   */
  read: () => Promise<T | null>
  /** Ends the tail; with an Error as its reason the listener is given that error. */
  signal: AbortSignal
  /** How long a lost ring can delay anything. */
  safetySeconds?: number
}

/** `return()` ends a waiting `next()` at once, which an async generator would not (L4). */
export function tail<T>(options: TailOptions<T>): AsyncIterableIterator<T> {
  const { bell, topics, read, signal, safetySeconds = 15 } = options
  const watch = bell.watch(...topics)
  const ended = new AbortController()
  const end = () => {
    ended.abort()
    watch.close()
    signal.removeEventListener('abort', end)
  }
  signal.addEventListener('abort', end, { once: true })
  if (signal.aborted) end()

  const done = (): IteratorReturnResult<undefined> => ({ done: true, value: undefined })
  const next = async (): Promise<IteratorResult<T>> => {
    try {
      while (!ended.signal.aborted) {
        watch.mark()
        const value = await orEnded(read(), ended.signal)
        if (ended.signal.aborted) break
        if (value !== null) return { done: false, value }
        await watch.rung(safetySeconds * 1000, ended.signal)
      }
    } catch (error) {
      end()
      throw error
    }
    if (signal.aborted && isDeliberate(signal.reason)) throw signal.reason
    return done()
  }

  // One pull at a time: two would read from the same cursor and both deliver what is there.
  let last: Promise<unknown> = Promise.resolve()
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next() {
      const pull = last.then(next)
      last = pull.catch(() => {})
      return pull
    },
    return() {
      end()
      return Promise.resolve(done())
    },
    throw(error) {
      end()
      return Promise.reject(error)
    },
  }
}

/** A plain `abort()` has a DOMException as reason and means only that nobody listens any more. */
const isDeliberate = (reason: unknown): reason is Error => reason instanceof Error && reason.name !== 'AbortError'

/** The read itself is left to finish; nobody waits for it. */
function orEnded<T>(work: Promise<T | null>, signal: AbortSignal): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const stop = () => resolve(null)
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
    if (signal.aborted) stop()
  })
}
