/** Whether a passkey must vouch for a command, and whether one has (T4). What is checked here to answer early, the host checks again with its own pin. */

import type { Bytes } from '../../protocol/bytes.ts'
import { commandChallenge } from '../../protocol/command.ts'
import type { Assertion } from '../../protocol/passkey.ts'
import type { Database, Tx } from '../db/database.ts'
import { because, effectiveOf } from '../policy/effective.ts'
import type { From } from '../policy/resolve.ts'
import { personal, type StepUp } from '../policy/settings.ts'
import { notePasskeyUsed, type PlacedPasskey, passkeysOf, wasVouchedFor } from '../store/passkeys.ts'
import { readPolicy } from '../store/policies.ts'
import { type Refused, refuse } from '../store/refused.ts'
import { type Rung, rungAtLeast } from '../store/rung.ts'

export type SteppedUp = {
  ownerId: string
  deviceId: string
  hostId: string
  needs: Rung
  /** Denies, declines and cancels never need one (D5). */
  takesAway: boolean
  /** A program has nobody to touch an authenticator: what it may without, its host decides, at whose terminal it was made. */
  isScript: boolean
  /** False for whom nobody governs: then no policy is read below FULL. */
  isGoverned: boolean
}

/** Throws PASSKEY_REQUIRED, and PASSKEY_WRONG for an assertion that is not good, needed or not. `bytes` are what the command signs. */
export async function requireStepUp(
  database: Database,
  asked: SteppedUp,
  given: { assertion: Assertion | null; bytes: Bytes },
): Promise<void> {
  const { assertion } = given
  const isFree = asked.takesAway || asked.isScript || (!asked.isGoverned && asked.needs !== 'FULL')
  if (isFree && assertion === null) return
  const { stepUp, from, passkeys } = await database.read((tx) => standing(tx, asked))
  if (assertion !== null) {
    const passkey = passkeys.find(({ id }) => id === assertion.id)
    if (!passkey && isFree) return
    if (!passkey || !(await vouchedBy(passkey, assertion, given.bytes))) throw wrong()
    if (!isFree && !passkey.hostIds.includes(asked.hostId)) throw required(asked, from, passkeys)
    await database.read((tx) => notePasskeyUsed(tx, passkey.id, asked.deviceId))
    return
  }
  if (!rungAtLeast(asked.needs, stepUp.from)) return
  const minutes = minutesFor(stepUp, asked.needs)
  if (minutes > 0 && (await database.read((tx) => wasVouchedFor(tx, asked.deviceId, minutes)))) return
  throw required(asked, from, passkeys)
}

/** How long one assertion is good for; none at FULL, where it is asked for each time. */
export function minutesFor({ viewMinutes, answerMinutes, steerMinutes }: StepUp, needs: Rung): number {
  return { VIEW: viewMinutes, ANSWER: answerMinutes, STEER: steerMinutes, FULL: 0 }[needs]
}

async function standing(tx: Tx, { ownerId, deviceId, isGoverned }: SteppedUp) {
  const passkeys = (await passkeysOf(tx, [deviceId])).get(deviceId) ?? []
  const nobody: From = { level: 'default', id: null, name: null }
  if (!isGoverned) return { passkeys, stepUp: personal.stepUp, from: nobody }
  const { value, from } = effectiveOf(await readPolicy(tx, ownerId)).stepUp
  return { passkeys, stepUp: value, from }
}

async function vouchedBy(passkey: PlacedPasskey, assertion: Assertion, bytes: Bytes): Promise<boolean> {
  const { isVouched } = await import('./web-authn.ts')
  return isVouched(assertion, passkey, await commandChallenge(bytes))
}

function required({ needs, hostId }: SteppedUp, from: From, passkeys: readonly PlacedPasskey[]): Refused {
  const pinned = passkeys.filter(({ hostIds }) => hostIds.includes(hostId)).length
  const { level, owner } =
    from.level === 'default' ? { level: 'server' as const, owner: 'Offdesk' } : because('stepUp', from)
  const [message, remedy] =
    pinned > 0
      ? ['This needs your passkey, for this very command.', 'Confirm it with your passkey on this device.']
      : passkeys.length > 0
        ? [
            'This needs a passkey, and that machine has not pinned the one of this device.',
            'At the terminal of that machine: offdesk devices pin.',
          ]
        : [
            'This needs a passkey, and this device has none.',
            'Make one on this device under Settings, then confirm it at the terminal of that machine: offdesk devices pin.',
          ]
  return refuse('PASSKEY_REQUIRED', message, {
    ...{ rule: `stepUp at ${needs}`, level, owner, remedy },
    numbers: { passkeys: passkeys.length, pinned },
  })
}

const wrong = (): Refused =>
  refuse('PASSKEY_WRONG', 'This passkey has not vouched for this very command, with its person verified.', {
    rule: 'T4: a passkey vouches for one command',
    level: 'device',
    remedy: 'Confirm it once more; if the passkey is gone, make another one under Settings.',
  })
