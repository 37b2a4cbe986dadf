/**
 * What many follow alike is read and written out once (L7): each follower holds a cursor (L5), and pages asked for at the same place are one.
 * Knows no table and no transport: reading is the maker's, delivering the follower's.
 */
import type { Topic } from '../store/topic.ts'
import type { Bell } from './bell.ts'

/** What follows a cursor, written out, and the cursor behind it. Cursors are equal when they are the same number or the same object. */
export type Page<C> = {
  /** Null when the cursor moves on and there is nothing to tell. */
  text: string | null
  last: C
  /** From what this process holds, and all of it: past it only another ring can tell of more. */
  isHeldToTheEnd?: boolean
  /** As the store had it when it was asked, and all of it: only a later look can tell of more. */
  isWhole?: boolean
}

export type Follower<C, S = null> = {
  after: C
  /** What it may see at this moment, asked before each look; what is equal is the same object. Left out: null. What it throws ends it. */
  sight?: () => Promise<S>
  /** Resolves when the next page may come: a slow follower is asked later and then given what is there (L5). */
  deliver(text: string): Promise<void> | void
  /** Called once, with what the reading threw; the follower is then forgotten. */
  fail(error: unknown): void
}

export type FeedOptions<C, S = null> = {
  bell: Bell
  topics: readonly Topic[]
  /** At most one bounded page past the cursor, as that sight has it; null when there is nothing. What was past it once leads from it for good. */
  read(after: C, sight: S): Promise<Page<C> | null>
  /** The last follower has gone; the feed is over. */
  onEmpty(): void
}

export type Feed<C, S = null> = {
  /** For when a ring may have been lost. */
  ring(): void
  /** Returns the way to leave; after that nothing more is delivered. */
  follow(follower: Follower<C, S>): () => void
}

/** What the next look is for: whatever the store has, or what a ring has said to be held here. */
type Due = 'anything' | 'held' | null
type Held<C, S> = Follower<C, S> & { isBusy: boolean; due: Due; dueSince: number }
/** `ring`: up to which it may be given to others; `begun`: the moment it was asked. */
type Asked<C, S> = { after: C; sight: S; ring: number; begun: number; page: Promise<Page<C> | null> }

/** Followers at the end ask for the same page; one that is behind has its own for a while. */
const KEPT_PAGES = 4

export function createFeed<C, S = null>({ bell, topics, read, onEmpty }: FeedOptions<C, S>): Feed<C, S> {
  const followers = new Set<Held<C, S>>()
  let pages: Asked<C, S>[] = []
  let ring = 0
  /** Rises with every ring and every follower. */
  let moment = 0

  function ask(after: C, sight: S): Asked<C, S> {
    const known = pages.find((one) => one.after === after && one.sight === sight)
    // One that was begun before the last ring may have found nothing where there is something now (L3).
    if (known && known.ring >= ring) return known
    const asked: Asked<C, S> = { after, sight, ring, begun: moment, page: read(after, sight) }
    pages = [...pages.filter((one) => one !== known), asked].slice(-KEPT_PAGES)
    asked.page.then(
      (found) => {
        // What was found stays true, until all have it; that there was nothing does not.
        if (found) asked.ring = Number.POSITIVE_INFINITY
        else pages = []
      },
      () => {
        pages = pages.filter((one) => one !== asked)
      },
    )
    return asked
  }

  async function serve(held: Held<C, S>, due: 'anything' | 'held'): Promise<void> {
    if (held.due !== 'anything') held.due = due
    held.dueSince = moment
    if (held.isBusy) return
    held.isBusy = true
    try {
      while (held.due && followers.has(held)) {
        const why = held.due
        held.due = null
        const asked = ask(held.after, held.sight ? await held.sight() : (null as S))
        const found = await asked.page
        if (!found || !followers.has(held)) continue
        held.after = found.last
        // Another process, and what is not held, ring for themselves: then the reason is 'anything', and the store has the last word.
        const isEnd = found.isWhole ? asked.begun >= held.dueSince : why === 'held' && found.isHeldToTheEnd
        if (!isEnd) held.due = 'anything'
        if (found.text !== null) await held.deliver(found.text)
      }
    } catch (error) {
      if (leave(held)) held.fail(error)
    } finally {
      held.isBusy = false
    }
  }

  function leave(held: Held<C, S>): boolean {
    if (!followers.delete(held)) return false
    if (followers.size === 0) {
      for (const stop of stopListening ?? []) stop()
      pages = []
      onEmpty()
    }
    return true
  }

  const rung = (isHeld: boolean) => {
    ring++
    moment++
    for (const held of followers) void serve(held, isHeld ? 'held' : 'anything')
  }

  let stopListening: (() => void)[] | null = null
  return {
    ring: () => rung(false),
    follow(follower) {
      const held: Held<C, S> = { ...follower, isBusy: false, due: null, dueSince: ++moment }
      followers.add(held)
      // From here on every ring counts: the look comes after (L3).
      stopListening ??= topics.map((topic) => bell.listen(topic, rung))
      void serve(held, 'anything')
      return () => void leave(held)
    },
  }
}
