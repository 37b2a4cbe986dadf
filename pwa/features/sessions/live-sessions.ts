// Every session of this person, followed by one subscription for the whole app; the last list lies on this device for reading
// without a network. Knows no layout.
import { get, set } from 'idb-keyval'
import type { Connection } from '../../graphql/connection.ts'
import type { Problem } from '../../graphql/problem.ts'
import { GRACE_MS } from './host-life.ts'
import { type HostRow, HostsAliveDocument, type SessionRow, SessionsChangedDocument } from './session-row.ts'

export type SessionsState = {
  /** opening: nothing known. kept: from this device, as of `seenAt`. current: the server has answered. */
  source: 'opening' | 'kept' | 'current'
  seenAt: number | null
  sessions: readonly SessionRow[]
  /** By how many milliseconds the server's clock is ahead of this one. */
  aheadMs: number
  problem: Problem | null
}

export type LiveSessions = {
  current(): SessionsState
  /** Follows the server while anybody listens. */
  subscribe(onChange: () => void): () => void
  /** A row the server returned by other means (a rename). */
  put(session: SessionRow): void
  remove(id: string): void
}

type Kept = { shape: number; seenAt: number; aheadMs: number; sessions: readonly SessionRow[] }
const SHAPE = 1
const NAME = 'offdesk-sessions'
const isKept = (value: unknown): value is Kept =>
  typeof value === 'object' && value !== null && 'shape' in value && value.shape === SHAPE
/** How often an offline workstation is looked for, in milliseconds; a live one is asked after when its promise runs out. */
const LOOK_MS = 20_000
const KEEP_AFTER_MS = 1_000

export function createLiveSessions(connection: Connection): LiveSessions {
  const listeners = new Set<() => void>()
  let following: AbortController | undefined
  let rows = new Map<string, SessionRow>()
  let state: SessionsState = { source: 'opening', seenAt: null, sessions: [], aheadMs: 0, problem: null }

  const change = (next: Partial<SessionsState>) => {
    state = { ...state, ...next, sessions: [...rows.values()] }
    for (const listener of listeners) listener()
  }
  const keep = () => {
    if (state.seenAt === null) return
    const kept: Kept = { shape: SHAPE, seenAt: state.seenAt, aheadMs: state.aheadMs, sessions: state.sessions }
    void set(NAME, kept).catch(() => undefined)
  }
  let keeps = false
  /** The whole list is written each time: ten agents at work would have it written ten times a second. */
  const keepSoon = () => {
    if (keeps) return
    keeps = true
    setTimeout(() => {
      keeps = false
      keep()
    }, KEEP_AFTER_MS)
  }
  const readKept = async (signal: AbortSignal) => {
    const kept = await get<unknown>(NAME).catch(() => undefined)
    if (!isKept(kept) || state.source !== 'opening' || signal.aborted) return
    rows = new Map(kept.sessions.map((session) => [session.id, session]))
    change({ source: 'kept', seenAt: kept.seenAt, aheadMs: kept.aheadMs })
  }
  const setHosts = (hosts: readonly HostRow[], serverNow: string) => {
    const found = new Map(hosts.map((host) => [host.id, host]))
    for (const [id, row] of rows) rows.set(id, { ...row, host: found.get(row.host.id) ?? row.host })
    change({ aheadMs: Date.parse(serverNow) - Date.now() })
  }
  // A heartbeat changes no session, so nothing need ring for it: before a workstation is called offline, it is asked after.
  const watchHosts = (signal: AbortSignal) => {
    let timer: ReturnType<typeof setTimeout>
    const look = async () => {
      if (document.visibilityState === 'visible' && connection.link.current().kind === 'live') {
        const result = await connection.urql
          .query(HostsAliveDocument, {}, { requestPolicy: 'network-only' })
          .toPromise()
        if (signal.aborted) return
        if (result.data)
          setHosts(
            result.data.hosts.edges.map((edge) => edge.node),
            result.data.viewer.server.now,
          )
      }
      plan()
    }
    const plan = () => {
      const ends = state.sessions.flatMap(({ host }) =>
        host.liveUntil === null ? [] : [Date.parse(host.liveUntil) - state.aheadMs],
      )
      const next = Math.min(...ends.filter((end) => end > Date.now()), Date.now() + LOOK_MS)
      timer = setTimeout(() => void look(), Math.max(GRACE_MS / 2, next - Date.now() + 250))
    }
    plan()
    signal.addEventListener('abort', () => clearTimeout(timer))
  }
  const follow = (signal: AbortSignal) => {
    void readKept(signal)
    watchHosts(signal)
    connection.live({
      document: SessionsChangedDocument,
      variables: () => ({}),
      signal,
      onData({ sessionsChanged }) {
        if (sessionsChanged.isSnapshot) rows = new Map()
        for (const session of sessionsChanged.sessions) rows.set(session.id, session)
        for (const id of sessionsChanged.removedIds) rows.delete(id)
        const now = Date.now()
        change({ source: 'current', seenAt: now, aheadMs: Date.parse(sessionsChanged.now) - now, problem: null })
        keepSoon()
      },
      onProblem: (problem) => change({ problem }),
    })
  }
  return {
    current: () => state,
    subscribe(onChange) {
      listeners.add(onChange)
      if (!following) {
        following = new AbortController()
        follow(following.signal)
      }
      return () => {
        listeners.delete(onChange)
        if (listeners.size > 0) return
        following?.abort()
        following = undefined
      }
    },
    put(session) {
      rows.set(session.id, session)
      change({})
    },
    remove(id) {
      rows.delete(id)
      change({})
    },
  }
}

const followed = new WeakMap<Connection, LiveSessions>()
/** One for each connection. */
export function liveSessionsOf(connection: Connection): LiveSessions {
  const known = followed.get(connection) ?? createLiveSessions(connection)
  followed.set(connection, known)
  return known
}
