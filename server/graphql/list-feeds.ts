/** Lists for many who follow them alike: whoever stands at the same place and may see the same is given one look, one execution and one text (L7). Knows no list and no transport. */
import type { Seen } from '../live/differences.ts'
import { isSame } from '../live/differences.ts'
import { createFeed, type Feed } from '../live/feed.ts'
import type { Stands } from '../policy/allowance.ts'
import type { Principal } from '../policy/principal.ts'
import type { AskedFeed, Write } from './asked-feed.ts'
import type { Context, Parts } from './context.ts'
import { type Follow, join } from './follow.ts'
import type { List } from './list.ts'
import { seerOf, sharedContext, textOfStands } from './shared-context.ts'

/** A list as that asker may follow it. Throws NOT_FOUND, POLICY. */
export type ListOf = (context: Context, args: AskedFeed['args']) => List | Promise<List>

/** How long a lost ring can delay anything. */
const SAFETY_SECONDS = 15
/** Ways of standing that are remembered of one list. */
const MOST_SIGHTS = 20

type ListFeed = {
  feed: Feed<Seen | null, Context>
  /** In whose name those who stand so are shown it; the same object for all of them. */
  sightOf(stands: Stands): Context
}

export type ListFeedsOptions = { parts: Parts; write: Write; lists: Readonly<Record<string, ListOf>> }

export function createListFeeds({ parts, write, lists }: ListFeedsOptions): { follow: Follow } {
  const feeds = new Map<string, ListFeed>()

  function open(name: string, principal: Principal, asked: AskedFeed, { topics, look }: List): ListFeed {
    const sights = new Map<string, Context>()
    let latest: Seen | null = null
    const feed = createFeed<Seen | null, Context>({
      ...{ bell: parts.bell, topics },
      read: async (before, shared) => {
        const { change, seen } = await look(shared, before)
        // Those who stand at the same place hold the same object, from wherever they came there.
        if (!latest || !isSame(latest, seen)) latest = before && isSame(before, seen) ? before : seen
        const last = latest
        if (change) return { text: await write(asked, change, shared), last, isWhole: true }
        return last === before ? null : { text: null, last, isWhole: true }
      },
      onEmpty: () => {
        clearInterval(safety)
        feeds.delete(name)
      },
    })
    const safety = setInterval(() => feed.ring(), SAFETY_SECONDS * 1000)
    safety.unref()
    const sightOf = (stands: Stands): Context => {
      const text = textOfStands(stands)
      const known = sights.get(text)
      if (known) return known
      // Few ever stand differently at once; who is forgotten here only shares less for a moment.
      if (sights.size >= MOST_SIGHTS) sights.clear()
      const made = sharedContext(parts, principal, stands)
      sights.set(text, made)
      return made
    }
    const made = { feed, sightOf }
    feeds.set(name, made)
    return made
  }

  return {
    follow: async (context, asked, taker) => {
      const { subscription, args, variables } = asked
      const list = await lists[subscription.name]?.(context, args)
      if (!list) throw new Error(`${subscription.name} is no list`)
      const name = `${seerOf(context.principal)} ${JSON.stringify(args)} ${subscription.text(variables)}`
      const { feed, sightOf } = feeds.get(name) ?? open(name, context.principal, asked, list)
      const sight = async () => {
        // The ring that woke this may be the one by which it is forgotten who stands how: that one is heard to its end first (T3).
        await new Promise((resolve) => setImmediate(resolve))
        return sightOf(await context.stands())
      }
      return join(feed, context, { after: null, sight, ...taker }, { sight: list.endsWithSight })
    },
  }
}
