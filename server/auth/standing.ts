/** What a token's standing means: a principal, or the refusal that says why not. Knows no table and no cache. */
import { ADMIN_SCOPES } from '../policy/admin-scope.ts'
import type { Stands } from '../policy/allowance.ts'
import { type Bounds, boundsOf } from '../policy/effective.ts'
import type { Principal } from '../policy/principal.ts'
import type { Standing } from '../store/credentials.ts'
import { type Refused, refuse } from '../store/refused.ts'

/** Null when the token is good now. */
export function refusalOf(standing: Standing | undefined, token: { looksLikeHosts: boolean }): Refused | null {
  if (!standing) return token.looksLikeHosts ? expired() : unknown()
  if (standing.kind === 'pairing') return standing.isOver ? pairingOver() : null
  if (standing.kind === 'admin') return adminRefusal(standing)
  if (standing.isRevoked) return revoked(standing.kind)
  return standing.kind === 'host' && standing.isExpired ? expired() : null
}

export function principalOf(standing: Standing): Exclude<Principal, { kind: 'anonymous' }> {
  if (standing.kind === 'pairing') return { kind: 'pairing', pairingId: standing.pairingId, side: standing.side }
  if (standing.kind === 'admin') {
    const { id: tokenId, name: tokenName, scopeId, scopes, expiresAt } = standing.token
    const known = ADMIN_SCOPES.filter((scope) => scopes.split(' ').includes(scope))
    return { kind: 'admin', tokenId, tokenName, scopeId, scopes: known, expiresAt }
  }
  if (standing.kind === 'device') {
    const { ownerId, deviceId, deviceName, deviceKind, publicKey, rung } = standing
    return { kind: 'device', ownerId, deviceId, deviceName, deviceKind, publicKey, rung }
  }
  const { ownerId, hostId, hostName, sessionId, expiresAt } = standing
  if (sessionId === null) return { kind: 'host', ownerId, hostId, hostName, expiresAt }
  return { kind: 'session', ownerId, hostId, hostName, sessionId, expiresAt }
}

/** `now`: the database's clock in milliseconds (E10). */
export function standsOf(standing: Standing | undefined, now: number): Stands {
  if (standing === undefined || standing.kind === 'pairing' || standing.kind === 'admin')
    return { rung: 'VIEW', remoteControl: 'OFF' }
  const policy = { remoteControl: standing.remoteControl, bounds: boundsOf(standing.bounds) }
  if (standing.kind === 'host') return { rung: 'FULL', ...policy }
  const { rung, deviceKind, awaitsTrust } = standing
  return { rung, deviceKind, ...(awaitsTrust && { awaitsTrust }), ...policy, ...looking(standing, policy.bounds, now) }
}

/** Whether what was allowed may be different now. */
export const isOther = (one: Stands, other: Stands): boolean =>
  (['rung', 'remoteControl', 'bounds', 'mustVerify'] as const).some((name) => one[name] !== other[name])

export const isHost = ({ kind }: Principal): boolean => kind === 'host' || kind === 'session'

/** Nothing where nobody asks who looks. A script has nobody who could touch an authenticator: `allowedDeviceKinds` keeps it out, or it looks. */
function looking(
  { deviceKind, verifiedAt }: Extract<Standing, { kind: 'device' }>,
  bounds: Bounds | null,
  now: number,
): Pick<Stands, 'looksUntil' | 'mustVerify'> {
  if (!bounds?.looking || deviceKind === 'SCRIPT') return {}
  if (verifiedAt === null) return { mustVerify: true }
  const looksUntil = verifiedAt + bounds.looking.minutes * 60_000
  return { looksUntil, ...(looksUntil <= now && { mustVerify: true }) }
}

export const revoked = (kind: 'device' | 'host'): Refused =>
  refuse('REVOKED', `This ${kind} has been revoked.`, {
    rule: `a revoked ${kind} has no access`,
    level: kind,
    remedy:
      kind === 'device'
        ? 'Pair this device again at the terminal of a workstation.'
        : 'Enrol this host again: offdesk login.',
  })

// An unknown host token is one that was cleared away long after its end: minting another needs no person (T2).
const expired = (): Refused =>
  refuse('CREDENTIAL_EXPIRED', 'This credential has expired.', {
    rule: 'credentials of hosts are short-lived',
    level: 'host',
    remedy: 'Mint another one: requestChallenge, then mintCredential.',
  })

const adminRefusal = ({ isRevoked, isExpired, token }: Extract<Standing, { kind: 'admin' }>): Refused | null => {
  if (!isRevoked && !isExpired) return null
  return refuse(
    isRevoked ? 'REVOKED' : 'CREDENTIAL_EXPIRED',
    `This token ${isRevoked ? 'was revoked' : 'has ended'}.`,
    {
      rule: isRevoked ? 'a revoked token has no access' : 'tokens of admins have an end',
      level: 'server',
      owner: token.createdBy,
      remedy: 'Make another one: Administration, Tokens; a script asks createAdminToken.',
    },
  )
}

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
