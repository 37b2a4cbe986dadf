/** The last step of a pairing: the person's key press makes a device, or a host, of whoever joined (docs/protocol.md §6). */
import type { Assertion } from '../../protocol/passkey.ts'
import type { Tx } from '../db/database.ts'
import { asActor } from '../policy/audited.ts'
import type { DevicePrincipal, HostPrincipal } from '../policy/principal.ts'
import { noteAudit } from '../store/audit.ts'
import { addDevice, addToRoster } from '../store/devices.ts'
import { enrolHost } from '../store/hosts.ts'
import { type PairingRow, stepPairing } from '../store/pairings.ts'
import { notFound } from '../store/refused.ts'
import { ownerTopic, type Ring, trustTopic } from '../store/topic.ts'
import { requireConsent } from './consenting.ts'
import { ownPairing, pairingTopic } from './handshake.ts'
import { requireStillIn } from './letting-in.ts'
import type { Outcome } from './limited.ts'

/** Confirming again returns the same pairing, so a lost answer can be asked for again. A refusal in the outcome is thrown after the commit. */
export async function confirmPairing(
  tx: Tx,
  ring: Ring,
  by: HostPrincipal | DevicePrincipal,
  { id, assertion }: { id: string; assertion: Assertion | null },
): Promise<Outcome<PairingRow>> {
  const before = await ownPairing(tx, by, id, 'any')
  if (before.state === 'CONFIRMED') return { value: before }
  if (by.kind === 'device' && before.purpose !== 'ENROL_HOST') throw notFound('pairing')
  await requireStillIn(tx, by)
  const isDevice = before.purpose === 'PAIR_DEVICE'
  const pressed = isDevice ? 'match code' : 'match code, key press'
  const consent = by.kind === 'device' ? await requireConsent(tx, by, before, assertion) : { value: pressed }
  if ('refused' in consent) return consent
  const { value: proof } = consent
  const row = await stepPairing(tx, id, ['REVEALED'], { state: 'CONFIRMED' })
  if (isDevice) await admitDevice(tx, row)
  else await admitHost(tx, row)
  await noteAudit(tx, {
    ...{ ...asActor(by), ownerId: row.ownerId, action: isDevice ? 'device.pair' : 'host.enrol', outcome: 'DONE' },
    ...{ target: isDevice ? row.deviceId : row.hostId, proof, line: `pairing ${id}, rung ${row.rung}` },
  })
  ring(pairingTopic(id), trustTopic)
  if (row.ownerId) ring(ownerTopic(row.ownerId))
  return { value: row }
}

async function admitDevice(tx: Tx, row: PairingRow): Promise<void> {
  const { ownerId, hostId, deviceId, tokenHash, joinerName, joinerPublicKey, rung } = row
  if (!ownerId || !hostId || !deviceId || !tokenHash || !joinerName || !joinerPublicKey) throw notFound('pairing')
  await addDevice(tx, {
    ...{ id: deviceId, ownerId, name: joinerName, kind: 'BROWSER', publicKey: joinerPublicKey, rung, tokenHash },
  })
  await addToRoster(tx, deviceId, hostId)
}

async function admitHost(tx: Tx, row: PairingRow): Promise<void> {
  const { ownerId, hostId, openerName, openerPublicKey, platform } = row
  if (!ownerId || !hostId) throw notFound('pairing')
  await enrolHost(tx, { id: hostId, ownerId, name: openerName, platform, publicKey: openerPublicKey })
}
