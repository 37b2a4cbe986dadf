/** Bearer tokens: made here, shown once, kept as a hash (T2). Knows no table. */
import { createHash, randomBytes } from 'node:crypto'

/** Host, host in a session, device, enrolling host, admin. The prefix helps people and scanners; the server never trusts it. */
export type TokenPrefix = 'odh' | 'ods' | 'odd' | 'odp' | 'oda'

export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex')

/** 32 random bytes in base64url behind the prefix, and the hash to keep. */
export function newToken(prefix: TokenPrefix): { token: string; tokenHash: string } {
  const token = `${prefix}_${randomBytes(32).toString('base64url')}`
  return { token, tokenHash: hashToken(token) }
}

/** The token of `Bearer <token>`; null for nothing, undefined for something else. */
export function bearerToken(authorization: unknown): string | null | undefined {
  if (authorization === null || authorization === undefined || authorization === '') return null
  const match = typeof authorization === 'string' ? /^Bearer +([A-Za-z0-9_-]{16,256})$/i.exec(authorization) : null
  return match?.[1]
}
