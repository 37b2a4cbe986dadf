/** Short-lived credentials against a signed challenge (T2). A host renews without a person, after any outage. */
import { credentialBytes } from '../../protocol/credential.ts'
import { verify } from '../../protocol/keys.ts'
import type { Database } from '../db/database.ts'
import { addChallenge, useChallenge } from '../store/challenges.ts'
import { addCredential, isAnotherHosts } from '../store/credentials.ts'
import { findHost } from '../store/hosts.ts'
import { notFound, type Refused, refuse } from '../store/refused.ts'
import { parseNonce, parseSessionId } from './parse.ts'
import { hashToken, newToken } from './tokens.ts'

const HOST_SECONDS = 60 * 60
const SESSION_SECONDS = 15 * 60
const CHALLENGE_MILLISECONDS = 120_000

/** A host that is not there is given a challenge too, which nobody keeps: strangers cannot ask who is enrolled. */
export async function requestChallenge(
  database: Database,
  hostId: string,
): Promise<{ nonce: string; expiresAt: Date }> {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url')
  const expiresAt = await database.transaction(async (tx) =>
    (await findHost(tx, hostId)) ? addChallenge(tx, hashToken(nonce), hostId) : null,
  )
  return { nonce, expiresAt: expiresAt ?? new Date(Date.now() + CHALLENGE_MILLISECONDS) }
}

/** Throws UNAUTHENTICATED for a wrong signature or a used challenge, REVOKED for a revoked host, NOT_FOUND for another's session. */
export async function mintCredential(
  database: Database,
  asked: { hostId: string; nonce: string; sessionId?: string | null | undefined; signature: string },
): Promise<{ token: string; expiresAt: Date }> {
  const nonce = parseNonce(asked.nonce)
  const sessionId = asked.sessionId ? parseSessionId(asked.sessionId) : null
  const host = await database.read((tx) => findHost(tx, asked.hostId))
  const signed = credentialBytes({ hostId: asked.hostId.replaceAll('\n', ''), nonce, sessionId })
  if (!host || !(await verify(host.publicKey, signed, asked.signature))) throw notProven()
  if (host.revokedAt) {
    throw refuse('REVOKED', 'This host has been revoked.', {
      rule: 'a revoked host has no access',
      level: 'host',
      remedy: 'Enrol it again with a new key: offdesk login.',
    })
  }
  return database.transaction(async (tx) => {
    if (!(await useChallenge(tx, hashToken(nonce), host.id))) throw notProven()
    if (sessionId && (await isAnotherHosts(tx, sessionId, host.id))) throw notFound('session')
    const { token, tokenHash } = newToken(sessionId ? 'ods' : 'odh')
    const seconds = sessionId ? SESSION_SECONDS : HOST_SECONDS
    const expiresAt = await addCredential(tx, { tokenHash, ownerId: host.ownerId, hostId: host.id, sessionId, seconds })
    return { token, expiresAt }
  })
}

const notProven = (): Refused =>
  refuse('UNAUTHENTICATED', 'The challenge is used, too old, or not signed by this host.', {
    rule: 'a credential is minted against a fresh challenge signed by the host',
    level: 'server',
    remedy: 'Ask for another challenge and sign that. If the server has forgotten this host, enrol it: offdesk login.',
  })
