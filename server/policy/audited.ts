/** A principal as the audit names them. Knows no table. */
import type { NewEntry } from '../store/audit.ts'
import type { Principal } from './principal.ts'

type Who = Pick<NewEntry, 'ownerId' | 'actor' | 'actorName' | 'surface'>

/** `address` stands for whoever has shown no credential. */
export function asActor(principal: Principal, address = 'unknown'): Who {
  switch (principal.kind) {
    case 'device':
      return { ...named(principal.ownerId, principal.deviceId, principal.deviceName), surface: 'DEVICE' }
    case 'host':
      return { ...named(principal.ownerId, principal.hostId, principal.hostName), surface: 'TERMINAL' }
    case 'session':
      return { ...named(principal.ownerId, principal.hostId, principal.hostName), surface: 'HOST' }
    case 'admin':
      return { ...named(null, principal.tokenId, principal.tokenName), surface: 'ADMIN' }
    case 'pairing':
      return { ...named(null, principal.pairingId, `the ${principal.side} of a pairing`), surface: 'STRANGER' }
    default:
      return { ...named(null, address, 'a stranger'), surface: 'STRANGER' }
  }
}

const named = (ownerId: string | null, actor: string, actorName: string) => ({ ownerId, actor, actorName })
