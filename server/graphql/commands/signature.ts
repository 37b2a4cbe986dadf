/** Says no early to what no host would take: a command must carry its device's signature (T5). What is checked here, the host checks again. */
import { commandBytes, readProof } from '../../../protocol/command.ts'
import type { CommandContent } from '../../../protocol/command-content.ts'
import { answered } from '../../../protocol/command-input.ts'
import { digestHex, isSignedBy } from '../../auth/signed.ts'
import { requireStepUp } from '../../auth/step-up.ts'
import type { Rung } from '../../policy/rung.ts'
import type { CommandKind, CommandValues } from '../../store/command-kinds.ts'
import { refuse } from '../../store/refused.ts'
import type { Context } from '../context.ts'
import { deviceOf } from '../who.ts'

/** Words on the button, as this server showed them. */
export type Seen = { optionName?: string | null; modeName?: string | null }

export type Signable = {
  [K in CommandKind]: { kind: K; value: CommandValues[K] }
}[CommandKind]

/** What the command asks for, as step-up goes by. */
export type Weight = { needs: Rung; takesAway: boolean }

/** Throws SIGNATURE_REQUIRED, SIGNATURE_WRONG, and what `requireStepUp` throws. */
export async function requireProof(
  context: Context,
  to: { hostId: string; sessionId: string },
  command: Signable,
  given: { key: string; proof?: string | null | undefined; seen?: Seen },
  weighs: Weight,
): Promise<void> {
  const { ownerId, deviceId, publicKey } = deviceOf(context)
  if (publicKey === null)
    throw refuse('SIGNATURE_REQUIRED', 'This device has no key, so nobody can tell its commands from forged ones.', {
      ...{ rule: 'T5: every command is signed', level: 'device' },
      remedy: 'Make the script anew at a host terminal: offdesk devices add-script <name>.',
    })
  if (given.proof === null || given.proof === undefined)
    throw refuse('SIGNATURE_REQUIRED', 'A command carries its device’s signature in `proof`.', {
      ...{ rule: 'T5: every command is signed', level: 'device' },
      remedy:
        'Use “offdesk send” and its like, or sign as docs/protocol.md §4.1 says. A page is updated by loading it again.',
    })
  const proof = readProof(given.proof)
  const content = contentOf(command, given.seen ?? {})
  const { value } = command
  const decision =
    'decisionId' in value && 'epoch' in value
      ? { id: value.decisionId, epoch: value.epoch, evidenceDigest: value.evidenceDigest }
      : null
  if (proof && content) {
    const { counter, madeAtMs, signature, assertion } = proof
    const passkeyId = assertion?.id ?? null
    const signed = { ...to, deviceId, key: given.key, counter, madeAtMs, decision, content, passkeyId }
    const bytes = await commandBytes(signed, digestHex).catch(() => null)
    if (bytes && (await isSignedBy(publicKey, bytes, signature))) {
      const { bounds, deviceKind } = await context.stands()
      const whose = { ownerId, deviceId, hostId: to.hostId, isScript: deviceKind === 'SCRIPT' }
      return requireStepUp(context.database, { ...whose, ...weighs, isGoverned: Boolean(bounds) }, { assertion, bytes })
    }
  }
  throw refuse('SIGNATURE_WRONG', 'The signature is not this device’s over this command.', {
    ...{ rule: 'T5: every command is signed', level: 'device' },
    remedy: 'Look again and say it anew; a script compares its bytes with the vectors of docs/protocol.md §4.1.',
  })
}

function contentOf({ kind, value }: Signable, { optionName = null, modeName = null }: Seen): CommandContent | null {
  switch (kind) {
    case 'SendPrompt':
      return { kind, ...value, modeName }
    case 'EditPrompt':
    case 'WithdrawPrompt':
    case 'CancelTurn':
      return { kind, ...value } as CommandContent
    case 'ReleaseQueue':
    case 'StopSession':
      return { kind }
    case 'AnswerPermission':
      return { kind, ...value, optionName }
    case 'DecidePlan':
      return { kind, ...value, optionName }
    case 'AnswerQuestion':
      return { kind, ...value, values: value.values.map((one) => answered(one.name, one)) }
    case 'SetMode':
      return { kind, ...value, modeName }
    default:
      return null
  }
}
