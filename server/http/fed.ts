/**
 * Subscriptions over HTTP (SSE) that a feed answers (L7): yoga is given results that are made and written out already, one at a time and only when it asks for one,
 * which it does when the peer has taken the one before it (L5). Knows no list.
 */
import { type ExecutionResult, getOperationAST, Kind, locatedError } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { type AskedFeed, askFeed } from '../graphql/asked-feed.ts'
import type { Documents } from '../graphql/compiled/documents.ts'
import type { Context } from '../graphql/context.ts'
import type { Feeds } from '../graphql/feeds.ts'

/** Behind the plugins that bound an operation: they refuse before this is asked. */
export const fed = (documents: Documents, feeds: Feeds): Plugin<Context> => ({
  onSubscribe: ({ args, setSubscribeFn }) => {
    const { document, contextValue: context } = args
    const operationName = args.operationName ?? null
    const subscription = documents.subscriptionIn(document, operationName)
    if (!subscription || !feeds.has(subscription.name) || !subscription.isOpenTo(context.principal)) return
    const given = (args.variableValues ?? {}) as AskedFeed['given']
    const asked = askFeed({ document, operationName, subscription, given })
    if (asked) setSubscribeFn(() => results(feeds, context, asked))
  },
})

/** Yoga writes a result with its own `stringify`, where it has one. */
type Written = ExecutionResult & { stringify?: () => string }

async function results(feeds: Feeds, context: Context, asked: AskedFeed) {
  const located = (error: unknown) => {
    const node = getOperationAST(asked.document, asked.operationName)?.selectionSet.selections[0]
    return locatedError(error, node?.kind === Kind.FIELD ? [node] : undefined, [asked.subscription.key])
  }
  let waiting: Written | null = null
  let isOver = false
  let taken = () => {}
  let wake = () => {}
  const come = (result: Written | null, isLast: boolean) => {
    waiting = result ?? waiting
    isOver ||= isLast
    wake()
  }
  let leave = () => {}
  try {
    leave = await feeds.follow(context, asked, {
      deliver: (text) => {
        come({ stringify: () => text }, false)
        return new Promise<void>((resolve) => {
          taken = resolve
        })
      },
      fail: (error) => come({ errors: [located(error)], data: null }, true),
      leave: () => come(null, true),
    })
  } catch (error) {
    return { errors: [located(error)] }
  }
  const end = (): Promise<IteratorReturnResult<undefined>> => {
    leave()
    waiting = null
    come(null, true)
    return Promise.resolve({ done: true, value: undefined })
  }
  const iterator: AsyncIterableIterator<Written> = {
    [Symbol.asyncIterator]: () => iterator,
    next: async () => {
      taken()
      while (!waiting && !isOver)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      const value = waiting
      waiting = null
      return value ? { done: false, value } : end()
    },
    return: end,
    throw: (error) => end().then(() => Promise.reject(error)),
  }
  return iterator
}
