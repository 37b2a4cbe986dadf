// Words in one session, looked for by the server page by page: newest first, further back as far as it takes. Knows no screen.
import type { Connection } from '../../graphql/connection.ts'
import { graphql } from '../../graphql/graphql.ts'
import { type Problem, problemOfResult } from '../../graphql/problem.ts'
import { EventFields } from '../transcript/event-fields.ts'
import { type Hit, hitOf } from './hit.ts'

export const SearchDocument = graphql(
  `
  query SearchSession($sessionId: ID!, $words: String!, $before: String, $limit: Int!) {
    session(id: $sessionId) {
      id
      search(words: $words, before: $before, limit: $limit) { searchedTo events { ...TranscriptEvent } }
    }
  }
`,
  [EventFields],
)

export type Found = {
  words: string
  hits: readonly Hit[]
  /** looking: a page is under way. more: there is more transcript further back. done: all of it has been looked at. */
  state: 'looking' | 'more' | 'done'
  problem: Problem | null
}

export const MAX_SEARCH_CHARS = 200
const PAGE_HITS = 25

/** Looks further back until a page of hits is full or the beginning is reached; tells after each answer. Ends with the signal. */
export async function look(
  connection: Connection,
  options: {
    sessionId: string
    words: string
    /** Go on from here; null begins at the end. */
    from: { hits: readonly Hit[]; before: string } | null
    onFound: (found: Found, before: string | null) => void
    signal: AbortSignal
  },
): Promise<void> {
  const { sessionId, words, signal } = options
  const hits = [...(options.from?.hits ?? [])]
  const wanted = hits.length + PAGE_HITS
  let before = options.from?.before ?? null
  options.onFound({ words, hits: [...hits], state: 'looking', problem: null }, before)
  for (;;) {
    const variables = { sessionId, words, before, limit: PAGE_HITS }
    const result = await connection.urql.query(SearchDocument, variables, { requestPolicy: 'network-only' }).toPromise()
    if (signal.aborted) return
    const problem = problemOfResult(result)
    const answer = result.data?.session?.search
    if (problem || !answer) {
      const gone = { code: 'NOT_FOUND', message: 'This session is not here any more.' }
      return options.onFound({ words, hits: [...hits], state: 'more', problem: problem ?? gone }, before)
    }
    for (const event of answer.events) {
      const hit = hitOf(event, words)
      // What streamed in pieces is one thing to a reader: its newest piece stands for it.
      if (!hits.some((other) => other.of === hit.of)) hits.push(hit)
    }
    before = answer.searchedTo
    const over = before === null
    const full = hits.length >= wanted
    const state = over ? 'done' : full ? 'more' : 'looking'
    options.onFound({ words, hits: [...hits], state, problem: null }, before)
    if (state !== 'looking') return
  }
}
