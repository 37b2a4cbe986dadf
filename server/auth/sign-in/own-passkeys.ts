/** The passkeys that a person signs in with: one more on the word of one that is there, and one taken away. A stolen token does neither. */
import { signInBytes } from '../../../protocol/sign-in.ts'
import type { Tx } from '../../db/database.ts'
import { write } from '../../live/write.ts'
import { asActor } from '../../policy/audited.ts'
import type { DevicePrincipal, HostPrincipal } from '../../policy/principal.ts'
import { noteAudit } from '../../store/audit.ts'
import {
  addSignInPasskey,
  listSignInPasskeys,
  lockPerson,
  removeSignInPasskey,
  type SignInPasskeyRow,
} from '../../store/sign-in-passkeys.ts'
import { ownerTopic } from '../../store/topic.ts'
import { requireStillIn } from '../letting-in.ts'
import { parseName } from '../parse.ts'
import type { BegunPasskey } from '../passkeys.ts'
import type { Attested } from '../web-authn.ts'
import { handleOf } from './accepting.ts'
import { madeOver, notMade } from './making.ts'
import { beginNonce, spendNonce } from './nonce.ts'
import { type Confirmation, type Place, requireConfirmed } from './passkey.ts'

/** `challenge` is the nonce of `signInBytes`; the authenticator is given the hash of those. */
export async function beginOwnPasskey(
  tx: Tx,
  { ownerId, deviceId }: DevicePrincipal,
  page: { origin: string; publicUrl: string | null },
): Promise<BegunPasskey> {
  const { nonce: challenge, rpId } = await beginNonce(tx, { ...page, deviceId })
  const { name: userName } = await lockPerson(tx, ownerId)
  const there = await listSignInPasskeys(tx, ownerId)
  const userId = there[0]?.userHandle ?? handleOf(ownerId)
  return { challenge, rpId, userId, userName, excludeIds: there.map(({ id }) => id) }
}

export type OwnPasskeyAsked = { name: string; nonce: string; passkey: Attested; confirmation: Confirmation }

/** Throws PASSKEY_REQUIRED, PASSKEY_WRONG, TOO_LARGE. A person's first is made by a one-time link of their terminal. */
export async function addOwnPasskey(
  place: Place,
  by: DevicePrincipal,
  { nonce, passkey, confirmation, ...asked }: OwnPasskeyAsked,
): Promise<SignInPasskeyRow> {
  const name = parseName(asked.name)
  const { ownerId, deviceId } = by
  const { userHandle } = await requireConfirmed(place, by, 'add-passkey', confirmation)
  const origin = await place.database.transaction((tx) => spendNonce(tx, nonce, deviceId))
  if (origin === null) throw notMade()
  const made = await madeOver(passkey, signInBytes({ nonce, origin, deviceId }), origin)
  return write(place, async (tx, ring) => {
    // A passkey outlives the device that asked for it: whoever has ended meanwhile leaves none behind.
    await requireStillIn(tx, by)
    const row = await addSignInPasskey(tx, { ...made, ownerId, userHandle, name, origin })
    await note(tx, by, 'sign-in-passkey.add', row)
    ring(ownerTopic(ownerId))
    return row
  })
}

/** By a device with a fresh passkey, which may be that very one; by a host's terminal without. Throws NOT_FOUND, PASSKEY_REQUIRED, PASSKEY_WRONG. */
export async function removeOwnPasskey(
  place: Place,
  by: DevicePrincipal | HostPrincipal,
  { id, confirmation }: { id: string; confirmation: Confirmation | null | undefined },
): Promise<SignInPasskeyRow> {
  if (by.kind === 'device') await requireConfirmed(place, by, `remove-passkey ${oneLine(id)}`, confirmation)
  return write(place, async (tx, ring) => {
    await lockPerson(tx, by.ownerId)
    const row = await removeSignInPasskey(tx, by.ownerId, id)
    await note(tx, by, 'sign-in-passkey.remove', row)
    ring(ownerTopic(by.ownerId))
    return row
  })
}

const oneLine = (id: string): string => id.replaceAll('\n', '')

const note = (tx: Tx, by: DevicePrincipal | HostPrincipal, action: string, { id, origin }: SignInPasskeyRow) =>
  noteAudit(tx, {
    ...{ ...asActor(by), action, target: id.slice(0, 22), outcome: 'DONE', line: `at ${origin}` },
    proof: by.kind === 'device' ? 'passkey' : 'none',
  })
