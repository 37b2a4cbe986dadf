// How the remote side of a session is, in one honest word with its age. Pure.
import type { LinkState } from '../remote/host-link.ts'
import type { PusherState } from '../remote/pusher.ts'
import type { TrustedDevice } from '../remote/roster.ts'
import type { Refused } from './facts.ts'
import { limits } from './limits.ts'
import type { RemoteView, Rung } from './view.ts'

export const offView = (ceiling: Rung, maskedSecrets = 0): RemoteView => ({
  ...{
    state: 'off',
    since: null,
    reason: null,
    server: null,
    address: null,
    hostId: null,
    devices: [],
    pendingEvents: 0,
    ceiling,
    maskedSecrets,
    pinsWaiting: [],
  },
})

export function remoteState(
  { state: link, refusal }: { state: LinkState; refusal: Refused | null },
  pusher: PusherState,
  wasLive: boolean,
  nowMs: number,
): Pick<RemoteView, 'state' | 'reason'> {
  if (pusher.is === 'ended') return { state: 'refused', reason: pusher.reason }
  if (refusal !== null) return { state: 'refused', reason: `${refusal.message} ${refusal.remedy ?? ''}`.trim() }
  if (pusher.is === 'paused') return { state: 'refused', reason: pusher.reason }
  if (link.is === 'refused') return { state: 'refused', reason: link.reason }
  if (link.is === 'live' && pusher.is === 'live') return { state: 'live', reason: null }
  const reason = link.reason ?? (pusher.is === 'away' ? pusher.reason : null)
  if (!wasLive && link.is !== 'lost') return { state: 'connecting', reason }
  const isLong = nowMs - link.since.getTime() >= limits.offlineAfterMs && link.is === 'lost'
  return { state: isLong ? 'offline' : 'reconnecting', reason }
}

export const attached = (devices: readonly TrustedDevice[]) => devices.map(({ id, name, rung }) => ({ id, name, rung }))

export const addressOf = (base: string, sessionId: string) => `${base.replace(/\/$/, '')}/s/${sessionId}`
