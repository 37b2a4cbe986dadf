/**
 * A software authenticator, byte by byte as WebAuthn asks: one credential on P-256, attestation “none”. A phone that is stolen while unlocked still
 * touches (`verifies: false`: user present, not verified). Knows no browser.
 */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { Assertion } from '../../protocol/passkey.ts'

export type Authenticator = {
  readonly id: string
  /** SubjectPublicKeyInfo in base64url, as a page gets it from `getPublicKey()`. */
  readonly publicKey: string
  readonly origin: string
  create(challenge: string): { id: string; clientData: string; attestationObject: string }
  /** `as` says something else than a browser would; `count` is how often it says that it was used, which those of phones do not say. */
  get(
    challenge: string,
    as?: { type?: string; origin?: string; rpId?: string; crossOrigin?: boolean; verifies?: boolean; count?: number },
  ): Assertion
}

const sha256 = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest()

export function createAuthenticator(how: { origin: string; verifies?: boolean }): Authenticator {
  const { origin, verifies = true } = how
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const rawId = randomBytes(20)
  const id = rawId.toString('base64url')
  const UP = 0x01
  const UV = 0x04
  const AT = 0x40
  const head = (flags: number, count = 0, rpId = new URL(origin).hostname) => {
    const bytes = Buffer.from([flags, 0, 0, 0, 0])
    bytes.writeUInt32BE(count, 1)
    return Buffer.concat([sha256(rpId), bytes])
  }
  const clientData = (type: string, challenge: string, from = origin, crossOrigin = false) =>
    Buffer.from(JSON.stringify({ type, challenge, origin: from, crossOrigin }))
  return {
    ...{ id, origin },
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64url'),
    create(challenge) {
      const cose = map([1, 2], [3, -7], [-1, 1], [-2, Buffer.from(x, 'base64url')], [-3, Buffer.from(y, 'base64url')])
      const length = Buffer.from([0, rawId.length])
      const authData = Buffer.concat([head(UP | (verifies ? UV : 0) | AT), Buffer.alloc(16), length, rawId, cose])
      const attestation = map(['fmt', 'none'], ['attStmt', []], ['authData', authData])
      return {
        id,
        clientData: clientData('webauthn.create', challenge).toString('base64url'),
        attestationObject: attestation.toString('base64url'),
      }
    },
    get(
      challenge,
      { type = 'webauthn.get', origin: from, rpId, crossOrigin, verifies: isVerified = verifies, count } = {},
    ) {
      const data = clientData(type, challenge, from, crossOrigin)
      const authenticatorData = head(UP | (isVerified ? UV : 0), count, rpId)
      const signature = sign('sha256', Buffer.concat([authenticatorData, sha256(data)]), privateKey)
      return {
        ...{ id, authenticatorData: authenticatorData.toString('base64url'), clientData: data.toString('base64url') },
        signature: signature.toString('base64url'),
      }
    },
  }
}

type Value = number | string | Buffer | readonly []

/** As much of CBOR (RFC 8949) as this needs: small integers, texts, bytes, maps of them, the empty map. */
const map = (...entries: readonly (readonly [Value, Value])[]): Buffer =>
  Buffer.concat([headed(5, entries.length), ...entries.flat().map(cbor)])

function cbor(value: Value): Buffer {
  if (typeof value === 'number') return value < 0 ? headed(1, -1 - value) : headed(0, value)
  if (typeof value === 'string') return Buffer.concat([headed(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (Buffer.isBuffer(value)) return Buffer.concat([headed(2, value.length), value])
  return headed(5, 0)
}

function headed(major: number, count: number): Buffer {
  if (count < 24) return Buffer.from([(major << 5) | count])
  return count < 256
    ? Buffer.from([(major << 5) | 24, count])
    : Buffer.from([(major << 5) | 25, count >> 8, count & 255])
}
