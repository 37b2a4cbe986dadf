/** A session's events for many who follow them: one read, one execution and one text for all (L7). Knows no socket and no stream. */
import { createFeed, type Feed } from '../live/feed.ts'
import { createRounds } from '../live/rounds.ts'
import type { Stands } from '../policy/allowance.ts'
import type { Principal } from '../policy/principal.ts'
import { lastNumbers } from '../store/sessions.ts'
import { sessionTopic } from '../store/topic.ts'
import type { AskedFeed, Write } from './asked-feed.ts'
import type { SessionKey } from './builder.ts'
import type { Parts } from './context.ts'
import { type Follow, join } from './follow.ts'
import { followable, nextBatch } from './live-events.ts'
import { seerOf, sharedContext } from './shared-context.ts'

export type EventFeeds = { follow: Follow; close(): Promise<void> }

export type EventFeedsOptions = { parts: Parts; write: Write; log: (error: unknown) => void }

type Held = {
  feed: Feed<number>
  sessionId: string
  /** The furthest that anyone has been given, or began at. */
  last: number
}

/** How long a lost ring can delay anything: one look for all that are followed here. */
const SAFETY_SECONDS = 10

export function createEventFeeds({ parts, write, log }: EventFeedsOptions): EventFeeds {
  const feeds = new Map<string, Held>()

  async function lookAgain(): Promise<void> {
    if (feeds.size === 0) return
    const ids = [...new Set([...feeds.values()].map(({ sessionId }) => sessionId))]
    const last = await parts.database.read((tx) => lastNumbers(tx, ids))
    for (const held of feeds.values()) if (last.get(held.sessionId) !== held.last) held.feed.ring()
  }
  const safety = createRounds({ everySeconds: SAFETY_SECONDS, round: lookAgain, log })

  function open(name: string, key: SessionKey, asked: AskedFeed, by: { principal: Principal; stands: Stands }): Held {
    const { sessionId } = key
    const stopKeeping = parts.recent.keep(sessionId)
    const feed = createFeed<number>({
      ...{ bell: parts.bell, topics: [sessionTopic(sessionId)] },
      read: async (after) => {
        const next = await nextBatch(parts, key, after)
        if (!next) return null
        held.last = Math.max(held.last, next.last)
        // Made for each page: one that is kept is larger than all that a quiet follower holds.
        const text = await write(asked, next.batch, sharedContext(parts, by.principal, by.stands))
        return { text, last: next.last, isHeldToTheEnd: next.isHeldToTheEnd === true }
      },
      onEmpty: () => {
        stopKeeping()
        feeds.delete(name)
      },
    })
    const held: Held = { feed, sessionId, last: 0 }
    feeds.set(name, held)
    return held
  }

  return {
    follow: async (context, asked, taker) => {
      const { sessionId, after } = asked.args as { sessionId: string; after: number }
      const key = await followable(context, sessionId, after)
      const stands = await context.stands()
      // Whoever may see the same rows is shown the same text: no event shows how its reader stands.
      const name = `${seerOf(context.principal)} ${sessionId} ${asked.subscription.text(asked.variables)}`
      const held = feeds.get(name) ?? open(name, key, asked, { principal: context.principal, stands })
      held.last = Math.max(held.last, after)
      return join(held.feed, context, { after, ...taker }, { sight: true })
    },
    close: () => safety.close(),
  }
}
