/** Pairing, step by step (docs/protocol.md §6), in both directions. The store makes each step happen once; the keys are the two ends' affair. */
import { commitment as commitmentOf } from '../../protocol/pairing.ts'
import type { Tx } from '../db/database.ts'
import type { DevicePrincipal, HostPrincipal, PairingPrincipal, Principal } from '../policy/principal.ts'
import { createCommand } from '../store/commands.ts'
import { findDevice } from '../store/devices.ts'
import { findHost } from '../store/hosts.ts'
import { mintId } from '../store/ids.ts'
import {
  addPairing,
  claimRow,
  findPairing,
  findPairingByCode,
  type PairingRow,
  pairingExpired,
  pairingTaken,
  stepPairing,
} from '../store/pairings.ts'
import { notFound, refuse } from '../store/refused.ts'
import type { Rung } from '../store/rung.ts'
import { hostTopic, ownerTopic, type Ring } from '../store/topic.ts'
import { whyNotEnrol } from './consenting.ts'
import { counted, ENROLMENT_REQUEST, limited, type Outcome, PAIRING_CODE } from './limited.ts'
import { parseKey, parseMac, parseName, parseNonce, parsePlatform } from './parse.ts'
import { hashCode, randomCode } from './setup.ts'
import { newToken } from './tokens.ts'

/** What rings when a pairing moves on: whoever looks at it waits there. */
export const pairingTopic = (id: string) => hostTopic(id)

const CODE_SIGNS = 8

/** Step 1, a device to be paired with this host. */
export async function openPairing(
  tx: Tx,
  by: HostPrincipal,
  asked: { commitment: string; rung: Rung; sessionId: string | null },
): Promise<{ row: PairingRow; code: string }> {
  const host = await findHost(tx, by.hostId)
  if (!host) throw notFound('host')
  const code = randomCode(CODE_SIGNS)
  const row = await addPairing(tx, {
    ...{ id: mintId('pai'), ownerId: by.ownerId, purpose: 'PAIR_DEVICE', codeHash: hashCode(code), ...asked },
    ...{ openerPublicKey: host.publicKey, openerName: host.name, hostId: host.id },
  })
  return { row, code }
}

/** Step 1 the other way round: a host that nobody knows yet asks to be enrolled. Its owner is whoever claims it. */
export async function requestEnrolment(
  tx: Tx,
  asked: { commitment: string; name: string; platform?: string | null | undefined; publicKey: string; address: string },
): Promise<Outcome<{ row: PairingRow; code: string; token: string }>> {
  const hostId = await parseKey('hst', asked.publicKey)
  const openerName = parseName(asked.name)
  const platform = parsePlatform(asked.platform)
  return counted(tx, ENROLMENT_REQUEST, asked.address, async () => {
    const code = randomCode(CODE_SIGNS)
    const { token, tokenHash } = newToken('odp')
    const row = await addPairing(tx, {
      ...{ id: mintId('pai'), ownerId: null, purpose: 'ENROL_HOST', codeHash: hashCode(code), rung: 'FULL' },
      ...{ openerPublicKey: asked.publicKey, openerName, hostId, platform, openerTokenHash: tokenHash },
      ...{ commitment: asked.commitment, openerAddress: asked.address },
    })
    return { row, code, token }
  })
}

/** Step 2. One claim of a code succeeds; a wrong code is counted. `token` is empty for a paired device, which has its own. */
export async function claimPairing(
  tx: Tx,
  ring: Ring,
  by: Principal,
  asked: { code: string; address: string },
): Promise<Outcome<{ row: PairingRow; token: string }>> {
  const codeHash = hashCode(asked.code)
  const attempt = async () => {
    const found = await findPairingByCode(tx, codeHash)
    if (!found) return null
    if (found.state !== 'OPEN') throw pairingTaken()
    if (found.isLate) throw pairingExpired()
    const enrols = found.purpose === 'ENROL_HOST'
    const claimer = enrols ? await enroller(tx, by) : null
    const made = claimer ? null : newToken('odd')
    const row = await claimRow(tx, codeHash, {
      tokenHash: made?.tokenHash ?? null,
      ownerId: claimer?.ownerId ?? null,
      deviceId: claimer?.deviceId ?? null,
    })
    if (!row) throw pairingTaken()
    ring(pairingTopic(row.id))
    return { row, token: made?.token ?? '' }
  }
  return limited(tx, PAIRING_CODE, asked.address, attempt, () =>
    refuse('CODE_WRONG', 'No pairing is open under this code.', {
      rule: 'a code must be typed as the terminal shows it',
      level: 'server',
      remedy: 'Compare it with the terminal; codes live for five minutes.',
    }),
  )
}

