/**
 * Whether a signature is a key's over these bytes: what protocol/keys.ts says, at once and on this thread. The other asks a thread of the pool twice, which takes as long again
 * as the looking where a server has little to do. Knows no meaning.
 */
import { createHash, createPublicKey, type KeyObject, verify as verifyNow } from 'node:crypto'
import type { Bytes } from '../../protocol/bytes.ts'
import { verify } from '../../protocol/keys.ts'

/** What stands before the 65 bytes of a point in a P-256 key's SubjectPublicKeyInfo (RFC 5480). */
const BEFORE_POINT = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex')

/** Keys that have been read already: those who sign, sign again. */
const read = new Map<string, KeyObject | null>()
const MOST_READ = 500

/** Null for what is no point on the curve, written out. */
function readKey(publicKey: string): KeyObject | null {
  const known = read.get(publicKey)
  if (known !== undefined) return known
  if (read.size >= MOST_READ) read.clear()
  const key = makeKey(publicKey)
  read.set(publicKey, key)
  return key
}

function makeKey(publicKey: string): KeyObject | null {
  if (!/^[A-Za-z0-9_-]{87}$/.test(publicKey)) return null
  try {
    const key = Buffer.concat([BEFORE_POINT, Buffer.from(publicKey, 'base64url')])
    return createPublicKey({ key, format: 'der', type: 'spki' })
  } catch {
    return null
  }
}

/** As `verify` of protocol/keys.ts for every input: false for a wrong signature, a malformed one and a malformed key alike. */
export function isSignedBy(publicKey: string, bytes: Bytes, signature: string): boolean | Promise<boolean> {
  const key = readKey(publicKey)
  // In another form than ours, or none: the other says which.
  if (key === null || !/^[A-Za-z0-9_-]{86}$/.test(signature)) return verify(publicKey, bytes, signature)
  const given = { key, dsaEncoding: 'ieee-p1363' } as const
  return verifyNow('sha256', bytes, given, Buffer.from(signature, 'base64url'))
}

/** SHA-256 of a text's UTF-8 bytes as 64 hex digits, as `sha256Hex` of protocol/bytes.ts. */
export const digestHex = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex')
