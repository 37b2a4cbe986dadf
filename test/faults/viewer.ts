/** Someone who looks at a session and writes down every event as it comes, from their own cursor on (L6). Judges nothing. */
import type { EventLine } from './evidence.ts'
import { createLive } from './live.ts'

export type Viewer = {
  readonly sessionId: string
  readonly name: string
  /** In the order of their coming, nothing removed. */
  readonly seen: readonly EventLine[]
  readonly cursor: number
  readonly begun: number
  close(): void
}

const QUERY = `subscription($sessionId: ID!, $after: Int!) {
  eventsAppended(sessionId: $sessionId, after: $after) { events { seq digest } } }`
type Batch = { eventsAppended: { events: { seq: number; digest: string }[] } }

export function createViewer(given: {
  name: string
  url: string
  token: string
  sessionId: string
  onThrownOut: (why: string) => void
  random: () => number
}): Viewer {
  const { sessionId, name } = given
  const seen: EventLine[] = []
  let cursor = 0
  const live = createLive<Batch>({
    ...given,
    query: QUERY,
    variables: () => ({ sessionId, after: cursor }),
    onData: ({ eventsAppended }) => {
      for (const { seq, digest } of eventsAppended.events) {
        seen.push([seq, digest.slice(0, 12)])
        cursor = Math.max(cursor, seq)
      }
    },
  })
  return {
    ...{ sessionId, name, seen },
    get cursor() {
      return cursor
    },
    get begun() {
      return live.begun
    },
    close: live.close,
  }
}
