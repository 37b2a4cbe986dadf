/** How a subscription follows the store and how it ends: a refusal is its last result, so that every transport can say why. */
import { type TailOptions, tail } from '../live/tail.ts'
import { isRefused, type Refused } from '../store/refused.ts'

type Last = { refused: Refused }
export type Delivered<T> = T | Last

/** Like `tail`, but what ends it on purpose is delivered: sockets and SSE both pass results on, and neither an iterator's error. */
export function stream<T extends object>(options: TailOptions<T>): AsyncIterableIterator<Delivered<T>> {
  const inner = tail(options)
  let isOver = false
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    async next() {
      if (isOver) return { done: true, value: undefined }
      try {
        return await inner.next()
      } catch (error) {
        isOver = true
        if (isRefused(error)) return { done: false, value: { refused: error } }
        throw error
      }
    },
    async return() {
      isOver = true
      await inner.return?.()
      return { done: true, value: undefined }
    },
    async throw(error) {
      isOver = true
      await inner.return?.()
      throw error
    },
  }
}

/** The resolver beside it: what was delivered, or the refusal that ended it. */
export function delivered<T extends object>(value: Delivered<T>): T {
  if ('refused' in value) throw value.refused
  return value
}
