// Whether what a session's screen shows is current: this device's link first, then the workstation's (B6). Pure.
import type { Link as PageLink } from '../../graphql/link.ts'
import type { Link } from '../../ui/link-state.tsx'
import type { HostLife } from '../sessions/host-life.ts'

/** A first contact counts as live until it has lasted this long: most take less. */
export const FIRST_CONTACT_MS = 2_000

export function sessionLink(page: PageLink, life: HostLife, host: string, now: number): Link {
  if (page.kind === 'offline') return { kind: 'device-offline', since: page.sinceMs }
  if (page.kind === 'reconnecting' || (page.kind === 'connecting' && now - page.sinceMs > FIRST_CONTACT_MS))
    return { kind: 'reconnecting', since: page.sinceMs }
  if (!life.live) return { kind: 'host-offline', since: life.since ?? now, host }
  return { kind: 'live' }
}
