// What a button says after a tap, and what is said when an answer did not hold. Pure.
import { clockWords } from '../../ui/age-words.ts'
import { deviceWord } from '../../ui/device-word.ts'
import { rungName, rungVerb } from '../devices/rung-words.ts'
import type { Said } from './answers.ts'
import type { Decision } from './decision-store.ts'

export type Option = Decision['options'][number]

export const isDeny = (option: Pick<Option, 'kind'>): boolean => option.kind.startsWith('reject')

/** On its way, as far as this device knows: only the host settles it (C5). */
export const isPending = (said: Said | undefined): said is Said => {
  if (!said) return false
  const { state } = said
  if (state.kind === 'sending' || state.kind === 'kept' || state.kind === 'vouching') return true
  return state.kind === 'sent' && (['QUEUED', 'DELIVERED', 'APPLIED'] as string[]).includes(state.command.state)
}

/** `Sent 14:02, waiting for atlas`; null while the button carries its own verb. */
export function pendingLabel(said: Said, hostName: string): string {
  switch (said.state.kind) {
    case 'vouching':
      return 'Waiting for your passkey'
    case 'kept':
      return `Kept on this ${deviceWord()} ${clockWords(said.answer.saidAtMs)}`
    case 'sent':
      return `Sent ${clockWords(Date.parse(said.state.command.createdAt))}, waiting for ${hostName}`
    default:
      return 'Sending'
  }
}

/** What a person must know of an answer that is kept, or that did not hold while the decision is still open. */
export function answerNote(said: Said | undefined, hostName: string): string | null {
  if (!said) return null
  const { answer, state } = said
  switch (state.kind) {
    case 'vouching':
    case 'sending':
      return null
    case 'kept':
      return state.untilMs === null
        ? `This ${deviceWord()} cannot reach the server. Your answer is sent when it can, if this is still open.`
        : `This ${deviceWord()} cannot reach the server. Sent if still open, until ${clockWords(state.untilMs)}.`
    case 'stale':
      return `Your ${answer.what} was not sent: the server was out of reach for too long. Look again and answer anew.`
    case 'refused':
      // Nothing has left this device: it was not refused by anybody.
      if (state.problem.code === 'PASSKEY_CANCELLED' || state.problem.code === 'PASSKEY_UNABLE')
        return `Your ${answer.what} was not sent. ${state.problem.message}`
      return state.problem.remedy
        ? `Your ${answer.what} was refused: ${state.problem.message} ${state.problem.remedy}`
        : `Your ${answer.what} was refused: ${state.problem.message}`
    case 'sent': {
      const { command } = state
      if (command.state === 'REFUSED')
        return `${hostName} refused your ${answer.what}: ${command.refusal?.message ?? 'it did not say why.'}`
      if (command.state === 'EXPIRED')
        return `Your ${answer.what} expired before ${hostName} took it. Nothing was done.`
      if (command.state === 'UNKNOWN')
        return `${hostName} restarted in the middle of your ${answer.what}. Look before you answer again.`
      if (command.state === 'SUPERSEDED') return `Your ${answer.what} was replaced by another answer.`
      return null
    }
  }
}

/** Why an option that is shown cannot be chosen here. */
export function lockedWhy(option: Option, decision: Decision): string {
  const { allowed, host } = decision.session
  const limit = `“${option.name}” needs ${rungName[option.rung]}: to ${rungVerb[option.rung]}.`
  const here = `Here this device may go up to ${rungName[allowed.rung]}.`
  const rule = allowed.message ?? `Another device, or ${host.name} at its terminal, can allow more.`
  return `${limit} ${here} ${rule}${allowed.rule === null ? '' : ` Rule: ${allowed.rule}.`}`
}
