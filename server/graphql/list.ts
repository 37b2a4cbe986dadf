/** A list that is followed: how it is looked at from where somebody stands, and what rings for it. Knows no list, and not who shares a look. */
import type { Seen } from '../live/differences.ts'
import type { Topic } from '../store/topic.ts'
import type { Context } from './context.ts'
import { type Delivered, stream } from './streams.ts'

/** `change` is null when nothing is to be told. */
export type Looked<T> = { change: T | null; seen: Seen }

export type List<T extends object = object> = {
  topics: readonly Topic[]
  /** Ends with the sight of it; else it stays open and shows nothing. */
  endsWithSight: boolean
  /** What differs from what was seen; after null a snapshot (L6). It asks the context for nothing but what that one may see. */
  look(context: Context, before: Seen | null): Promise<Looked<T>>
}

/** For whoever follows it alone. */
export function listStream<T extends object>(
  context: Context,
  { topics, endsWithSight, look }: List<T>,
): AsyncIterableIterator<Delivered<T>> {
  let before: Seen | null = null
  const read = async () => {
    const { change, seen } = await look(context, before)
    before = seen
    return change
  }
  const signal = endsWithSight ? context.sightSignal() : context.signal()
  return stream({ bell: context.bell, topics, read, signal })
}
