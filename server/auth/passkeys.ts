/** Making a passkey for a device, asking a host to pin it, taking it away. Knows no transport; the standard's checks are @simplewebauthn's. */
import { randomText } from '../../protocol/bytes.ts'
import { verify } from '../../protocol/keys.ts'
import { type Assertion, passkeyHost, pinningBytes } from '../../protocol/passkey.ts'
import type { Tx } from '../db/database.ts'
import { asActor } from '../policy/audited.ts'
import type { DevicePrincipal, HostPrincipal } from '../policy/principal.ts'
import { noteAudit } from '../store/audit.ts'
import { addCommand, type CommandRow, countWaiting, createCommand, lockHost } from '../store/commands.ts'
import { findDevice, rosterPlaces } from '../store/devices.ts'
import { activeHostIds } from '../store/hosts.ts'
import {
  addPasskey,
  addPasskeyChallenge,
  findPasskey,
  type PasskeyRow,
  type PlacedPasskey,
  passkeysOf,
  placePasskey,
  removePasskey,
  spendPasskeyChallenge,
} from '../store/passkeys.ts'
import { decodePayload } from '../store/payload.ts'
import { notFound, refuse } from '../store/refused.ts'
import { ownerTopic, type Ring } from '../store/topic.ts'
import { parseName } from './parse.ts'
import { hashToken } from './tokens.ts'
import { type Attested, madeWith } from './web-authn.ts'

/** Half an hour: long enough to walk to the desk. */
const PIN_SECONDS = 30 * 60
/** Of one device that wait at one host. */
const MOST_PIN_WISHES = 10

export type BegunPasskey = {
  challenge: string
  rpId: string
  userId: string
  userName: string
  excludeIds: string[]
}

/** Throws BAD_INPUT for a page on which this server lets nobody make one. */
export function parseOrigin(origin: string, publicUrl: string | null): { origin: string; rpId: string } {
  const rpId = passkeyHost(origin)
  const isOwn = rpId === 'localhost' || (publicUrl !== null && new URL(publicUrl).origin === origin)
  if (rpId !== null && isOwn) return { origin, rpId }
  throw refuse(
    'BAD_INPUT',
    'A passkey belongs to the address of its page, and this page has none that this server is reached by.',
    {
      rule: 'passkeys are made on the public address, or on localhost',
      level: 'server',
      owner: 'whoever runs this server',
      remedy: `Open ${publicUrl ?? 'the HTTPS address that offdesk serve --reach gives'}, and do it there.`,
    },
  )
}

/** What the browser must be told to make one. */
export async function beginPasskey(
  tx: Tx,
  by: DevicePrincipal,
  page: { origin: string; publicUrl: string | null },
): Promise<BegunPasskey> {
  const { origin, rpId } = parseOrigin(page.origin, page.publicUrl)
  const challenge = randomText(32)
  await addPasskeyChallenge(tx, { challengeHash: hashToken(challenge), deviceId: by.deviceId, origin })
  const there = (await passkeysOf(tx, [by.deviceId])).get(by.deviceId) ?? []
  // The user handle is the device's: a passkey vouches for one device, and a synced one of another device is not overwritten by it.
  const userId = Buffer.from(by.deviceId).toString('base64url')
  return { challenge, rpId, userId, userName: by.deviceName, excludeIds: there.map(({ id }) => id) }
}

/** Throws PASSKEY_WRONG for what no authenticator made for this challenge, with its person verified. */
export async function registerPasskey(
  tx: Tx,
  ring: Ring,
  by: DevicePrincipal,
  asked: Attested & { name: string; challenge: string },
): Promise<PlacedPasskey> {
  const name = parseName(asked.name)
  const origin = await spendPasskeyChallenge(tx, hashToken(asked.challenge), by.deviceId)
  const made = origin === null ? null : await madeWith(asked, { challenge: asked.challenge, origin })
  if (origin === null || made === null) {
    throw refuse('PASSKEY_WRONG', 'This is no passkey that was made just now, with its person verified.', {
      rule: 'a passkey answers a fresh challenge and verifies its person',
      level: 'server',
      remedy: 'Make it again; use an authenticator with a fingerprint, a face or a PIN.',
    })
  }
  const { ownerId, deviceId } = by
  const { id, publicKey, isSynced } = made
  const row = await addPasskey(tx, { id, publicKey, isSynced, ownerId, deviceId, name, origin })
  await noteAudit(tx, {
    ...{ ...asActor(by), action: 'passkey.make', target: deviceId, proof: 'passkey', outcome: 'DONE' },
    line: `passkey ${row.id.slice(0, 16)} at ${origin}`,
  })
  ring(ownerTopic(ownerId))
  return { ...row, hostIds: (await findPasskey(tx, ownerId, row.id)).hostIds }
}

