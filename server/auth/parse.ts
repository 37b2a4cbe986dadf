/** What strangers send, checked before it is kept: names, keys, nonces. Knows no table. */
import { fromBase64Url } from '../../protocol/bytes.ts'
import { importPublicKey, principalId } from '../../protocol/keys.ts'
import { maxNameChars } from '../store/limits.ts'
import { type Refused, refuse } from '../store/refused.ts'
import { isWellFormed } from '../store/well-formed.ts'

const bad = (what: string): Refused => refuse('BAD_INPUT', what, { level: 'server' })

/** One line of 1 to 120 characters without controls. */
export function parseName(name: string): string {
  const trimmed = name.trim()
  const isShown = isWellFormed(trimmed) && !/[\p{Cc}\p{Bidi_Control}]/u.test(trimmed)
  if (trimmed === '' || [...trimmed].length > maxNameChars || !isShown) {
    throw bad(`A name is one line of 1 to ${maxNameChars} printable characters.`)
  }
  return trimmed
}

export function parsePlatform(platform: string | null | undefined): string | null {
  return platform === null || platform === undefined || platform.trim() === '' ? null : parseName(platform)
}

/** The id that commits to the key. Throws BAD_INPUT for what is not a point on P-256. */
export async function parseKey(kind: 'hst' | 'dev', publicKey: string): Promise<string> {
  try {
    await importPublicKey(publicKey)
    return await principalId(kind, publicKey)
  } catch {
    throw bad('The public key is not a P-256 point of 65 raw bytes in base64url.')
  }
}

/** 32 bytes in base64url. */
export function parseNonce(nonce: string): string {
  if (!isBytes(nonce, 32)) throw bad('A nonce is 32 bytes in base64url.')
  return nonce
}

/** HMAC-SHA256 in base64url, verified by the host alone. */
export function parseMac(mac: string | null | undefined): string | null {
  if (mac === null || mac === undefined) return null
  if (!isBytes(mac, 32)) throw bad('A mac is 32 bytes in base64url.')
  return mac
}

export function parseSessionId(id: string): string {
  if (!/^ses_[A-Za-z0-9_-]{22}$/.test(id)) throw bad('A session id is ses_ and 22 base64url characters.')
  return id
}

function isBytes(text: string, count: number): boolean {
  try {
    return fromBase64Url(text).length === count
  } catch {
    return false
  }
}
