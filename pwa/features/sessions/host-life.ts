// Whether a workstation is live, by its own heartbeats and the server's clock. Pure.
import type { HostRow } from './session-row.ts'

export type HostLife = { live: true } | { live: false; since: number | null }

/** A little longer than promised: the answer to "is it still there?" is on its way when the promise runs out. */
export const GRACE_MS = 4_000

/** `aheadMs`: by how much the server's clock is ahead of this one. `since` is on this device's clock, null when never seen. */
export function hostLife(host: Pick<HostRow, 'liveUntil' | 'lastSeenAt'>, now: number, aheadMs: number): HostLife {
  const until = host.liveUntil === null ? Number.NEGATIVE_INFINITY : Date.parse(host.liveUntil) - aheadMs
  if (until + GRACE_MS > now) return { live: true }
  return { live: false, since: host.lastSeenAt === null ? null : Date.parse(host.lastSeenAt) - aheadMs }
}
