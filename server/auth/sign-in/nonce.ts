/** What is signed at a sign-in or a confirmation: the server's, good once and for five minutes, kept as a hash with the page that asked. */
import { randomText } from '../../../protocol/bytes.ts'
import type { Tx } from '../../db/database.ts'
import { addPasskeyChallenge, spendPasskeyChallenge } from '../../store/passkeys.ts'
import { parseOrigin } from '../passkeys.ts'
import { hashToken } from '../tokens.ts'

export type Begun = { nonce: string; rpId: string }

/** `deviceId` is whose it is; null for a browser that is nobody yet. Throws BAD_INPUT for a page of another address. */
export async function beginNonce(
  tx: Tx,
  asked: { origin: string; publicUrl: string | null; deviceId: string | null },
): Promise<Begun> {
  const { origin, rpId } = parseOrigin(asked.origin, asked.publicUrl)
  const nonce = randomText(32)
  await addPasskeyChallenge(tx, { challengeHash: hashToken(nonce), deviceId: asked.deviceId, origin })
  return { nonce, rpId }
}

/** The page it was given to, for the one call that uses it up; null when it is used, late, unknown or another's. */
export const spendNonce = (tx: Tx, nonce: string, deviceId: string | null): Promise<string | null> =>
  spendPasskeyChallenge(tx, hashToken(nonce), deviceId)
