/** A subscription whose results a feed writes to the socket: graphql-ws sees nothing of it but its end. Knows no credential. */
import type { GraphQLError } from 'graphql'
import type { WebSocket } from 'ws'
import type { Context } from '../graphql/context.ts'
import type { AskedFeed, EventFeeds } from '../graphql/event-feeds.ts'

/** More than this on its way to a peer, and the next page waits until it has been taken (L5). */
const HIGH_WATER_BYTES = 256 * 1024

export type Fed = { feeds: EventFeeds; context: Context; asked: AskedFeed; socket: WebSocket; id: string }

type Last = { errors: GraphQLError[] }

/** Throws what keeps it from beginning. What ends it later is its only result. */
export async function follow(
  { feeds, context, asked, socket, id }: Fed,
  mask: (error: unknown) => GraphQLError,
): Promise<AsyncIterableIterator<Last>> {
  const head = `{"id":${JSON.stringify(id)},"type":"next","payload":`
  const deliver = (text: string): Promise<void> | void => {
    if (socket.readyState !== socket.OPEN) return
    const frame = `${head}${text}}`
    if (socket.bufferedAmount < HIGH_WATER_BYTES) return socket.send(frame)
    return new Promise((resolve) => socket.send(frame, () => resolve()))
  }
  const results: IteratorResult<Last>[] = []
  let wake: ((result: IteratorResult<Last>) => void) | null = null
  const end = (...last: IteratorResult<Last>[]) => {
    results.push(...last, { done: true, value: undefined })
    const first = wake && results.shift()
    if (first) wake?.(first)
    wake = null
  }
  const leave = await feeds.follow(context, asked, {
    deliver,
    fail: (error) => end({ done: false, value: { errors: [mask(error)] } }),
  })
  const iterator: AsyncIterableIterator<Last> = {
    [Symbol.asyncIterator]: () => iterator,
    next: () =>
      new Promise((resolve) => {
        const ready = results.shift()
        if (ready) resolve(ready)
        else wake = resolve
      }),
    return: async () => {
      leave()
      end()
      return { done: true, value: undefined }
    },
    throw: async (error) => {
      leave()
      end()
      throw error
    },
  }
  return iterator
}
