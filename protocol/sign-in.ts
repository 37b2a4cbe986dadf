/** The words that a device's key and a person's passkey both sign: signing in, and confirming one act. Knows no network and no authenticator. */
import { type Bytes, lines, sha256, toBase64Url } from './bytes.ts'

type Page = {
  /** The server's, good once. */
  readonly nonce: string
  /** Of the page, as the browser says it. */
  readonly origin: string
  /** The device that asks; it commits to its key. */
  readonly deviceId: string
}

/** The device's key signs them, and the passkey is asked over their hash: what one browser was given makes no device of another's key. */
export const signInBytes = ({ nonce, origin, deviceId }: Page): Bytes =>
  lines('offdesk/sign-in/1', nonce, origin, deviceId)

/** `act`: `invite`, `add-passkey`, `look`, or `remove-passkey` or `revoke-invitation` and the id behind a blank. */
export const confirmBytes = ({ nonce, origin, deviceId, act }: Page & { readonly act: string }): Bytes =>
  lines('offdesk/confirm/1', nonce, origin, deviceId, act)

/** What an authenticator is given as its challenge. */
export const challengeOf = async (bytes: Bytes): Promise<string> => toBase64Url(await sha256(bytes))
