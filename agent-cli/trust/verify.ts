// Whether a command is what a device of this host's roster has signed, once, and lately, and a passkey has vouched for it where that is due (T4, T5). The server is not believed in any of it.
// Knows no rung and carries nothing out.
import { commandBytes, idOfKey, readProof, type SignedCommand } from '../../protocol/command.ts'
import { verify } from '../../protocol/keys.ts'
import type { Ledger } from '../journal/ledger.ts'
import type { HostCommand } from '../remote/host-operations.ts'
import type { TrustedDevice } from '../remote/roster.ts'
import type { StepUpRule } from '../rules/rules.ts'
import { contentOf, type OwnWords } from './command-content.ts'
import { type Asking, staleness } from './freshness.ts'
import { stepUpDoubt, type Vouched } from './step-up.ts'

export type NotTrusted = { readonly code: string; readonly message: string; readonly rule: string }

/**
 * `counter` is the device's own and is spent from now on, also by what is refused; null when nobody is known to have signed it. `isVouched`: a pinned passkey
 * vouched for this very command, or its device needs none.
 */
export type Verdict = {
  readonly refused: NotTrusted | null
  readonly counter: number | null
  readonly isVouched: boolean
}

export type Verifying = {
  readonly hostId: string
  readonly sessionId: string
  readonly counters: Ledger['counters']
  readonly own: OwnWords
  readonly now: () => number
  /** From when up a passkey must vouch, as policy says besides. */
  readonly stepUp: StepUpRule
  readonly vouched: Vouched
}

/** `device` as the roster has it. Never throws: what cannot be read is not trusted. */
export async function verifyCommand(
  command: HostCommand,
  device: TrustedDevice,
  asking: Asking,
  given: Verifying,
): Promise<Verdict> {
  const { counters, hostId, sessionId } = given
  const nobody = (code: string, rule: string, message: string) => ({
    ...{ refused: { code, message, rule }, counter: null, isVouched: false },
  })
  if (device.publicKey === null) return nobody('SIGNATURE_REQUIRED', 'T5 key', noKey)
  if (command.proof === null) return nobody('SIGNATURE_REQUIRED', 'T5 signature', unsigned)
  const proof = readProof(command.proof)
  const content = contentOf(command, given.own)
  if (proof === null || content === null) return nobody('SIGNATURE_WRONG', 'T5 signature', unreadable)
  if (!(await hasOwnIds(command, device.id))) return nobody('SIGNATURE_WRONG', 'T5 id', otherId)
  const { counter, madeAtMs, signature, assertion } = proof
  const decision = decisionOf(command)
  const signed = { hostId, sessionId, deviceId: device.id, key: command.key, counter, madeAtMs }
  const bytes = await commandBytes({ ...signed, decision, content, passkeyId: assertion?.id ?? null }).catch(() => null)
  if (command.sessionId !== sessionId || bytes === null || !(await verify(device.publicKey, bytes, signature)))
    return nobody('SIGNATURE_WRONG', 'T5 signature', wrong)
  const standing = counters.standing({ deviceId: device.id, counter })
  if (standing !== 'free') return nobody('REPLAYED', 'T5 counter', standing === 'used' ? usedBefore : tooOld)
  const refuse = (code: string, rule: string, message: string) => ({
    ...{ refused: { code, message, rule }, counter, isVouched: false },
  })
  const lastMode = command.__typename === 'SetMode' ? counters.lastOf(device.id, 'SetMode') : null
  if (lastMode !== null && counter < lastMode) return refuse('STALE', 'T5 order', olderMode)
  const stale = staleness(asking, madeAtMs, given.now())
  if (stale !== null) return refuse('STALE', 'T5 freshness', stale)
  if (asking.isAnswer && !asking.takesAway && decision?.evidenceDigest === null)
    return refuse('SIGNATURE_WRONG', 'T5 evidence', noEvidence)
  const { stepUp: rule, vouched } = given
  const doubt = await stepUpDoubt({ device, asking, assertion, bytes, madeAtMs, rule, vouched, nowMs: given.now() })
  if (doubt !== null) return { refused: doubt, counter, isVouched: false }
  const isVouched = device.isUnattended === true || (device.passkeys?.some(({ id }) => id === assertion?.id) ?? false)
  return { refused: null, counter, isVouched }
}

/** Sent under another id, one signed command could be done once for each. */
async function hasOwnIds(command: HostCommand, deviceId: string): Promise<boolean> {
  if (command.id !== (await idOfKey('cmd', deviceId, command.key))) return false
  return command.__typename !== 'SendPrompt' || command.promptId === (await idOfKey('prm', deviceId, command.key))
}

function decisionOf(command: HostCommand): SignedCommand['decision'] {
  if (!('decisionId' in command)) return null
  const { decisionId: id, epoch, evidenceDigest } = command
  return { id, epoch, evidenceDigest }
}

const noKey =
  'This machine has no key of the device, so it cannot tell who asks. Make the script anew: “offdesk devices add-script <name>”.'
const unsigned =
  'The command is not signed by its device. Update Offdesk on the device; a script signs as docs/protocol.md §4.1 says.'
const unreadable = 'The signature of the command cannot be read by this version of Offdesk. Update it on this machine.'
const otherId =
  'The command stands under an id that is not its own. Somebody between device and machine has changed it.'
const wrong =
  'What arrived here is not what the device signed, or what it was shown is not what this machine offers. Nothing was done. Look again; if it happens again, do not trust the server.'
const usedBefore = 'This command has been here before. It is not done a second time.'
const tooOld = 'Later commands of the device have been here long since. Say it anew.'
const olderMode = 'The same device has chosen a mode after this one. The later word stands.'
const noEvidence = 'The device has not signed what it was shown of the question. Nothing was approved.'
