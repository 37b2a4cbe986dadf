/** In whose name a page is shown that goes to many: nobody's in particular, with exactly what decides what they may see. Knows no field. */
import { allowance, type Stands } from '../policy/allowance.ts'
import type { Principal } from '../policy/principal.ts'
import { refuse } from '../store/refused.ts'
import type { Context, Parts } from './context.ts'

/** Who may see the same rows: of a device its owner decides, of a host or a session's credential that one alone. */
export function seerOf(principal: Principal): string {
  if (principal.kind === 'device') return `device ${principal.ownerId}`
  if (principal.kind === 'host') return `host ${principal.ownerId} ${principal.hostId}`
  if (principal.kind === 'session') return `session ${principal.ownerId} ${principal.hostId} ${principal.sessionId}`
  throw refuse('UNAUTHENTICATED', 'This needs a credential of another kind.')
}

/** What of a principal is the same for all of whom `seerOf` says the same. */
function anyOf(principal: Principal, stands: Stands): Principal {
  if (principal.kind === 'device') {
    const { kind, ownerId } = principal
    const { rung, deviceKind = 'BROWSER' } = stands
    return { kind, ownerId, deviceId: '', deviceName: '', publicKey: null, deviceKind, rung }
  }
  if (principal.kind === 'host' || principal.kind === 'session') return { ...principal, expiresAt: new Date(0) }
  return principal
}

// A page is soon made, and made for more than one: it ends with nobody.
const NEVER = new AbortController().signal

/** How they stand is said once and for all: a page is made for those who stand so. */
export function sharedContext(parts: Parts, principal: Principal, stands: Stands): Context {
  const seer = anyOf(principal, stands)
  return {
    ...parts,
    shared: parts.database,
    principal: seer,
    address: '',
    signal: () => NEVER,
    sightSignal: () => NEVER,
    isLeft: () => false,
    ends: () => () => {},
    stands: async () => stands,
    allowed: async (session) => allowance(seer, stands, session),
  }
}

const numbers = new WeakMap<object, number>()
let last = 0

/** Equal for those who stand alike: rung, policy, the very bounds that an organisation gives, and whether they may look. */
export function textOfStands({ rung, remoteControl, bounds, deviceKind, awaitsTrust, mustVerify }: Stands): string {
  if (bounds && !numbers.has(bounds)) numbers.set(bounds, ++last)
  return JSON.stringify([rung, remoteControl, deviceKind, awaitsTrust, mustVerify, bounds && numbers.get(bounds)])
}
