/** Signing in with a passkey, in a browser that nobody has paired. Off every hot path: the library is loaded with the first passkey. */
import type { Assertion } from '../../../protocol/passkey.ts'
import { confirmBytes, signInBytes } from '../../../protocol/sign-in.ts'
import type { Database, Tx } from '../../db/database.ts'
import type { Bell } from '../../live/bell.ts'
import { write } from '../../live/write.ts'
import type { DevicePrincipal } from '../../policy/principal.ts'
import { refuse } from '../../store/refused.ts'
import { findSignInPasskey, type SignInPasskeyRow } from '../../store/sign-in-passkeys.ts'
import { counted, type Outcome, SIGN_IN } from '../limited.ts'
import { admitPerson, type NewDevice, provesKey, type SignedIn } from './admitting.ts'
import { passkeyWrong, requireAsserted } from './asserting.ts'
import { type Begun, beginNonce, spendNonce } from './nonce.ts'

export type Place = { database: Database; bell: Bell }

export const beginSignIn = (
  tx: Tx,
  asked: { origin: string; publicUrl: string | null; address: string },
): Promise<Outcome<Begun>> => counted(tx, SIGN_IN, asked.address, () => beginNonce(tx, { ...asked, deviceId: null }))

export type SignInAsked = {
  nonce: string
  device: NewDevice
  assertion: Assertion
  userHandle?: string | null | undefined
}

/** What it was given to sign is used up, good or not. Throws PASSKEY_WRONG, SIGNATURE_WRONG, and what `admitPerson` throws. */
export async function signIn(place: Place, { nonce, device, assertion, userHandle }: SignInAsked): Promise<SignedIn> {
  const origin = await place.database.transaction((tx) => spendNonce(tx, nonce, null))
  if (origin === null) throw passkeyWrong()
  const proven = await provesKey(device, { nonce, origin })
  const bytes = signInBytes({ nonce, origin, deviceId: proven.deviceId })
  const { id, ownerId } = await requireAsserted(place.database, { assertion, bytes, origin, userHandle })
  return write(place, async (tx, ring) => {
    const signedIn = await admitPerson(tx, ring, { ownerId, by: 'PASSKEY', proof: 'passkey' }, proven)
    // Removing one takes the person's lock, which is held now.
    if (!(await findSignInPasskey(tx, id))) throw passkeyWrong()
    return signedIn
  })
}

/** As the browser answers for one act of a person who is signed in or paired. */
export type Confirmation = { nonce: string; assertion: Assertion }

/** A fresh passkey of the person for this very act; used up, good or not. Throws PASSKEY_REQUIRED, PASSKEY_WRONG. */
export async function requireConfirmed(
  { database }: Place,
  by: DevicePrincipal,
  act: string,
  confirmation: Confirmation | null | undefined,
): Promise<SignInPasskeyRow> {
  if (!confirmation) {
    throw refuse('PASSKEY_REQUIRED', 'This needs a passkey that you sign in with, for this very act.', {
      rule: 'what outlives a device is confirmed by its person',
      level: 'server',
      owner: 'Offdesk',
      remedy: 'Confirm it with your passkey. Without one, at a terminal of yours: offdesk invite.',
    })
  }
  const { nonce, assertion } = confirmation
  const { ownerId, deviceId } = by
  const origin = await database.transaction((tx) => spendNonce(tx, nonce, deviceId))
  if (origin === null) throw passkeyWrong()
  return requireAsserted(database, {
    ...{ assertion, origin, ownerId },
    bytes: confirmBytes({ nonce, origin, deviceId, act }),
  })
}
