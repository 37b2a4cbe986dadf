/**
 * Whether a workstation may be let in on a device's word (T4). A phone that is stolen while it is unlocked can say so too: a passkey says that its person is
 * there, and where it has none, the key press at another machine of that person, which confirms by itself.
 */
import { commandChallenge } from '../../protocol/command.ts'
import { admissionBytes } from '../../protocol/pairing.ts'
import type { Assertion } from '../../protocol/passkey.ts'
import type { Tx } from '../db/database.ts'
import type { DevicePrincipal } from '../policy/principal.ts'
import { activeHostIds } from '../store/hosts.ts'
import type { PairingRow } from '../store/pairings.ts'
import { notePasskeyUsed, type PlacedPasskey, passkeysOf } from '../store/passkeys.ts'
import { type Refused, refuse } from '../store/refused.ts'

/** Returns what the audit says of it. Throws RUNG_TOO_LOW, PASSKEY_REQUIRED, and PASSKEY_WRONG for an assertion that is not over this very pairing. */
export async function requireConsent(
  tx: Tx,
  by: DevicePrincipal,
  row: PairingRow,
  assertion: Assertion | null,
): Promise<string> {
  if (by.rung !== 'FULL') {
    throw refuse('RUNG_TOO_LOW', 'Letting a new host in needs FULL.', {
      rule: `device rung ${by.rung}`,
      level: 'device',
      remedy: 'Use a device with the rung FULL, or the setup code.',
    })
  }
  const passkeys = await counting(tx, by)
  if (assertion === null) throw required(passkeys.length)
  const passkey = passkeys.find(({ id }) => id === assertion.id)
  if (!passkey || !(await isOver(row, passkey, assertion))) throw wrong()
  await notePasskeyUsed(tx, passkey.id, by.deviceId)
  return 'match code, passkey'
}

/** A passkey of this device that a machine of its person has pinned: whoever holds the phone makes another one, but nobody pins it. */
async function counting(tx: Tx, { ownerId, deviceId }: DevicePrincipal): Promise<PlacedPasskey[]> {
  const own = (await passkeysOf(tx, [deviceId])).get(deviceId) ?? []
  const active = await activeHostIds(tx, ownerId)
  return own.filter(({ hostIds }) => hostIds.some((id) => active.includes(id)))
}

async function isOver(row: PairingRow, passkey: PlacedPasskey, assertion: Assertion): Promise<boolean> {
  const { id, purpose, openerPublicKey, openerNonce, joinerPublicKey, joinerNonce } = row
  // Before the reveal there is nothing to consent to.
  if (openerNonce === null || joinerPublicKey === null || joinerNonce === null) return false
  const bytes = admissionBytes(id, { purpose, openerPublicKey, openerNonce, joinerPublicKey, joinerNonce })
  const { isVouched } = await import('./web-authn.ts')
  return isVouched(assertion, passkey, await commandChallenge(bytes))
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
