/** A person shows that it is they who look: a passkey over the server's own challenge (docs/decisions/0023). Knows no policy and no session. */
import { challengeOf, confirmBytes } from '../../protocol/sign-in.ts'
import type { Tx } from '../db/database.ts'
import { write } from '../live/write.ts'
import { asActor } from '../policy/audited.ts'
import type { DevicePrincipal } from '../policy/principal.ts'
import { noteAudit } from '../store/audit.ts'
import { noteVerified } from '../store/devices.ts'
import { notePasskeyAsked, type PlacedPasskey, passkeysOf } from '../store/passkeys.ts'
import { refuse } from '../store/refused.ts'
import { lookingTopic, ownerTopic, trustTopic } from '../store/topic.ts'
import { counting } from './consenting.ts'
import { passkeyWrong, requireAsserted } from './sign-in/asserting.ts'
import { spendNonce } from './sign-in/nonce.ts'
import type { Confirmation, Place } from './sign-in/passkey.ts'

/** What the passkey signs besides the challenge, the page and the device. */
const ACT = 'look'

/**
 * From now on the device may look, for as long as policy says. By a passkey of the device that an active host of its person has pinned (whoever holds the
 * phone makes another one, but nobody pins it), or by one that its person signs in with. What was to be signed is used up, good or not. Throws PASSKEY_WRONG,
 * PASSKEY_REQUIRED for one that nobody has pinned. Returns when, by the database's clock.
 */
export async function vouchForLooking(
  place: Place,
  by: DevicePrincipal,
  { nonce, assertion }: Confirmation,
): Promise<Date> {
  const { database } = place
  const { ownerId, deviceId } = by
  const origin = await database.transaction((tx) => spendNonce(tx, nonce, deviceId))
  if (origin === null) throw passkeyWrong()
  const bytes = confirmBytes({ nonce, origin, deviceId, act: ACT })
  const own = await database.read((tx) => ownPasskey(tx, by, assertion.id))
  if (own === null) await requireAsserted(database, { assertion, bytes, origin, ownerId })
  else {
    const { isVouched } = await import('./web-authn.ts')
    if (!(await isVouched(assertion, own, await challengeOf(bytes)))) throw passkeyWrong()
  }
  return write(place, async (tx, ring) => {
    // Taken away meanwhile, it vouches for nothing.
    if (own && !(await ownPasskey(tx, by, own.id))) throw passkeyWrong()
    if (own) await notePasskeyAsked(tx, own.id)
    const verifiedAt = await noteVerified(tx, deviceId)
    const entry = { action: 'device.verify', target: deviceId, proof: 'passkey', line: 'to look' }
    await noteAudit(tx, { ...asActor(by), ...entry, outcome: 'DONE' })
    ring(trustTopic, lookingTopic(deviceId), ownerTopic(ownerId))
    return verifiedAt
  })
}

/** Null for one that is not this device's. Throws PASSKEY_REQUIRED for one of its own that counts nowhere. */
async function ownPasskey(tx: Tx, by: DevicePrincipal, id: string): Promise<PlacedPasskey | null> {
  const there = (await passkeysOf(tx, [by.deviceId])).get(by.deviceId) ?? []
  if (!there.some((one) => one.id === id)) return null
  const counts = (await counting(tx, by)).find((one) => one.id === id)
  if (counts) return counts
  throw refuse(
    'PASSKEY_REQUIRED',
    'This passkey counts on no workstation of yours yet, so it says nothing of who you are.',
    {
      rule: 'stepUp at VIEW',
      level: 'host',
      remedy: 'At a terminal of yours: offdesk devices pin.',
    },
  )
}
