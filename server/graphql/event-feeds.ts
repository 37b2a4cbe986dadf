/** Who follows a session's events over a socket: equal subscriptions share one read, one execution and one text (L7). Knows no socket. */
import { type DocumentNode, execute, type GraphQLError, type GraphQLSchema } from 'graphql'
import { createFeed, type Feed } from '../live/feed.ts'
import { createRounds } from '../live/rounds.ts'
import { lastNumbers } from '../store/sessions.ts'
import { sessionTopic } from '../store/topic.ts'
import type { SessionKey } from './builder.ts'
import type { Subscription } from './compiled/operation.ts'
import { Unplain } from './compiled/unplain.ts'
import type { Context, Parts } from './context.ts'
import { followable, nextBatch } from './live-events.ts'

/** A subscription of `eventsAppended` as somebody asked it. `key`: its text and the name of its operation. */
export type AskedFeed = {
  key: string
  document: DocumentNode
  subscription: Subscription
  sessionId: string
  after: number
}

export type EventFeeds = {
  /**
   * `deliver` is given each result as the text of an execution result; what it returns is waited for before the next. `fail` is called once when the
   * session, or the sight of it, is taken away. Throws NOT_FOUND, POLICY, BAD_INPUT. Returns the way to leave.
   */
  follow(
    context: Context,
    asked: AskedFeed,
    follower: { deliver(text: string): Promise<void> | void; fail(error: unknown): void },
  ): Promise<() => void>
  close(): Promise<void>
}

export type EventFeedsOptions = {
  schema: GraphQLSchema
  parts: Pick<Parts, 'database' | 'bell' | 'recent'>
  /** What people see of an error. */
  mask: (error: unknown) => GraphQLError
  log: (error: unknown) => void
}

/** How long a lost ring can delay anything: one look for all that are followed here. */
const SAFETY_SECONDS = 10

export function createEventFeeds({ schema, parts, mask, log }: EventFeedsOptions): EventFeeds {
  const feeds = new Map<string, { feed: Feed; sessionId: string }>()

  async function lookAgain(): Promise<void> {
    if (feeds.size === 0) return
    const ids = [...new Set([...feeds.values()].map(({ sessionId }) => sessionId))]
    const last = await parts.database.read((tx) => lastNumbers(tx, ids))
    for (const { feed, sessionId } of feeds.values()) if (last.get(sessionId) !== feed.last) feed.ring()
  }
  const safety = createRounds({ everySeconds: SAFETY_SECONDS, round: lookAgain, log })

  function open(name: string, context: Context, key: SessionKey, { document, subscription }: AskedFeed): Feed {
    const { sessionId } = key
    const stopKeeping = parts.recent.keep(sessionId)
    const textOf = async (batch: object): Promise<string> => {
      try {
        return JSON.stringify(subscription.show(batch, context))
      } catch (error) {
        if (!(error instanceof Unplain)) throw error
        const { errors, ...result } = await execute({ schema, document, rootValue: batch, contextValue: context })
        return JSON.stringify(errors ? { ...result, errors: errors.map(mask) } : result)
      }
    }
    const feed = createFeed({
      ...{ bell: parts.bell, topic: sessionTopic(sessionId) },
      read: async (after) => {
        const next = await nextBatch(parts, key, after)
        return next && { text: await textOf(next.batch), last: next.last, isHeldToTheEnd: next.isHeldToTheEnd === true }
      },
      onEmpty: () => {
        stopKeeping()
        feeds.delete(name)
      },
    })
    feeds.set(name, { feed, sessionId })
    return feed
  }

  return {
    async follow(context, asked, { deliver, fail }) {
      const key = await followable(context, asked.sessionId, asked.after)
      // Whoever may see the same rows in the same way is shown the same text.
      const { kind } = context.principal
      const name = `${kind} ${kind === 'device' ? key.ownerId : key.hostId} ${key.sessionId} ${asked.key}`
      const feed = feeds.get(name)?.feed ?? open(name, context, key, asked)
      const leave = feed.follow({
        after: asked.after,
        deliver,
        fail: (error) => {
          release()
          fail(error)
        },
      })
      const release = context.ends(
        (why) => {
          leave()
          if (why instanceof Error && why.name !== 'AbortError') fail(why)
        },
        { sight: true },
      )
      return () => {
        release()
        leave()
      }
    },
    close: () => safety.close(),
  }
}
