/**
 * What many follow alike is read and written out once (L7): each follower holds a cursor (L5), and pages asked for at the same place are one.
 * Knows no table and no transport: reading is the maker's, delivering the follower's.
 */
import type { Topic } from '../store/topic.ts'
import type { Bell } from './bell.ts'

/** What follows a cursor, written out, and the cursor behind it. */
export type Page = {
  text: string
  last: number
  /** From what this process holds, and all of it: past it only another ring can tell of more. */
  isHeldToTheEnd?: boolean
}

export type Follower = {
  after: number
  /** Resolves when the next page may come: a slow follower is asked later and then given what is there (L5). */
  deliver(text: string): Promise<void> | void
  /** Called once, with what the reading threw; the follower is then forgotten. */
  fail(error: unknown): void
}

export type FeedOptions = {
  bell: Bell
  topic: Topic
  /** At most one bounded page past the number; null when there is nothing. What is past a number never changes, it only grows. */
  read(after: number): Promise<Page | null>
  /** The last follower has gone; the feed is over. */
  onEmpty(): void
}

export type Feed = {
  /** The furthest that any follower has been given, or began at. */
  readonly last: number
  /** For when a ring may have been lost. */
  ring(): void
  /** Returns the way to leave; after that nothing more is delivered. */
  follow(follower: Follower): () => void
}

/** What the next look is for: whatever the store has, or what a ring has said to be held here. */
type Due = 'anything' | 'held' | null
type Held = Follower & { isBusy: boolean; due: Due }
type Asked = { ring: number; page: Promise<Page | null> }

/** Followers at the end ask for the same page; one that is behind has its own for a while. */
const KEPT_PAGES = 4

export function createFeed({ bell, topic, read, onEmpty }: FeedOptions): Feed {
  const followers = new Set<Held>()
  const pages = new Map<number, Asked>()
  let ring = 0
  let last = 0

  function page(after: number): Promise<Page | null> {
    const known = pages.get(after)
    // One that was begun before the last ring may have found nothing where there is something now (L3).
    if (known && known.ring >= ring) return known.page
    const asked: Asked = { ring, page: read(after) }
    pages.delete(after)
    pages.set(after, asked)
    for (const oldest of pages.keys()) {
      if (pages.size <= KEPT_PAGES) break
      pages.delete(oldest)
    }
    asked.page.then(
      (found) => {
        // What was found stays true, until all have it; that there was nothing does not.
        if (found) asked.ring = Number.POSITIVE_INFINITY
        else pages.clear()
      },
      () => pages.get(after) === asked && pages.delete(after),
    )
    return asked.page
  }

  async function serve(held: Held, due: 'anything' | 'held'): Promise<void> {
    if (held.due !== 'anything') held.due = due
    if (held.isBusy) return
    held.isBusy = true
    try {
      while (held.due && followers.has(held)) {
        const why = held.due
        held.due = null
        const found = await page(held.after)
        if (!found || !followers.has(held)) continue
        held.after = found.last
        last = Math.max(last, found.last)
        // Another process, and what is not held, ring for themselves: then the reason is 'anything', and the store has the last word.
        if (why === 'anything' || !found.isHeldToTheEnd) held.due = 'anything'
        await held.deliver(found.text)
      }
    } catch (error) {
      if (leave(held)) held.fail(error)
    } finally {
      held.isBusy = false
    }
  }

  function leave(held: Held): boolean {
    if (!followers.delete(held)) return false
    if (followers.size === 0) {
      stopListening?.()
      pages.clear()
      onEmpty()
    }
    return true
  }

  const rung = (isHeld: boolean) => {
    ring++
    for (const held of followers) void serve(held, isHeld ? 'held' : 'anything')
  }

  let stopListening: (() => void) | null = null
  return {
    get last() {
      return last
    },
    ring: () => rung(false),
    follow(follower) {
      const held: Held = { ...follower, isBusy: false, due: null }
      followers.add(held)
      last = Math.max(last, held.after)
      // From here on every ring counts: the look comes after (L3).
      stopListening ??= bell.listen(topic, rung)
      void serve(held, 'anything')
      return () => void leave(held)
    },
  }
}
