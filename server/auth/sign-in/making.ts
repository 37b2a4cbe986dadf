/** A new passkey of a person: made just now, over these very bytes, its person verified. */
import type { Bytes } from '../../../protocol/bytes.ts'
import { challengeOf } from '../../../protocol/sign-in.ts'
import { type Refused, refuse } from '../../store/refused.ts'
import { type Attested, type Made, madeWith } from '../web-authn.ts'

/** Throws PASSKEY_WRONG for what no authenticator made so on that page. */
export async function madeOver(passkey: Attested, bytes: Bytes, origin: string): Promise<Made> {
  const made = await madeWith(passkey, { challenge: await challengeOf(bytes), origin })
  if (made === null) throw notMade()
  return made
}

export const notMade = (): Refused =>
  refuse('PASSKEY_WRONG', 'This is no passkey that was made just now, with its person verified.', {
    rule: 'a passkey answers a fresh challenge and verifies its person',
    level: 'server',
    remedy: 'Make it again; use an authenticator with a fingerprint, a face or a PIN.',
  })
