/** Every kind of command, by its GraphQL type name, and how the payload of one is read. Knows no table. */
import { z } from 'zod'
import type { CommandRow } from './commands.ts'
import { attachment, canonicalMode, delivery, id, int, maybe, rung, text } from './kinds/values.ts'
import { decodePayload } from './payload.ts'

const fieldValue = z.object({
  name: text,
  text: maybe(text),
  number: maybe(z.number()),
  boolean: maybe(z.boolean()),
  choices: maybe(z.array(text)),
})
export type FieldValue = z.infer<typeof fieldValue>

const planComment = z.object({ part: maybe(text), text })
export type PlanComment = z.infer<typeof planComment>

const answers = z.object({ decisionId: id, epoch: int })

const kinds = {
  SendPrompt: z.object({ promptId: id, text, attachments: z.array(attachment), delivery, modeId: maybe(id) }),
  EditPrompt: z.object({ promptId: id, text: maybe(text), delivery: maybe(delivery) }),
  WithdrawPrompt: z.object({ promptId: id }),
  ReleaseQueue: z.object({}),
  AnswerPermission: answers.extend({ optionId: id, evidenceDigest: maybe(text), reason: maybe(text) }),
  AnswerQuestion: answers.extend({
    accepted: z.boolean(),
    values: z.array(fieldValue),
    reason: maybe(text),
    evidenceDigest: maybe(text),
  }),
  DecidePlan: answers.extend({
    optionId: id,
    evidenceDigest: maybe(text),
    comments: z.array(planComment),
    thenMode: maybe(canonicalMode),
  }),
  SetMode: z.object({ modeId: id }),
  CancelTurn: z.object({ turnId: maybe(id) }),
  StopSession: z.object({}),
  JoinPairing: z.object({ pairingId: id, publicKey: text, nonce: text, name: text, mac: maybe(text) }),
  EndorseDevice: z.object({
    endorserId: id,
    newDeviceId: id,
    name: text,
    publicKey: text,
    newRung: rung,
    signature: text,
  }),
  ForgetDevice: z.object({ forgottenDeviceId: id }),
  PinPasskey: z.object({
    passkeyId: text,
    publicKey: text,
    origin: text,
    passkeyName: text,
    signature: text,
    assertion: maybe(z.object({ id: text, authenticatorData: text, clientData: text, signature: text })),
  }),
  ForgetPasskey: z.object({ ofDeviceId: id, passkeyId: text }),
}

export type CommandKind = keyof typeof kinds
export type CommandValues = { [K in CommandKind]: z.output<(typeof kinds)[K]> }
export type KnownCommand = { [K in CommandKind]: { kind: K; value: CommandValues[K] } }[CommandKind]

const isCommandKind = (kind: string): kind is CommandKind => Object.hasOwn(kinds, kind)

/** Null for a kind that a later version made, or a payload that cannot be read: lists leave it out, the host is not sent it. */
export function readCommand(row: Pick<CommandRow, 'kind' | 'format' | 'payload'>): KnownCommand | null {
  if (row.format !== 'json' || !isCommandKind(row.kind)) return null
  const read = kinds[row.kind].safeParse(decodePayload(row.payload))
  return read.success ? ({ kind: row.kind, value: read.data } as KnownCommand) : null
}