/** Step 3, only now the joiner's key and nonce. A host that opened is told by a command. */
export async function joinPairing(
  tx: Tx,
  ring: Ring,
  by: PairingPrincipal | DevicePrincipal,
  asked: { id: string; mac?: string | null | undefined; name: string; nonce: string; publicKey: string },
): Promise<PairingRow> {
  const pairing = await ownPairing(tx, by, asked.id, 'joiner')
  const deviceId = await parseKey('dev', asked.publicKey)
  if (pairing.purpose === 'ENROL_HOST') {
    const device = by.kind === 'device' ? await findDevice(tx, by.ownerId, by.deviceId) : null
    if (device?.publicKey !== asked.publicKey) throw refuse('BAD_INPUT', "The key is not this device's own.")
  }
  const joined = {
    joinerPublicKey: asked.publicKey,
    joinerName: parseName(asked.name),
    joinerNonce: parseNonce(asked.nonce),
    mac: parseMac(asked.mac),
  }
  const row = await stepPairing(tx, pairing.id, ['CLAIMED'], { ...joined, deviceId, state: 'JOINED' })
  ring(pairingTopic(row.id))
  if (row.purpose === 'PAIR_DEVICE' && row.ownerId && row.hostId) {
    const { publicKey, nonce, name, mac } = {
      publicKey: asked.publicKey,
      nonce: joined.joinerNonce,
      name: joined.joinerName,
      mac: joined.mac,
    }
    await createCommand(tx, ring, {
      ...{ ownerId: row.ownerId, hostId: row.hostId, sessionId: null, device: null, sender: row.hostId },
      ...{ key: `join_${row.id}`, kind: 'JoinPairing', value: { pairingId: row.id, publicKey, nonce, name, mac } },
      ...{ proof: null, expiresInSeconds: 300 },
    })
  }
  return row
}

/** Step 4. The joiner checks the commitment too: this check only keeps honest ends from finishing in vain. */
export async function revealPairing(
  tx: Tx,
  ring: Ring,
  by: Principal,
  asked: { id: string; nonce: string },
): Promise<PairingRow> {
  const pairing = await ownPairing(tx, by, asked.id, 'opener')
  const openerNonce = parseNonce(asked.nonce)
  if ((await commitmentOf(pairing.purpose, pairing.openerPublicKey, openerNonce)) !== pairing.commitment) {
    throw refuse('BAD_INPUT', 'The nonce is not the one that was committed to.')
  }
  const row = await stepPairing(tx, pairing.id, ['JOINED'], { openerNonce, state: 'REVEALED' })
  ring(pairingTopic(row.id))
  return row
}

export async function refusePairing(tx: Tx, ring: Ring, by: Principal, id: string): Promise<PairingRow> {
  await ownPairing(tx, by, id, 'any')
  const row = await stepPairing(tx, id, ['OPEN', 'CLAIMED', 'JOINED', 'REVEALED'], { state: 'REFUSED' })
  ring(pairingTopic(id), ...(row.ownerId ? [ownerTopic(row.ownerId)] : []))
  return row
}

/** `witness`: another machine of the person who would let a new one in. */
type Side = 'opener' | 'joiner' | 'witness'

/** The pairing as one of its two ends, or as its witness; NOT_FOUND for everybody else. */
export async function ownPairing(tx: Tx, by: Principal, id: string, side: Side | 'any'): Promise<PairingRow> {
  const row = await findPairing(tx, id)
  if (!row || !sidesOf(by, row).some((own) => side === 'any' || own === side)) throw notFound('pairing')
  return row
}

function sidesOf(by: Principal, row: PairingRow): Side[] {
  if (by.kind === 'pairing') return by.pairingId === row.id ? [by.side] : []
  if (by.kind === 'host' && row.purpose === 'ENROL_HOST') return by.ownerId === row.ownerId ? ['witness'] : []
  if (by.kind === 'host') return by.hostId === row.hostId ? ['opener'] : []
  // A device that has been confirmed keeps looking at the pairing it came from, with the same token.
  return by.kind === 'device' && by.deviceId === row.deviceId && by.ownerId === row.ownerId ? ['joiner'] : []
}

/** Who is below FULL shows who they are with the confirmation (docs/decisions/0019). */
async function enroller(tx: Tx, by: Principal): Promise<DevicePrincipal> {
  if (by.kind !== 'device') {
    throw refuse('UNAUTHENTICATED', 'This code is for enrolling a host; a paired device must type it.', {
      rule: 'a new host is let in by a device of its person',
      level: 'server',
      remedy: 'Type it on a device that is paired or signed in here, or use the setup code.',
    })
  }
  const why = await whyNotEnrol(tx, by)
  if (why) throw why
  return by
}
