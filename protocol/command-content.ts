/**
 * What a device says in each kind of command, in one shape for the device that signs it, the server that passes it on and the host that
 * carries it out. Names of options and modes are in it as the person saw them: whoever swaps two labels breaks the signature.
 */
import type { Json } from './canonical-json.ts'

export type Attached = {
  readonly digest: string
  readonly mediaType: string
  readonly name: string
  readonly size: number
}
export type Answered = { readonly name: string; readonly value: string | number | boolean | readonly string[] }
export type Commented = { readonly part: string | null; readonly text: string }

/** Nothing is left out: what was not said is null. `optionName` and `modeName` are null for what the one who reads does not know. */
export type CommandContent =
  | {
      readonly kind: 'SendPrompt'
      readonly text: string
      readonly attachments: readonly Attached[]
      readonly delivery: string
      readonly modeId: string | null
      readonly modeName: string | null
    }
  | {
      readonly kind: 'EditPrompt'
      readonly promptId: string
      readonly text: string | null
      readonly delivery: string | null
    }
  | { readonly kind: 'WithdrawPrompt'; readonly promptId: string }
  | { readonly kind: 'ReleaseQueue' }
  | {
      readonly kind: 'AnswerPermission'
      readonly optionId: string
      readonly optionName: string | null
      readonly reason: string | null
    }
  | {
      readonly kind: 'AnswerQuestion'
      readonly accepted: boolean
      readonly values: readonly Answered[]
      readonly reason: string | null
    }
  | {
      readonly kind: 'DecidePlan'
      readonly optionId: string
      readonly optionName: string | null
      readonly thenMode: string | null
      readonly comments: readonly Commented[]
    }
  | { readonly kind: 'SetMode'; readonly modeId: string; readonly modeName: string | null }
  | { readonly kind: 'CancelTurn'; readonly turnId: string | null }
  | { readonly kind: 'StopSession' }

/** Exactly the fields that are signed, whatever else the object carries. */
export function payloadOf(content: CommandContent): Json {
  switch (content.kind) {
    case 'SendPrompt': {
      const { text, delivery, modeId, modeName } = content
      const attachments = content.attachments.map(({ digest, mediaType, name, size }) => ({
        digest,
        mediaType,
        name,
        size,
      }))
      return { text, attachments, delivery, modeId, modeName }
    }
    case 'EditPrompt':
      return { promptId: content.promptId, text: content.text, delivery: content.delivery }
    case 'WithdrawPrompt':
      return { promptId: content.promptId }
    case 'AnswerPermission':
      return { optionId: content.optionId, optionName: content.optionName, reason: content.reason }
    case 'AnswerQuestion':
      return {
        accepted: content.accepted,
        values: content.values.map(({ name, value }) => ({ name, value })),
        reason: content.reason,
      }
    case 'DecidePlan': {
      const { optionId, optionName, thenMode } = content
      return { optionId, optionName, thenMode, comments: content.comments.map(({ part, text }) => ({ part, text })) }
    }
    case 'SetMode':
      return { modeId: content.modeId, modeName: content.modeName }
    case 'CancelTurn':
      return { turnId: content.turnId }
    case 'ReleaseQueue':
    case 'StopSession':
      return {}
  }
}

/** Digests of the bodies that the command refers to, in its order. */
export const bodiesOf = (content: CommandContent): readonly string[] =>
  content.kind === 'SendPrompt' ? content.attachments.map(({ digest }) => digest) : []
