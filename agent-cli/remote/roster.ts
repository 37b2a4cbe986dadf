// The devices this host trusts, `host/roster.json`: learned by pairing or by the endorsement of one of them, never from the server (T5).
// Several processes share the file; every question reads it anew.
import { join } from 'node:path'
import { importPublicKey, principalId, verify } from '../../protocol/keys.ts'
import { endorsementBytes } from '../../protocol/pairing.ts'
import { changeShared, readShared } from './shared-file.ts'

export const rungs = ['VIEW', 'ANSWER', 'STEER', 'FULL'] as const
export type Rung = (typeof rungs)[number]

/** True when `has` allows what needs `needs` (T4). */
export const reaches = (has: Rung, needs: Rung) => rungs.indexOf(has) >= rungs.indexOf(needs)
export const lower = (a: Rung, b: Rung): Rung => (reaches(a, b) ? b : a)
export const isRung = (value: unknown): value is Rung => rungs.includes(value as Rung)

export type TrustedDevice = {
  id: string
  name: string
  /** Null for a script made on the server's word by its owner's terminal: it can sign nothing. */
  publicKey: string | null
  rung: Rung
  /** What it is, where that is known; else how it came here tells. */
  kind?: 'BROWSER' | 'SCRIPT'
  /** How it came here: `paired`, or the id of the device that vouched for it. */
  via: string
  addedAt: string
  /** Passkeys that vouch for it here: pinned by a key press at this terminal, or on the word of one that was (T4). */
  passkeys?: readonly PinnedPasskey[]
  /** A script whose maker said at this terminal that it may do what needs a passkey, without one. */
  isUnattended?: boolean
}

export type PinnedPasskey = {
  /** Credential id. */
  id: string
  /** SubjectPublicKeyInfo in base64url. */
  publicKey: string
  origin: string
  name: string
  /** `terminal`, or the id of the passkey that vouched. */
  via: string
  pinnedAt: string
}

export type Roster = {
  devices(): Promise<readonly TrustedDevice[]>
  find(deviceId: string): Promise<TrustedDevice | null>
  /** Adds or replaces. Throws RangeError when the id does not belong to the key. */
  add(device: TrustedDevice): Promise<void>
  remove(deviceId: string): Promise<void>
  /** False when the device is not here. Again replaces the pin of that passkey. */
  pin(deviceId: string, passkey: PinnedPasskey): Promise<boolean>
  unpin(deviceId: string, passkeyId: string): Promise<void>
  /** Adds a device on the word of one that is here, at most with that one's rung. Returns why not, or null. */
  endorse(word: Endorsement): Promise<string | null>
}

export type Endorsement = {
  hostId: string
  endorserId: string
  signature: string
  device: { id: string; name: string; publicKey: string; rung: Rung }
}

export function openRoster(hostDir: string, now: () => Date = () => new Date()): Roster {
  const path = join(hostDir, 'roster.json')
  const forgottenPath = join(hostDir, 'forgotten.json')
  const read = () => readShared(path, parse)

  async function add(device: TrustedDevice): Promise<void> {
    if (device.publicKey !== null && (await principalId('dev', device.publicKey)) !== device.id) {
      throw new RangeError(`the id ${device.id} does not belong to the key that was given`)
    }
    await changeShared(path, parse, (known) => {
      // The same key as before: what vouched for it still does.
      const passkeys = known.find((each) => each.id === device.id)?.passkeys
      return [...known.filter((each) => each.id !== device.id), { ...(passkeys && { passkeys }), ...device }]
    })
    // A person at this machine let it in again; an endorsement never comes this far for a forgotten one.
    await changeShared(forgottenPath, parseIds, (ids) => ids.filter((each) => each !== device.id))
  }

  return {
    devices: read,
    async find(deviceId) {
      return (await read()).find((each) => each.id === deviceId) ?? null
    },
    add,
    async remove(deviceId) {
      // First: between the two files, it must not be possible to vouch it in again.
      await changeShared(forgottenPath, parseIds, (ids) => (ids.includes(deviceId) ? ids : [...ids, deviceId]))
      await changeShared(path, parse, (known) =>
        known.some((each) => each.id === deviceId) ? known.filter((each) => each.id !== deviceId) : known,
      )
    },
    async pin(deviceId, passkey) {
      const pinned = (device: TrustedDevice) => [
        ...(device.passkeys ?? []).filter(({ id }) => id !== passkey.id),
        passkey,
      ]
      const known = await changeShared(path, parse, (devices) =>
        devices.map((each) => (each.id === deviceId ? { ...each, passkeys: pinned(each) } : each)),
      )
      return known.some((each) => each.id === deviceId)
    },
    async unpin(deviceId, passkeyId) {
      await changeShared(path, parse, (devices) =>
        devices.map((each) =>
          each.id === deviceId && each.passkeys
            ? { ...each, passkeys: each.passkeys.filter(({ id }) => id !== passkeyId) }
            : each,
        ),
      )
    },
    async endorse({ hostId, endorserId, signature, device }) {
      const known = await read()
      const endorser = known.find((each) => each.id === endorserId)
      if (!endorser?.publicKey) return 'The device that vouches is not in the roster of this host.'
      const bytes = endorsementBytes({ hostId, deviceId: device.id, publicKey: device.publicKey, rung: device.rung })
      if (!(await verify(endorser.publicKey, bytes, signature)))
        return 'The signature of the device that vouches is wrong.'
      if (!reaches(endorser.rung, device.rung)) return 'A device cannot vouch for more than it may do itself.'
      if ((await readShared(forgottenPath, parseIds)).includes(device.id))
        return 'This machine has forgotten the device; only a new pairing here lets it in again.'
      // Signed words can be played again: one from before must not undo what was lowered at this terminal since.
      const here = known.find((each) => each.id === device.id)
      if (here && !reaches(here.rung, device.rung))
        return `This machine lets the device ${here.rung}; only this terminal raises it.`
      try {
        await importPublicKey(device.publicKey)
        await add({ ...device, via: endorserId, addedAt: now().toISOString() })
      } catch {
        return 'The new device’s key does not belong to its id.'
      }
      return null
    },
  }
}

const parseIds = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []

function parse(value: unknown): readonly TrustedDevice[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw new TypeError('no list of devices')
  return value.filter(isTrusted)
}

const isTrusted = (each: unknown): each is TrustedDevice => {
  const { id, rung, passkeys } = (each ?? {}) as Partial<TrustedDevice>
  return typeof id === 'string' && isRung(rung) && (passkeys === undefined || Array.isArray(passkeys))
}
