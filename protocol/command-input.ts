/** A steering mutation's input as what is signed: the one way from `schema.graphql` to the content, for pages, commands and scripts alike. */
import type { Bytes } from './bytes.ts'
import { commandBytes, commandChallenge, type SignedCommand, writeProof } from './command.ts'
import type { Answered, Attached, CommandContent, Commented } from './command-content.ts'
import type { Assertion } from './passkey.ts'

type Maybe<T> = T | null | undefined
type Value = {
  readonly text?: Maybe<string>
  readonly number?: Maybe<number>
  readonly boolean?: Maybe<boolean>
  readonly choices?: Maybe<readonly string[]>
}

/** Every field that an input of a steering mutation may have. */
export type SteeringFields = {
  readonly key: string
  readonly sessionId: string
  readonly text?: Maybe<string>
  readonly attachments?: Maybe<readonly Attached[]>
  readonly delivery?: Maybe<string>
  readonly modeId?: Maybe<string>
  readonly promptId?: Maybe<string>
  readonly turnId?: Maybe<string>
  readonly decisionId?: Maybe<string>
  readonly epoch?: Maybe<number>
  readonly evidenceDigest?: Maybe<string>
  readonly optionId?: Maybe<string>
  readonly reason?: Maybe<string>
  readonly thenMode?: Maybe<string>
  readonly comments?: Maybe<readonly { readonly part?: Maybe<string>; readonly text: string }[]>
  readonly answer?: Maybe<{
    readonly accept?: Maybe<{ readonly values: readonly { readonly name: string; readonly value: Value }[] }>
    readonly decline?: Maybe<{ readonly reason?: Maybe<string> }>
  }>
}

export type SteeringMutation =
  | 'sendPrompt'
  | 'editPrompt'
  | 'withdrawPrompt'
  | 'releaseQueue'
  | 'answerPermission'
  | 'answerQuestion'
  | 'decidePlan'
  | 'setMode'
  | 'cancelTurn'
  | 'stopSession'

/** What stood on the button: the option's name, the mode's. */
export type Seen = { readonly optionName?: Maybe<string>; readonly modeName?: Maybe<string> }

/** What the input says, with the schema's defaults where it is silent. */
export function contentOfInput(mutation: SteeringMutation, input: SteeringFields, seen: Seen): CommandContent {
  const { optionId = '', reason = null, thenMode = null } = input
  const optionName = seen.optionName ?? null
  const modeName = seen.modeName ?? null
  switch (mutation) {
    case 'sendPrompt': {
      const { text, attachments, delivery, modeId } = input
      const rest = {
        attachments: attachments ?? [],
        delivery: delivery ?? 'AFTER_TURN',
        modeId: modeId ?? null,
        modeName,
      }
      return { kind: 'SendPrompt', text: text ?? '', ...rest }
    }
    case 'editPrompt': {
      const { promptId, text = null, delivery = null } = input
      return { kind: 'EditPrompt', promptId: promptId ?? '', text, delivery }
    }
    case 'withdrawPrompt':
      return { kind: 'WithdrawPrompt', promptId: input.promptId ?? '' }
    case 'releaseQueue':
      return { kind: 'ReleaseQueue' }
    case 'answerPermission':
      return { kind: 'AnswerPermission', optionId: optionId ?? '', optionName, reason }
    case 'answerQuestion': {
      const { accept, decline } = input.answer ?? {}
      const values = (accept?.values ?? []).map(({ name, value }) => answered(name, value))
      return { kind: 'AnswerQuestion', accepted: Boolean(accept), values, reason: decline?.reason ?? null }
    }
    case 'decidePlan': {
      const comments: Commented[] = (input.comments ?? []).map(({ part = null, text }) => ({ part, text }))
      return { kind: 'DecidePlan', optionId: optionId ?? '', optionName, thenMode, comments }
    }
    case 'setMode':
      return { kind: 'SetMode', modeId: input.modeId ?? '', modeName }
    case 'cancelTurn':
      return { kind: 'CancelTurn', turnId: input.turnId ?? null }
    case 'stopSession':
      return { kind: 'StopSession' }
  }
}

/** One value of a form, as it was typed. A value without any is the empty text. */
export function answered(name: string, { text, number, boolean, choices }: Value): Answered {
  return { name, value: text ?? number ?? boolean ?? choices ?? '' }
}

/** The decision that an input answers; null for one that answers none. */
export const decisionOfInput = ({ decisionId, epoch, evidenceDigest }: SteeringFields): SignedCommand['decision'] =>
  decisionId ? { id: decisionId, epoch: epoch ?? 0, evidenceDigest: evidenceDigest ?? null } : null

export type Signer = { readonly deviceId: string; sign(bytes: Bytes): Promise<string> }

/** The passkey that shall vouch for a command: its id is in the bytes, so it is chosen before it is asked. */
export type Voucher = { readonly passkeyId: string; vouch(challenge: string): Promise<Assertion> }

/** The `proof` of a mutation's input. Throws RangeError when an id holds a line break, and what the voucher throws. */
export async function proofFor(
  signer: Signer,
  said: {
    readonly mutation: SteeringMutation
    readonly input: SteeringFields
    readonly seen: Seen
    readonly hostId: string
    readonly counter: number
    readonly madeAtMs: number
    readonly voucher?: Voucher | null
  },
): Promise<string> {
  const { mutation, input, seen, hostId, counter, madeAtMs, voucher = null } = said
  const passkeyId = voucher?.passkeyId ?? null
  const bytes = await commandBytes({
    ...{ hostId, sessionId: input.sessionId, deviceId: signer.deviceId, key: input.key, counter, madeAtMs },
    ...{ decision: decisionOfInput(input), content: contentOfInput(mutation, input, seen), passkeyId },
  })
  const assertion = voucher === null ? null : await voucher.vouch(await commandChallenge(bytes))
  return writeProof({ counter, madeAtMs, signature: await signer.sign(bytes), assertion })
}
