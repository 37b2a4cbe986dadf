/** What is done to devices after they are paired: scripts, endorsements, rungs, revocation (T3, T4, T5). Knows no transport. */
import { createHash } from 'node:crypto'
import { exportPublicKey, generateKeys, principalId, verify } from '../../protocol/keys.ts'
import { endorsementBytes } from '../../protocol/pairing.ts'
import type { Tx } from '../db/database.ts'
import { asActor } from '../policy/audited.ts'
import type { AdminPrincipal, DevicePrincipal, HostPrincipal } from '../policy/principal.ts'
import { noteAudit } from '../store/audit.ts'
import { readCommand } from '../store/command-kinds.ts'
import { type CommandRow, createCommand, lockHost } from '../store/commands.ts'
import { settleLeftOver } from '../store/delivery.ts'
import {
  addDevice,
  addToRoster,
  type DeviceRow,
  findDevice,
  noteTrusted,
  revokeDeviceRow,
  rosterPlaces,
  updateDevice,
} from '../store/devices.ts'
import { activeHostIds, type HostRow, revokeHostRow } from '../store/hosts.ts'
import { removePush } from '../store/pushes.ts'
import { notFound, refuse } from '../store/refused.ts'
import { type Rung, rungAtLeast, rungWord } from '../store/rung.ts'
import { lowerDevicesCommands, refuseDevicesCommands } from '../store/taken-away.ts'
import { ownerTopic, type Ring, trustTopic } from '../store/topic.ts'
import { requireStillIn } from './letting-in.ts'
import { parseKey, parseName } from './parse.ts'
import { newToken } from './tokens.ts'

type Governor = HostPrincipal | DevicePrincipal

const note = (tx: Tx, by: Governor, action: string, target: string, line: string) =>
  noteAudit(tx, { ...asActor(by), action, target, outcome: 'DONE', line })

const tooLow = (by: DevicePrincipal, what: string) =>
  refuse('RUNG_TOO_LOW', what, {
    rule: `device rung ${by.rung}`,
    level: 'device',
    remedy: 'Do it at the terminal of a workstation: offdesk devices.',
  })

/** A device that is a program: its token is shown once. Made at a host's terminal, so that host trusts its key at once. */
export async function addScript(
  tx: Tx,
  ring: Ring,
  by: HostPrincipal,
  asked: { name: string; publicKey?: string | null | undefined; rung: Rung },
): Promise<{ row: DeviceRow; token: string }> {
  const name = parseName(asked.name)
  // Without a key of its own it cannot sign; its id still has to be one that nobody else can have.
  const publicKey = asked.publicKey ?? null
  const id = publicKey
    ? await parseKey('dev', publicKey)
    : await principalId('dev', await exportPublicKey((await generateKeys(false)).publicKey))
  const { token, tokenHash } = newToken('odd')
  const { ownerId } = by
  await requireStillIn(tx, by)
  const row = await addDevice(tx, {
    ...{ id, ownerId, name, kind: 'SCRIPT', publicKey, rung: asked.rung, tokenHash, madeAtHostId: by.hostId },
  })
  await addToRoster(tx, id, by.hostId)
  await note(tx, by, 'device.script', id, `rung ${asked.rung}`)
  ring(ownerTopic(ownerId), trustTopic)
  return { row, token }
}

/** Asks `hostId` to take a device into its roster on the word of one it trusts. The host checks the signature; so do we, to answer early. */
export async function endorseDevice(
  tx: Tx,
  ring: Ring,
  by: DevicePrincipal,
  asked: { deviceId: string; hostId: string; rung?: Rung | null | undefined; signature: string },
): Promise<CommandRow> {
  const device = await findDevice(tx, by.ownerId, asked.deviceId)
  const endorser = await findDevice(tx, by.ownerId, by.deviceId)
  const { hostId, signature } = asked
  if (!(await activeHostIds(tx, by.ownerId)).includes(hostId)) throw notFound('host')
  if (!device?.publicKey || device.revokedAt) throw notFound('device')
  const newRung = (device.awaitsTrust ? asked.rung : null) ?? device.rung
  if (!rungAtLeast(by.rung, newRung))
    throw tooLow(by, `Endorsing a device with the rung ${rungWord(newRung)} needs it.`)
  if (!(await rosterPlaces(tx, [by.deviceId])).get(by.deviceId)?.includes(hostId)) {
    throw refuse('RUNG_TOO_LOW', 'That workstation does not know this device, so its word counts for nothing there.', {
      rule: 'a device vouches only at hosts that hold it in their roster',
      level: 'host',
      remedy: 'Pair the new device at that host, or endorse it from a device paired there.',
    })
  }
  const signed = endorsementBytes({ hostId, deviceId: device.id, publicKey: device.publicKey, rung: newRung })
  if (!endorser?.publicKey || !(await verify(endorser.publicKey, signed, signature))) {
    throw refuse('BAD_INPUT', "The signature is not this device's over the endorsement.")
  }
  const { publicKey, name } = device
  return createCommand(tx, ring, {
    ...{ ownerId: by.ownerId, hostId, sessionId: null, proof: null, expiresInSeconds: null, kind: 'EndorseDevice' },
    device: { id: by.deviceId, name: by.deviceName, rung: by.rung },
    key: createHash('sha256').update(signature).digest('hex'),
    value: { newDeviceId: device.id, publicKey, name, newRung, endorserId: by.deviceId, signature },
  })
}

