/** What a token's standing means: a principal, or the refusal that says why not. Knows no table and no cache. */
import type { Stands } from '../policy/allowance.ts'
import type { Principal } from '../policy/principal.ts'
import type { Standing } from '../store/credentials.ts'
import { type Refused, refuse } from '../store/refused.ts'

/** Null when the token is good now. */
export function refusalOf(standing: Standing | undefined, token: { looksLikeHosts: boolean }): Refused | null {
  if (!standing) return token.looksLikeHosts ? expired() : unknown()
  if (standing.kind === 'pairing') return standing.isOver ? pairingOver() : null
  if (standing.isRevoked) return revoked(standing.kind)
  return standing.kind === 'host' && standing.isExpired ? expired() : null
}

export function principalOf(standing: Standing): Exclude<Principal, { kind: 'anonymous' }> {
  if (standing.kind === 'pairing') return { kind: 'pairing', pairingId: standing.pairingId, side: standing.side }
  if (standing.kind === 'device') {
    const { ownerId, deviceId, deviceName, publicKey, rung } = standing
    return { kind: 'device', ownerId, deviceId, deviceName, publicKey, rung }
  }
  const { ownerId, hostId, hostName, sessionId, expiresAt } = standing
  if (sessionId === null) return { kind: 'host', ownerId, hostId, hostName, expiresAt }
  return { kind: 'session', ownerId, hostId, hostName, sessionId, expiresAt }
}

export function standsOf(standing: Standing | undefined): Stands {
  if (standing?.kind === 'device') return { rung: standing.rung, remoteControl: standing.remoteControl }
  if (standing?.kind === 'host') return { rung: 'FULL', remoteControl: standing.remoteControl }
  return { rung: 'VIEW', remoteControl: 'OFF' }
}

const revoked = (kind: 'device' | 'host'): Refused =>
  refuse('REVOKED', `This ${kind} has been revoked.`, {
    rule: `a revoked ${kind} has no access`,
    level: kind,
    remedy: kind === 'device' ? 'Pair this device again at a host terminal.' : 'Enrol this host again: offdesk login.',
  })

// An unknown host token is one that was cleared away long after its end: minting another needs no person (T2).
const expired = (): Refused =>
  refuse('CREDENTIAL_EXPIRED', 'This credential has expired.', {
    rule: 'credentials of hosts are short-lived',
    level: 'host',
    remedy: 'Mint another one: requestChallenge, then mintCredential.',
  })

const pairingOver = (): Refused =>
  refuse('PAIRING_EXPIRED', 'This pairing is over.', {
    rule: 'a token of an unfinished pairing ends with it',
    level: 'server',
    remedy: 'Pair again with a new code.',
  })

export const unknown = (): Refused =>
  refuse('UNAUTHENTICATED', 'This server does not know the credential.', {
    rule: 'only credentials this server has given out are good',
    level: 'server',
    remedy: 'Pair this device, or enrol this host: offdesk login.',
  })
