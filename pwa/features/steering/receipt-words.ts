// What a command's state is called (C5). A table from facts to words; knows no screen and no network.
import { momentWords } from '../../ui/age-words.ts'
import { deviceWord } from '../../ui/device-word.ts'
import type { ReceiptStep } from '../../ui/receipt.tsx'
import type { Command, Winner } from './command-fields.ts'

export type Around = {
  hostName: string
  /** Since when the host is offline; null while it is live. Milliseconds since 1970. */
  hostOfflineSince: number | null
  now: number
  /** This device's id, to say "on this device". */
  deviceId: string | null
  /** Names known elsewhere: an option's, a mode's. */
  nameOf(kind: 'option' | 'mode', id: string, decisionId?: string): string | undefined
}

/** How a command stands: on its way with dots, or over in one quiet row, or not known (amber: a person must look). */
export type Standing =
  | { kind: 'way'; step: ReceiptStep; words: string }
  | { kind: 'over'; title: string; what: string; detail: string; refusal: Command['refusal'] }
  | { kind: 'unknown'; title: string; what: string; detail: string }

const firstLine = (text: string) => text.trimStart().split('\n', 1)[0] ?? ''

/** A command in a few words, as a person would name what they did. */
export function whatOf(command: Command, around: Pick<Around, 'nameOf'>): string {
  switch (command.__typename) {
    case 'SendPrompt':
      return firstLine(command.promptText)
    case 'EditPrompt':
      return command.newText === null ? 'Send now' : `Edit, ${firstLine(command.newText)}`
    case 'WithdrawPrompt':
      return 'Withdraw a prompt'
    case 'ReleaseQueue':
      return 'Release the queue'
    case 'SetMode':
      return around.nameOf('mode', command.modeId) ?? command.modeId
    case 'CancelTurn':
      return 'Cancel turn'
    case 'StopSession':
      return 'Stop the session'
    case 'AnswerPermission':
    case 'DecidePlan':
      return around.nameOf('option', command.optionId, command.decisionId) ?? 'your answer'
    case 'AnswerQuestion':
      return command.accepted ? 'your answer' : 'Decline'
    default:
      return 'a command'
  }
}

const clock = (at: string | null, around: Around) => (at === null ? '' : momentWords(Date.parse(at), around.now))

/** `Answered at the terminal 14:02: Allow once` (D3). */
export function winnerWords(winner: Winner, around: Around): string {
  const at = momentWords(Date.parse(winner.at), around.now)
  const choice = winner.optionName ?? winner.answer
  const which = choice === null || choice === '' ? '' : `: ${choice}`
  if (winner.outcome === 'CANCELLED') return `Cancelled with the turn ${at}`
  if (winner.outcome === 'WITHDRAWN') return `Withdrawn ${at}. The agent no longer asks`
  const { surface, deviceId, deviceName } = winner.origin
  switch (surface) {
    case 'TERMINAL':
      return `Answered at the terminal ${at}${which}`
    case 'DEVICE':
      return `Answered on ${deviceId !== null && deviceId === around.deviceId ? `this ${deviceWord()}` : (deviceName ?? 'another device')} ${at}${which}`
    case 'HOST':
      return `Answered by ${around.hostName} ${at}${which}`
    case 'AGENT':
      return `Answered by the agent ${at}${which}`
  }
}

/** Words for every state. Nothing is called applied before the host has said so. */
export function standingOf(command: Command, around: Around): Standing {
  const { hostName, hostOfflineSince } = around
  const what = whatOf(command, around)
  switch (command.state) {
    case 'QUEUED': {
      const saved = `Saved ${clock(command.createdAt, around)}`
      if (hostOfflineSince === null)
        return { kind: 'way', step: 'saved', words: `${saved}, ${hostName} has not fetched it` }
      const since = momentWords(hostOfflineSince, around.now)
      return { kind: 'way', step: 'saved', words: `${saved}. ${hostName} is offline since ${since}` }
    }
    case 'DELIVERED': {
      const at = clock(command.deliveredAt ?? command.createdAt, around)
      return { kind: 'way', step: 'delivered', words: `Delivered to ${hostName} ${at}, not applied yet` }
    }
    case 'APPLIED':
      return { kind: 'way', step: 'applied', words: `Applied ${clock(command.settledAt, around)}` }
    case 'REFUSED': {
      const detail = command.refusal?.message ?? `${hostName} did not say why.`
      return { kind: 'over', title: 'Refused', what, detail, refusal: command.refusal }
    }
    case 'SUPERSEDED': {
      const detail = command.winner
        ? winnerWords(command.winner, around)
        : 'Another answer came first. It was not applied.'
      return { kind: 'over', title: 'Superseded', what, detail, refusal: null }
    }
    case 'EXPIRED': {
      const by = command.expiresAt === null ? 'in time' : `by ${clock(command.expiresAt, around)}`
      return {
        kind: 'over',
        title: 'Expired',
        what,
        detail: `${hostName} did not take it ${by}. Nothing was done.`,
        refusal: null,
      }
    }
    case 'UNKNOWN':
      return {
        kind: 'unknown',
        title: `Unknown since ${clock(command.settledAt ?? command.createdAt, around)}`,
        what,
        detail: command.refusal?.message ?? `${hostName} restarted in the middle of it. Look before you send it again.`,
      }
  }
}
