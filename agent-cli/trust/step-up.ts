// Whether a passkey must vouch for a command here, and whether the one that this machine has pinned does (T4). The server is not believed in any of it but
// in asking for more.
import type { Bytes } from '../../protocol/bytes.ts'
import { commandChallenge, validSeconds } from '../../protocol/command.ts'
import type { Assertion } from '../../protocol/passkey.ts'
import { doubtAbout } from '../remote/assertion.ts'
import { reaches, type TrustedDevice } from '../remote/roster.ts'
import type { StepUpRule } from '../rules/rules.ts'
import type { Asking } from './freshness.ts'

/** When a passkey vouched for each device last, by this machine's clock. Kept by the process: after a restart it is asked once more. */
export type Vouched = { at(deviceId: string): number | null; note(deviceId: string, atMs: number): void }

export function createVouched(): Vouched {
  const last = new Map<string, number>()
  return {
    at: (deviceId) => last.get(deviceId) ?? null,
    note: (deviceId, atMs) => void last.set(deviceId, Math.max(atMs, last.get(deviceId) ?? atMs)),
  }
}

export type Doubt = { readonly code: string; readonly message: string; readonly rule: string }

export type Given = {
  readonly device: TrustedDevice
  readonly asking: Asking
  readonly assertion: Assertion | null
  /** What the device has signed; line 14 names the passkey. */
  readonly bytes: Bytes
  readonly madeAtMs: number
  readonly rule: StepUpRule
  readonly vouched: Vouched
  readonly nowMs: number
}

/** Null when the command may be done. A pinned passkey's assertion that is not good is refused also where none is needed, except where it only takes away (D5). */
export async function stepUpDoubt(given: Given): Promise<Doubt | null> {
  const { device, asking, assertion, bytes, madeAtMs, rule, vouched, nowMs } = given
  if (asking.takesAway) return null
  const isDue = reaches(asking.needs, rule.from)
  const minutes = { VIEW: 0, ANSWER: rule.answerMinutes, STEER: rule.steerMinutes, FULL: 0 }[asking.needs]
  if (assertion !== null) {
    const pinned = device.passkeys?.find(({ id }) => id === assertion.id)
    if (pinned === undefined) return isDue ? { ...required, message: unpinned } : null
    const doubt = doubtAbout(assertion, pinned, await commandChallenge(bytes))
    if (doubt !== null) return { code: 'PASSKEY_WRONG', message: wrong(doubt), rule: 'T4 passkey' }
    // When it was said, and not when it came: what is kept back on the way opens no quarter of an hour later.
    vouched.note(device.id, Math.min(madeAtMs, nowMs))
    const isLate = isDue && nowMs - madeAtMs > Math.max(minutes * 60, validSeconds.full) * 1000
    return isLate ? { code: 'STALE', message: late, rule: 'T4 passkey' } : null
  }
  if (!isDue || device.isUnattended === true) return null
  const at = vouched.at(device.id)
  if (at !== null && nowMs - at < minutes * 60_000) return null
  return {
    ...required,
    message: (device.passkeys?.length ?? 0) > 0 ? notVouched : device.via === 'script' ? script : none,
  }
}

const required = { code: 'PASSKEY_REQUIRED', rule: 'T4 passkey' }
const notVouched = 'This needs your passkey, for this very command. Confirm it with the passkey of this device.'
const none =
  'This needs a passkey, and this machine has pinned none for the device. Make one on the device under Settings, then press y here: “offdesk devices pin”.'
const late = 'The passkey vouched for this too long ago. Look again and confirm it once more.'
const unpinned =
  'This machine has not pinned the passkey that vouches for this. Pin it at this terminal: “offdesk devices pin”.'
const script =
  'This needs a passkey, and a script has none. A script that may do it on its own is made so: “offdesk devices add-script <name> --allow full --unattended”.'
const wrong = (doubt: string): string =>
  `The passkey does not vouch for this: ${doubt}. Nothing was done. Confirm it once more; if it happens again, do not trust the server.`
