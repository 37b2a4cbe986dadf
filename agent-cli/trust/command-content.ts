// A command as it came, put into the shape that its device signed, with this host's own words for options and modes. Pure.
import type { CommandContent } from '../../protocol/command-content.ts'
import { answered } from '../../protocol/command-input.ts'
import type { HostCommand } from '../remote/host-operations.ts'

/** What this host calls things. Null for what it has not offered. */
export type OwnWords = {
  option(decisionId: string, optionId: string): string | null
  mode(modeId: string): string | null
}

/** Null for a kind that devices do not sign. */
export function contentOf(command: HostCommand, own: OwnWords): CommandContent | null {
  switch (command.__typename) {
    case 'SendPrompt': {
      const { text, attachments, delivery, promptModeId: modeId } = command
      const modeName = modeId === null ? null : own.mode(modeId)
      return { kind: 'SendPrompt', text, attachments, delivery, modeId, modeName }
    }
    case 'EditPrompt':
      return { kind: 'EditPrompt', promptId: command.promptId, text: command.newText, delivery: command.newDelivery }
    case 'WithdrawPrompt':
      return { kind: 'WithdrawPrompt', promptId: command.promptId }
    case 'AnswerPermission': {
      const { decisionId, optionId, reason } = command
      return { kind: 'AnswerPermission', optionId, optionName: own.option(decisionId, optionId), reason }
    }
    case 'AnswerQuestion': {
      const { accepted, reason } = command
      return { kind: 'AnswerQuestion', accepted, reason, values: command.values.map((one) => answered(one.name, one)) }
    }
    case 'DecidePlan': {
      const { decisionId, optionId, thenMode, comments } = command
      return { kind: 'DecidePlan', optionId, optionName: own.option(decisionId, optionId), thenMode, comments }
    }
    case 'SetMode':
      return { kind: 'SetMode', modeId: command.modeId, modeName: own.mode(command.modeId) }
    case 'CancelTurn':
      return { kind: 'CancelTurn', turnId: command.turnId }
    case 'ReleaseQueue':
    case 'StopSession':
      return { kind: command.__typename }
    default:
      return null
  }
}
