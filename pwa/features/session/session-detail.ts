// One session in full, as its screen needs it: modes, queue, plan, slash commands, what this device may do. Read again whenever an
// event has changed the row; knows no pixels.
import type { Connection } from '../../graphql/connection.ts'
import { graphql, type ResultOf } from '../../graphql/graphql.ts'
import { type Problem, problemOfResult } from '../../graphql/problem.ts'
import { RowFields } from '../sessions/session-row.ts'

export const DetailFields = graphql(
  `
  fragment SessionDetail on Session @_unmask {
    ...SessionRow
    epoch firstSeq lastSeq ceiling capabilities
    requestedMode { id name canonical description }
    modes { id name canonical description }
    slashCommands { name description hint terminalOnly }
    plan { content priority status }
    usage { used size costAmount costCurrency }
    prompts {
      id state text delivery modeId since reason
      origin { surface deviceId deviceName commandId }
      attachments { digest mediaType name size }
    }
  }
`,
  [RowFields],
)

export const SessionDetailDocument = graphql(
  `query SessionDetail($id: ID!) { session(id: $id) { ...SessionDetail } viewer { id server { limits { maxPromptChars maxBodyBytes maxChunkBytes } } } }`,
  [DetailFields],
)

type Answer = ResultOf<typeof SessionDetailDocument>
export type SessionDetail = NonNullable<Answer['session']>
export type Limits = Answer['viewer']['server']['limits']

export type DetailState = { detail: SessionDetail | null; limits: Limits | null; problem: Problem | null }

export type DetailStore = {
  current(): DetailState
  subscribe(onChange: () => void): () => void
  /** Asks again soon; calls within a short time are one question, and a call while one is asked is one more after it. */
  refresh(): void
  close(): void
}

const SOON_MS = 120

export function createDetail(connection: Connection, sessionId: string): DetailStore {
  const listeners = new Set<() => void>()
  const over = new AbortController()
  let state: DetailState = { detail: null, limits: null, problem: null }
  let timer: ReturnType<typeof setTimeout> | undefined
  let asking = false
  let again = false

  const ask = async () => {
    timer = undefined
    asking = true
    const options = { requestPolicy: 'network-only' } as const
    const result = await connection.urql.query(SessionDetailDocument, { id: sessionId }, options).toPromise()
    asking = false
    if (over.signal.aborted) return
    const problem = problemOfResult(result)
    if (result.data) {
      const gone = result.data.session === null
      const limits = result.data.viewer.server.limits
      const notFound = gone ? { code: 'NOT_FOUND', message: 'There is no such session here.' } : null
      state = { detail: result.data.session ?? state.detail, limits, problem: notFound }
    } else state = { ...state, problem }
    for (const listener of listeners) listener()
    if (again) refresh()
  }
  const refresh = () => {
    again = asking
    if (!asking) timer ??= setTimeout(() => void ask(), SOON_MS)
  }
  void ask()
  const stop = connection.link.subscribe(() => connection.link.current().kind === 'live' && refresh())
  return {
    current: () => state,
    subscribe(onChange) {
      listeners.add(onChange)
      return () => listeners.delete(onChange)
    },
    refresh,
    close() {
      over.abort()
      clearTimeout(timer)
      stop()
    },
  }
}
