// Whether a pinned passkey has signed a challenge on its own page, with its person verified (WebAuthn §7.2, as much of it as a host needs). Node checks the
// signature; what is read here is 37 bytes and one line of JSON. Knows no server: key, page and challenge are this machine's own.
import { createHash, createPublicKey, type KeyObject, timingSafeEqual, verify } from 'node:crypto'
import { type Assertion, passkeyHost } from '../../protocol/passkey.ts'

export type Pinned = {
  /** Credential id. */
  readonly id: string
  /** SubjectPublicKeyInfo in base64url. */
  readonly publicKey: string
  readonly origin: string
}

const USER_PRESENT = 0x01
const USER_VERIFIED = 0x04
const RP_ID_HASH = 32

/** Null when it has; else what is wrong, in words for people. Never throws. */
export function doubtAbout(assertion: Assertion, pinned: Pinned, challenge: string): string | null {
  if (assertion.id !== pinned.id) return 'another passkey has signed than the one that is named'
  const authenticatorData = Buffer.from(assertion.authenticatorData, 'base64url')
  const clientData = Buffer.from(assertion.clientData, 'base64url')
  const flags = authenticatorData[RP_ID_HASH]
  if (flags === undefined || authenticatorData.length < 37) return 'its data is cut off'
  const said = parsed(clientData)
  if (said?.type !== 'webauthn.get') return 'it is no assertion'
  if (said.challenge !== challenge) return 'it was made for something else'
  if (said.origin !== pinned.origin || said.crossOrigin === true) return 'it was made on another page'
  const rpIdHash = sha256(Buffer.from(passkeyHost(pinned.origin) ?? ''))
  if (!timingSafeEqual(authenticatorData.subarray(0, RP_ID_HASH), rpIdHash)) return 'it belongs to another address'
  if ((flags & USER_PRESENT) === 0 || (flags & USER_VERIFIED) === 0) return 'its person was not verified'
  const signed = Buffer.concat([authenticatorData, sha256(clientData)])
  return isSigned(pinned.publicKey, signed, Buffer.from(assertion.signature, 'base64url'))
    ? null
    : 'its signature is wrong'
}

/** The kinds of key that passkeys have, by what Node calls them; the digest each signs with. */
const DIGESTS: Readonly<Record<string, string | null>> = { ec: 'sha256', rsa: 'sha256', ed25519: null }

/** Throws RangeError for what is no key of a passkey. */
export function readPasskeyKey(publicKey: string): KeyObject {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64url'), format: 'der', type: 'spki' })
    if (key.asymmetricKeyType !== undefined && Object.hasOwn(DIGESTS, key.asymmetricKeyType)) return key
  } catch {}
  throw new RangeError('the passkey has no key that this machine can read')
}

function isSigned(publicKey: string, bytes: Buffer, signature: Buffer): boolean {
  try {
    const key = readPasskeyKey(publicKey)
    return verify(DIGESTS[key.asymmetricKeyType ?? ''] ?? null, bytes, key, signature)
  } catch {
    return false
  }
}

function parsed(
  bytes: Buffer,
): { type?: unknown; challenge?: unknown; origin?: unknown; crossOrigin?: unknown } | null {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    return typeof value === 'object' ? value : null
  } catch {
    return null
  }
}

const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest()
