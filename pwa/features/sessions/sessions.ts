// Gives screens the sessions: `useSessions()`, `useSessionRow(id)`, and a clock to lay them out by.
import { useCallback, useContext, useSyncExternalStore } from 'react'
import { useConnection } from '../../graphql/connection-context.tsx'
import { ClockContext } from '../../ui/age.tsx'
import { type HostLife, hostLife } from './host-life.ts'
import { liveSessionsOf, type SessionsState } from './live-sessions.ts'
import type { HostRow, SessionRow } from './session-row.ts'

export function useSessions(): SessionsState {
  const live = liveSessionsOf(useConnection())
  return useSyncExternalStore(live.subscribe, live.current)
}

/** Undefined while it is not in the list (not loaded yet, or gone). */
export function useSessionRow(id: string): SessionRow | undefined {
  return useSessions().sessions.find((session) => session.id === id)
}

// A time ahead of every clock: its age stays zero, so it is called back each second.
const AHEAD = Number.MAX_SAFE_INTEGER

/** Now, to five seconds: a workstation's promise of life runs out between events. Milliseconds since 1970. */
export function useNow(stepMs = 5_000): number {
  const clock = useContext(ClockContext)
  const watch = useCallback((onTick: () => void) => clock.watch(AHEAD, onTick), [clock])
  return useSyncExternalStore(watch, () => Math.floor(clock.read() / stepMs) * stepMs)
}

/** Live while nothing is known: offline is only said of a workstation that was heard of. */
export function useHostLife(host: Pick<HostRow, 'liveUntil' | 'lastSeenAt'> | undefined): HostLife {
  const { aheadMs } = useSessions()
  const now = useNow()
  return host === undefined ? { live: true } : hostLife(host, now, aheadMs)
}
