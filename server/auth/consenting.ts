/**
 * Whether a workstation may be let in on a device's word (T4). A phone that is stolen while it is unlocked can say so too: a passkey says that its person is
 * there, and where it has none, the key press at another machine of that person, which confirms by itself.
 */
import { commandChallenge } from '../../protocol/command.ts'
import { admissionBytes } from '../../protocol/pairing.ts'
import type { Assertion } from '../../protocol/passkey.ts'
import type { Tx } from '../db/database.ts'
import type { DevicePrincipal } from '../policy/principal.ts'
import { findDevice } from '../store/devices.ts'
import { activeHostIds } from '../store/hosts.ts'
import { isFreshlySignedIn } from '../store/oidc.ts'
import type { PairingRow } from '../store/pairings.ts'
import { notePasskeyUsed, type PlacedPasskey, passkeysOf } from '../store/passkeys.ts'
import { type Refused, refuse } from '../store/refused.ts'
import { findSignInPasskey, hasSignInPasskey, type SignInPasskeyRow } from '../store/sign-in-passkeys.ts'
import type { Outcome } from './limited.ts'
import { assertedIn } from './sign-in/asserting.ts'

/**
 * What the audit says of it; refused after the commit where what was noted with the refusal is to stay (a copied passkey). Throws RUNG_TOO_LOW, PASSKEY_REQUIRED, and PASSKEY_WRONG for an
 * assertion that is not over this very pairing.
 */
export async function requireConsent(
  tx: Tx,
  by: DevicePrincipal,
  row: PairingRow,
  assertion: Assertion | null,
): Promise<Outcome<string>> {
  const signIn = assertion === null ? null : await findSignInPasskey(tx, assertion.id)
  if (assertion !== null && signIn?.ownerId === by.ownerId) return bySignIn(tx, by, row, { assertion, signIn })
  if (await isFreshlySignedIn(tx, by.deviceId)) return { value: 'match code, asked again by the provider' }
  if (by.rung !== 'FULL') {
    if (assertion !== null) throw wrong()
    throw (await maySayWho(tx, by)) ? required(1) : tooLow(by)
  }
  const passkeys = await counting(tx, by)
  if (assertion === null) throw required(passkeys.length)
  const passkey = passkeys.find(({ id }) => id === assertion.id)
  if (!passkey || !(await isOver(row, passkey, assertion))) throw wrong()
  await notePasskeyUsed(tx, passkey.id, by.deviceId)
  return { value: 'match code, passkey' }
}

/** A passkey that its person signs in with is theirs and no device's: the browser that they have just signed in on has no other, and no machine yet. */
async function bySignIn(
  tx: Tx,
  { ownerId }: DevicePrincipal,
  row: PairingRow,
  { assertion, signIn }: { assertion: Assertion; signIn: SignInPasskeyRow },
): Promise<Outcome<string>> {
  const bytes = bytesOf(row)
  if (bytes === null) throw wrong()
  const outcome = await assertedIn(tx, { assertion, bytes, origin: signIn.origin, ownerId })
  return 'refused' in outcome ? outcome : { value: 'match code, sign-in passkey' }
}

/** Whether the person can show who they are on any device of theirs: with a passkey that they sign in with, or at their organisation's provider. */
async function maySayWho(tx: Tx, { ownerId, deviceId }: DevicePrincipal): Promise<boolean> {
  if (await hasSignInPasskey(tx, ownerId)) return true
  const device = await findDevice(tx, ownerId, deviceId)
  return device?.signedInBy === 'OIDC'
}

/** Null for a device that may type a workstation's code; who it shows itself as is asked when it confirms. */
export const whyNotEnrol = async (tx: Tx, by: DevicePrincipal): Promise<Refused | null> =>
  by.rung === 'FULL' || (await maySayWho(tx, by)) ? null : tooLow(by)

const tooLow = ({ rung }: DevicePrincipal): Refused =>
  refuse('RUNG_TOO_LOW', 'Letting a workstation in needs a device with full, or a passkey that you sign in with.', {
    rule: `device rung ${rung}`,
    level: 'device',
    owner: 'you',
    remedy:
      'At a terminal of yours, “offdesk invite --myself” prints a link that makes such a passkey. No terminal left: if this server is yours, “offdesk recover” at its machine; else whoever runs it invites you anew.',
  })

/** A passkey of this device that a machine of its person has pinned: whoever holds the phone makes another one, but nobody pins it. */
export async function counting(tx: Tx, { ownerId, deviceId }: DevicePrincipal): Promise<PlacedPasskey[]> {
  const own = (await passkeysOf(tx, [deviceId])).get(deviceId) ?? []
  const active = await activeHostIds(tx, ownerId)
  return own.filter(({ hostIds }) => hostIds.some((id) => active.includes(id)))
}

async function isOver(row: PairingRow, passkey: PlacedPasskey, assertion: Assertion): Promise<boolean> {
  const bytes = bytesOf(row)
  if (bytes === null) return false
  const { isVouched } = await import('./web-authn.ts')
  return isVouched(assertion, passkey, await commandChallenge(bytes))
}

/** Null before the reveal: then there is nothing to consent to. */
function bytesOf({ id, purpose, openerPublicKey, openerNonce, joinerPublicKey, joinerNonce }: PairingRow) {
  if (openerNonce === null || joinerPublicKey === null || joinerNonce === null) return null
  return admissionBytes(id, { purpose, openerPublicKey, openerNonce, joinerPublicKey, joinerNonce })
}

const required = (pinned: number): Refused =>
  refuse('PASSKEY_REQUIRED', 'Letting a workstation in needs its person: a passkey, or a key press at another one.', {
    rule: 'stepUp at FULL',
    level: 'server',
    owner: 'Offdesk',
    remedy:
      pinned > 0
        ? 'Confirm it with your passkey on this device.'
        : 'At the terminal of a workstation that is known here already: offdesk devices admit.',
    numbers: { pinned },
  })

const wrong = (): Refused =>
  refuse(
    'PASSKEY_WRONG',
    'This passkey has not vouched for letting in this very workstation, with its person verified.',
    {
      rule: 'T4: a passkey vouches for one workstation',
      level: 'device',
      remedy: 'Confirm it once more, or press y at a workstation that is known here already: offdesk devices admit.',
    },
  )