/** A device may lower any rung, its own too; raising is for a host's credential alone. */
export async function setDeviceRung(
  tx: Tx,
  ring: Ring,
  by: Governor,
  asked: { id: string; rung: Rung },
): Promise<DeviceRow> {
  const before = await findDevice(tx, by.ownerId, asked.id)
  if (!before || before.revokedAt) throw notFound('device')
  if (by.kind === 'device') {
    if (!rungAtLeast(before.rung, asked.rung)) throw tooLow(by, 'A device cannot raise a rung, not even its own.')
    if (by.rung === 'VIEW' && by.deviceId !== asked.id) throw tooLow(by, 'A view-only device changes no other device.')
  }
  // Whoever queues a command holds its host's lock: theirs is found below, or it finds the new rung.
  for (const hostId of (await activeHostIds(tx, by.ownerId)).sort()) await lockHost(tx, hostId)
  const row = await updateDevice(tx, by.ownerId, asked.id, { rung: asked.rung })
  await lowerDevicesCommands(tx, asked.id, asked.rung)
  await note(tx, by, 'device.rung', asked.id, `rung ${before.rung} to ${asked.rung}`)
  ring(trustTopic, ownerTopic(by.ownerId))
  return row
}

export async function renameDevice(tx: Tx, ring: Ring, by: Governor, asked: { id: string; name: string }) {
  if (by.kind === 'device' && by.rung === 'VIEW' && by.deviceId !== asked.id) {
    throw tooLow(by, 'A view-only device renames itself alone.')
  }
  const row = await updateDevice(tx, by.ownerId, asked.id, { name: parseName(asked.name) })
  ring(ownerTopic(by.ownerId))
  return row
}

/** Its token, its push, what it has asked for and no host has fetched: all end here; hosts are told to forget it. Again changes nothing. */
export async function revokeDevice(tx: Tx, ring: Ring, by: Governor, id: string): Promise<DeviceRow> {
  if (by.kind === 'device' && by.rung === 'VIEW' && by.deviceId !== id) {
    throw tooLow(by, 'A view-only device revokes itself alone.')
  }
  return endDevice(tx, ring, by, { ownerId: by.ownerId, id })
}

/** The same, for whoever may: its owner's devices and hosts, and an admin of its owner. */
export async function endDevice(
  tx: Tx,
  ring: Ring,
  by: Governor | AdminPrincipal,
  { ownerId, id }: { ownerId: string; id: string },
): Promise<DeviceRow> {
  // Hosts before the device, and both before decisions: the order in which everyone locks.
  const hostIds = (await activeHostIds(tx, ownerId)).sort()
  for (const hostId of hostIds) await lockHost(tx, hostId)
  const { row, isFirst } = await revokeDeviceRow(tx, ownerId, id)
  if (!isFirst) return row
  const entry = { action: 'device.revoke', target: id, outcome: 'DONE', line: `rung ${row.rung}` } as const
  await noteAudit(tx, { ...asActor(by), ownerId, ...entry })
  await removePush(tx, id)
  for (const hostId of hostIds) {
    await createCommand(tx, ring, {
      ...{ ownerId, hostId, sessionId: null, device: null, sender: hostId, key: `forget_${id}` },
      ...{ kind: 'ForgetDevice', value: { forgottenDeviceId: id }, proof: null, expiresInSeconds: null },
    })
  }
  await refuseDevicesCommands(tx, ring, id, {
    ...{
      code: 'REVOKED',
      message: 'The device that asked for this was revoked.',
      rule: 'a revoked device has no access',
    },
  })
  ring(trustTopic, ownerTopic(ownerId))
  return row
}

/** Its credentials end at once; its sessions stay to be read. Again changes nothing. A host revokes itself or another of its owner's; a device needs FULL. */
export async function revokeHost(tx: Tx, ring: Ring, by: Governor, id: string): Promise<HostRow> {
  if (by.kind === 'device' && by.rung !== 'FULL') throw tooLow(by, 'Revoking a host needs FULL.')
  const { row, isFirst } = await revokeHostRow(tx, by.ownerId, id)
  if (!isFirst) return row
  await note(tx, by, 'host.revoke', id, 'host')
  await settleLeftOver(
    tx,
    ring,
    { hostId: id },
    {
      ...{ code: 'REVOKED', message: 'The host was revoked.', rule: 'a revoked host has no access' },
    },
  )
  ring(trustTopic, ownerTopic(by.ownerId))
  return row
}

/** A host has taken a device into its roster on another's word: `settleCommand` of an EndorseDevice as APPLIED says so. */
export async function rememberEndorsed(tx: Tx, ring: Ring, row: CommandRow): Promise<void> {
  if (row.kind !== 'EndorseDevice' || row.state !== 'APPLIED') return
  const read = readCommand(row)
  if (read?.kind !== 'EndorseDevice') return
  const { newDeviceId: id, newRung: rung } = read.value
  const { ownerId, hostId } = row
  const device = await findDevice(tx, ownerId, id)
  if (device === null || device.revokedAt !== null) return
  await noteTrusted(tx, ownerId, { id, hostId, rung })
  ring(trustTopic, ownerTopic(ownerId))
}
