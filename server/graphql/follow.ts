/** Joins a feed until the asker goes, or may not see it any more. Knows no list and no transport. */
import type { Feed, Follower } from '../live/feed.ts'
import type { AskedFeed } from './asked-feed.ts'
import type { Context } from './context.ts'

export type Taker = {
  /** Each result as the text of an execution result; what it returns is waited for before the next (L5). */
  deliver(text: string): Promise<void> | void
  /** Called once when the list, the session, or the sight of it, is taken away. */
  fail(error: unknown): void
  /** Called instead when whoever asked is gone, or the server stops. */
  leave?(): void
}

/** Throws NOT_FOUND, POLICY, BAD_INPUT. Returns the way to leave. */
export type Follow = (context: Context, asked: AskedFeed, taker: Taker) => Promise<() => void>

/** `sight`: whether losing it is the end. */
export function join<C, S>(
  feed: Feed<C, S>,
  context: Context,
  { after, sight, deliver, fail, leave: left }: Follower<C, S> & Taker,
  ends: { sight: boolean },
): () => void {
  const leave = feed.follow({
    ...{ after, deliver, ...(sight && { sight }) },
    fail: (error) => {
      release()
      fail(error)
    },
  })
  const release = context.ends((why) => {
    leave()
    if (why instanceof Error && why.name !== 'AbortError') fail(why)
    else left?.()
  }, ends)
  return () => {
    release()
    leave()
  }
}
