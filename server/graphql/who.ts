/** The principal of a context as the kind a field needs. A field's authScopes have let only those in; this tells the compiler, and throws if not. */
import type { AdminPrincipal, DevicePrincipal, HostPrincipal, SessionPrincipal } from '../policy/principal.ts'
import { refuse } from '../store/refused.ts'
import type { Context } from './context.ts'

const wrongKind = () => refuse('UNAUTHENTICATED', 'This needs a credential of another kind.')

/** Whose rows this principal sees. */
export function ownerOf({ principal }: Context): string {
  if ('ownerId' in principal) return principal.ownerId
  throw wrongKind()
}

export function governor({ principal }: Context): HostPrincipal | DevicePrincipal {
  if (principal.kind === 'host' || principal.kind === 'device') return principal
  throw wrongKind()
}

export function deviceOf({ principal }: Context): DevicePrincipal {
  if (principal.kind === 'device') return principal
  throw wrongKind()
}

export function adminOf({ principal }: Context): AdminPrincipal {
  if (principal.kind === 'admin') return principal
  throw wrongKind()
}

/** The host itself: with `hostId`, throws NOT_FOUND when that is another. */
export function hostOf({ principal }: Context, hostId?: string): HostPrincipal {
  if (principal.kind !== 'host') throw wrongKind()
  if (hostId !== undefined && hostId !== principal.hostId) throw refuse('NOT_FOUND', 'There is no such host.')
  return principal
}

/** The host's credential for this session. Throws NOT_FOUND when it is good for another. */
export function sessionOf({ principal }: Context, sessionId: string): SessionPrincipal {
  if (principal.kind !== 'session') throw wrongKind()
  if (sessionId !== principal.sessionId) throw refuse('NOT_FOUND', 'There is no such session.')
  return principal
}
