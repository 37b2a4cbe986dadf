/** What a passkey says for a device, as the browser gives it, and the words in which a device asks a host to pin one (T5). Knows no network. */
import { type Bytes, lines, sha256 } from './bytes.ts'
import { spelled } from './pairing.ts'

/** An assertion of WebAuthn; every field in base64url as the browser gives it. */
export type Assertion = {
  /** Credential id of the passkey. */
  readonly id: string
  readonly authenticatorData: string
  readonly clientData: string
  /** In the algorithm's own form: DER for ES256. */
  readonly signature: string
}

export type Pinning = {
  readonly hostId: string
  /** Whose words the passkey shall vouch for; it signs this. */
  readonly deviceId: string
  readonly passkeyId: string
  /** SubjectPublicKeyInfo in base64url, as the authenticator gave it to the page. */
  readonly publicKey: string
  /** The page's, whose host name the passkey belongs to. */
  readonly origin: string
}

/** Canonical bytes: signed by the device; their SHA-256 is the challenge for a passkey that was pinned before. */
export const pinningBytes = ({ hostId, deviceId, passkeyId, publicKey, origin }: Pinning): Bytes =>
  lines('offdesk/passkey/1', hostId, deviceId, passkeyId, publicKey, origin)

/** Six signs that phone and terminal both show, so that the key press is for this passkey and not for another that asks at the same time. */
export const pinningCode = async (bytes: Bytes): Promise<string> => spelled(await sha256(bytes))

/** Pages on which passkeys work: HTTPS with a name, and this machine by its name. */
export function passkeyHost(origin: string): string | null {
  if (!URL.canParse(origin)) return null
  const { protocol, hostname, origin: own } = new URL(origin)
  const isNamed = /[a-z]/i.test(hostname) && !hostname.startsWith('[')
  const isSafe = protocol === 'https:' || (protocol === 'http:' && hostname === 'localhost')
  return own === origin && isNamed && isSafe ? hostname : null
}