export type PinAsked = {
  passkeyId: string
  hostId: string
  publicKey: string
  signature: string
  assertion?: Assertion | null | undefined
}

/** Asks a host to pin it. The host believes the device's signature, and then a key press or a passkey it knows; here only the signature is looked at. */
export async function askToPin(tx: Tx, ring: Ring, by: DevicePrincipal, asked: PinAsked): Promise<CommandRow> {
  const { passkeyId, hostId, publicKey, signature, assertion = null } = asked
  const row = await ownPasskey(tx, by, passkeyId)
  if (!(await activeHostIds(tx, by.ownerId)).includes(hostId)) throw notFound('host')
  const device = await findDevice(tx, by.ownerId, by.deviceId)
  const pinning = { hostId, deviceId: by.deviceId, passkeyId, publicKey, origin: row.origin }
  const isSafe = [passkeyId, publicKey, signature].every((text) => /^[\w-]{1,2048}$/.test(text))
  if (!isSafe || !device?.publicKey || !(await verify(device.publicKey, pinningBytes(pinning), signature)))
    throw refuse('SIGNATURE_WRONG', 'The signature is not this device’s over what is to be pinned.')
  if (!(await rosterPlaces(tx, [by.deviceId])).get(by.deviceId)?.includes(hostId)) {
    throw refuse('RUNG_TOO_LOW', 'That workstation does not know this device.', {
      rule: 'a host pins passkeys for devices of its roster',
      level: 'host',
      remedy: 'Pair this device at that host, or endorse it from one that is paired there.',
    })
  }
  await lockHost(tx, hostId)
  if ((await countWaiting(tx, { hostId, deviceId: by.deviceId, kind: 'PinPasskey' })) >= MOST_PIN_WISHES)
    throw refuse(
      'TOO_LARGE',
      `${MOST_PIN_WISHES} passkeys of this device already wait for a key press at that machine.`,
      {
        rule: `at most ${MOST_PIN_WISHES} wishes to pin wait at a host for one device`,
        level: 'server',
        remedy: 'Answer them there with “offdesk devices pin”, or wait until they are over: half an hour.',
        numbers: { limit: MOST_PIN_WISHES },
      },
    )
  return addCommand(tx, ring, {
    ...{ ownerId: by.ownerId, hostId, sessionId: null, proof: signature, expiresInSeconds: PIN_SECONDS },
    ...{ kind: 'PinPasskey', device: { id: by.deviceId, name: by.deviceName, rung: by.rung } },
    // Asked again, also after a refusal or too late, it is another command.
    key: `pin_${randomText(12)}`,
    value: { passkeyId, publicKey, origin: row.origin, passkeyName: row.name, signature, assertion },
  })
}

async function ownPasskey(tx: Tx, by: DevicePrincipal, id: string): Promise<PasskeyRow> {
  const row = await findPasskey(tx, by.ownerId, id)
  if (row.deviceId !== by.deviceId) throw notFound('passkey')
  return row
}

/** It vouches for nothing from now on; hosts that have pinned it are told. */
export async function endPasskey(
  tx: Tx,
  ring: Ring,
  by: HostPrincipal | DevicePrincipal,
  id: string,
): Promise<PlacedPasskey> {
  const { deviceId } = await findPasskey(tx, by.ownerId, id)
  if (by.kind === 'device' && by.rung === 'VIEW' && by.deviceId !== deviceId) {
    throw refuse('RUNG_TOO_LOW', 'A view-only device removes its own passkeys alone.', {
      rule: `device rung ${by.rung}`,
      level: 'device',
    })
  }
  const row = await removePasskey(tx, by.ownerId, id)
  await noteAudit(tx, {
    ...{ ...asActor(by), action: 'passkey.remove', target: row.deviceId, outcome: 'DONE' },
    line: `passkey ${row.id.slice(0, 16)}`,
  })
  for (const hostId of [...row.hostIds].sort()) {
    await createCommand(tx, ring, {
      ...{ ownerId: by.ownerId, hostId, sessionId: null, device: null, sender: hostId, proof: null },
      ...{ key: `unpin_${randomText(12)}`, kind: 'ForgetPasskey', expiresInSeconds: null },
      value: { ofDeviceId: row.deviceId, passkeyId: id },
    })
  }
  ring(ownerTopic(by.ownerId))
  return row
}

/** A host has pinned a passkey: `settleCommand` of a PinPasskey as APPLIED says so. */
export async function rememberPinned(tx: Tx, row: CommandRow): Promise<void> {
  if (row.kind !== 'PinPasskey' || row.state !== 'APPLIED') return
  const value = decodePayload(row.payload)
  const id = typeof value === 'object' && value !== null && 'passkeyId' in value ? String(value.passkeyId) : ''
  await placePasskey(tx, id, row.hostId)
}
