/** Who is asking: the kinds of principal of docs/protocol.md §1. Knows no token, no table and no field. */

import type { AdminScope } from './admin-scope.ts'
import type { Rung } from './rung.ts'

/** A workstation with its own credential: polls, acknowledges, pairs, governs its owner's devices. */
export type HostPrincipal = { kind: 'host'; ownerId: string; hostId: string; hostName: string; expiresAt: Date }
/** The same workstation inside one session; good for that session alone (T2). */
export type SessionPrincipal = {
  kind: 'session'
  ownerId: string
  hostId: string
  hostName: string
  sessionId: string
  expiresAt: Date
}
/** `publicKey` is what its commands are signed with; null for a script that can only look. */
export type DevicePrincipal = {
  kind: 'device'
  ownerId: string
  deviceId: string
  deviceName: string
  publicKey: string | null
  deviceKind: 'BROWSER' | 'SCRIPT'
  rung: Rung
}
/** Holds a token that is inert but for one pairing: a device not yet confirmed, or a host asking to be enrolled. */
export type PairingPrincipal = { kind: 'pairing'; pairingId: string; side: 'opener' | 'joiner' }
/** A script of an admin: governs people within its place, is none of them, and sees nothing that is said in a session (F7). */
export type AdminPrincipal = {
  kind: 'admin'
  tokenId: string
  tokenName: string
  /** An enterprise, an organisation; null is the server. */
  scopeId: string | null
  scopes: readonly AdminScope[]
  expiresAt: Date
}
export type AnonymousPrincipal = { kind: 'anonymous' }

export type KnownPrincipal = HostPrincipal | SessionPrincipal | DevicePrincipal | PairingPrincipal | AdminPrincipal
export type Principal = KnownPrincipal | AnonymousPrincipal

/** The owner whose rows this principal may see, or null when it may see none. */
export const ownerOf = (principal: Principal): string | null => ('ownerId' in principal ? principal.ownerId : null)
