/**
 * What every way of signing in ends with: an authenticated person becomes a device (docs/decisions/0019). It may view; no host takes an order of it before a
 * key press or an endorsement. Knows neither passkeys nor OIDC.
 */
import { verify } from '../../../protocol/keys.ts'
import { signInBytes } from '../../../protocol/sign-in.ts'
import type { Tx } from '../../db/database.ts'
import { bringUnder } from '../../policy/applying.ts'
import { noteAudit } from '../../store/audit.ts'
import { addSignedIn, type DeviceRow, type SignedInBy } from '../../store/devices.ts'
import { createOwner, type OwnerRow } from '../../store/owners.ts'
import { refuse } from '../../store/refused.ts'
import { lockPerson } from '../../store/sign-in-passkeys.ts'
import { ownerTopic, type Ring, trustTopic } from '../../store/topic.ts'
import { requireProvisioned } from '../letting-in.ts'
import { parseKey, parseName } from '../parse.ts'
import { newToken } from '../tokens.ts'

/** As the browser sends it: the signature of its own key over `signInBytes`. */
export type NewDevice = { name: string; publicKey: string; signature: string }
export type ProvenDevice = { deviceId: string; name: string; publicKey: string }
/** The token is shown once. */
export type SignedIn = { token: string; person: { id: string; name: string }; device: DeviceRow }

/** Throws SIGNATURE_WRONG for a key that whoever asks does not hold, BAD_INPUT for what is none. */
export async function provesKey(
  { name, publicKey, signature }: NewDevice,
  page: { nonce: string; origin: string },
): Promise<ProvenDevice> {
  const device = { deviceId: await parseKey('dev', publicKey), name: parseName(name), publicKey }
  const bytes = signInBytes({ ...page, deviceId: device.deviceId })
  const isOwn = /^[\w-]{1,1024}$/.test(signature) && (await verify(publicKey, bytes, signature))
  if (isOwn) return device
  throw refuse('SIGNATURE_WRONG', 'The signature is not this device’s over this sign-in.', {
    rule: 'a device proves its key when it signs in',
    level: 'device',
    remedy: 'Load the page again and sign in once more.',
  })
}

/**
 * In the transaction in which whoever calls has found out who it is. Throws REVOKED for a person whose identity provider says no and for a key that was
 * revoked, TOO_LARGE for one device too many.
 */
export async function admitPerson(
  tx: Tx,
  ring: Ring,
  who: { ownerId: string; by: SignedInBy /** For the audit. */; proof: string },
  { deviceId, name, publicKey }: ProvenDevice,
): Promise<SignedIn> {
  const { ownerId, by, proof } = who
  const person = await lockPerson(tx, ownerId)
  await requireProvisioned(tx, ownerId)
  const { token, tokenHash } = newToken('odd')
  const device = await addSignedIn(tx, { id: deviceId, ownerId, name, publicKey, tokenHash, by })
  await noteAudit(tx, {
    ...{ ownerId, actor: deviceId, actorName: name, surface: 'DEVICE', action: 'sign-in', target: deviceId },
    ...{ proof, outcome: 'DONE', line: device.awaitsTrust ? 'to view, until a host trusts it' : `rung ${device.rung}` },
  })
  ring(ownerTopic(ownerId), trustTopic)
  return { token, person, device }
}

/** Somebody who is new here, under `organisationId`'s policy from the start where that is set. */
export async function createPerson(
  tx: Tx,
  ring: Ring,
  asked: { name: string; organisationId: string | null; by: { actor: string; name: string }; proof: string },
): Promise<OwnerRow> {
  const { organisationId, by, proof } = asked
  const person = await createOwner(tx, parseName(asked.name))
  if (organisationId !== null) await bringUnder(tx, ring, by, { organisationId, ownerId: person.id })
  await noteAudit(tx, {
    ...{ ownerId: person.id, actor: by.actor, actorName: by.name, surface: 'SERVER', action: 'person.register' },
    ...{ target: person.id, proof, outcome: 'DONE', line: organisationId ?? 'in no organisation' },
  })
  return person
}
