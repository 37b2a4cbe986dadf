// Where a session's events come from: pages by query, what follows by subscription. Knows no transcript.
import type { Connection } from '../../graphql/connection.ts'
import { graphql } from '../../graphql/graphql.ts'
import { type Problem, ProblemError, problemOfResult } from '../../graphql/problem.ts'
import { EventFields, type TranscriptEvent } from './event-fields.ts'

export const EventsPageDocument = graphql(
  `
  query EventsPage($sessionId: ID!, $last: Int!, $before: String) {
    session(id: $sessionId) {
      id
      events(last: $last, before: $before) {
        edges { node { ...TranscriptEvent } }
        pageInfo { hasPreviousPage }
      }
    }
  }
`,
  [EventFields],
)

export const EventsAfterDocument = graphql(
  `
  query EventsAfter($sessionId: ID!, $first: Int!, $after: String) {
    session(id: $sessionId) {
      id
      events(first: $first, after: $after) {
        edges { node { ...TranscriptEvent } }
        pageInfo { hasNextPage }
      }
    }
  }
`,
  [EventFields],
)

export const EventsAppendedDocument = graphql(
  `
  subscription EventsAppended($sessionId: ID!, $after: Int!) {
    eventsAppended(sessionId: $sessionId, after: $after) { lastSeq events { ...TranscriptEvent } }
  }
`,
  [EventFields],
)

export type EventPage = { events: readonly TranscriptEvent[]; hasOlder: boolean }
export type NewerPage = { events: readonly TranscriptEvent[]; hasNewer: boolean }

export type EventSource = {
  /** The last events, or the last before a number; in rising order. Throws ProblemError. */
  page(options: { last: number; before?: number }): Promise<EventPage>
  /** The first events past a number, in rising order. Throws ProblemError. */
  newer(options: { first: number; after: number }): Promise<NewerPage>
  /** Batches past `after()`, which is asked anew at every try (L6). Ends with the signal. */
  follow(options: {
    after: () => number
    onBatch: (events: readonly TranscriptEvent[]) => void
    onProblem: (problem: Problem) => void
    signal: AbortSignal
  }): void
  /** Settles when asking again makes sense: the link is live again, or a while has passed. */
  back(signal: AbortSignal): Promise<void>
}

const notHere = () => new ProblemError({ code: 'NOT_FOUND', message: 'There is no such session here.' })
const LOOK_AGAIN_MS = 5_000

export function eventSource(connection: Connection, sessionId: string): EventSource {
  return {
    async page({ last, before }) {
      const variables = { sessionId, last, before: before === undefined ? null : String(before) }
      const options = { requestPolicy: 'network-only' } as const
      const result = await connection.urql.query(EventsPageDocument, variables, options).toPromise()
      const problem = problemOfResult(result)
      if (problem) throw new ProblemError(problem)
      const events = result.data?.session?.events
      if (!events) throw notHere()
      return { events: events.edges.map((edge) => edge.node), hasOlder: events.pageInfo.hasPreviousPage }
    },
    async newer({ first, after }) {
      const variables = { sessionId, first, after: String(after) }
      const options = { requestPolicy: 'network-only' } as const
      const result = await connection.urql.query(EventsAfterDocument, variables, options).toPromise()
      const problem = problemOfResult(result)
      if (problem) throw new ProblemError(problem)
      const events = result.data?.session?.events
      if (!events) throw notHere()
      return { events: events.edges.map((edge) => edge.node), hasNewer: events.pageInfo.hasNextPage }
    },
    follow({ after, onBatch, onProblem, signal }) {
      connection.live({
        document: EventsAppendedDocument,
        variables: () => ({ sessionId, after: after() }),
        onData: (data) => onBatch(data.eventsAppended.events),
        onProblem,
        signal,
      })
    },
    back: (signal) =>
      new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer)
          stop()
          signal.removeEventListener('abort', done)
          resolve()
        }
        const timer = setTimeout(done, LOOK_AGAIN_MS)
        const stop = connection.link.subscribe(() => connection.link.current().kind === 'live' && done())
        signal.addEventListener('abort', done, { once: true })
      }),
  }
}
