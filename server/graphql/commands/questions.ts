/** Answering a question: the fields of its form, or declining it. What fits which field, host and agent decide. */
import type { FieldValue as FieldValueShape } from '../../store/command-kinds.ts'
import { limits } from '../../store/limits.ts'
import { refuse } from '../../store/refused.ts'
import { builder, partOf } from '../builder.ts'
import { decisionFor, MAX_WORDS_CHARS, propose } from './answering.ts'
import { Command, commandRef } from './command.ts'
import { atMost, parseSteering } from './steer.ts'

const MAX_VALUES = 200

const FieldValue = builder.objectRef<FieldValueShape>('FieldValue').implement({
  extensions: partOf('AnswerQuestion'),
  fields: (t) => ({
    name: t.exposeString('name'),
    text: t.exposeString('text', { nullable: true }),
    number: t.exposeFloat('number', { nullable: true }),
    boolean: t.exposeBoolean('boolean', { nullable: true }),
    choices: t.exposeStringList('choices', { nullable: true }),
  }),
})

const AnswerQuestion = commandRef('AnswerQuestion').implement({
  interfaces: [Command],
  fields: (t) => ({
    decisionId: t.exposeID('decisionId'),
    epoch: t.exposeInt('epoch'),
    accepted: t.exposeBoolean('accepted'),
    evidenceDigest: t.expose('evidenceDigest', { type: 'Digest', nullable: true }),
    values: t.expose('values', { type: [FieldValue] }),
    reason: t.exposeString('reason', { nullable: true }),
  }),
})

const ValueInput = builder.inputType('ValueInput', {
  isOneOf: true,
  fields: (t) => ({ text: t.string(), number: t.float(), boolean: t.boolean(), choices: t.stringList() }),
})

const FieldValueInput = builder.inputType('FieldValueInput', {
  fields: (t) => ({ name: t.string({ required: true }), value: t.field({ type: ValueInput, required: true }) }),
})

const AcceptInput = builder.inputType('AcceptInput', {
  fields: (t) => ({ values: t.field({ type: [FieldValueInput], required: true }) }),
})

const DeclineInput = builder.inputType('DeclineInput', { fields: (t) => ({ reason: t.string() }) })

const QuestionAnswerInput = builder.inputType('QuestionAnswerInput', {
  isOneOf: true,
  fields: (t) => ({ accept: t.field({ type: AcceptInput }), decline: t.field({ type: DeclineInput }) }),
})

const AnswerQuestionInput = builder.inputType('AnswerQuestionInput', {
  fields: (t) => ({
    key: t.string({ required: true }),
    proof: t.string(),
    sessionId: t.id({ required: true }),
    decisionId: t.id({ required: true }),
    epoch: t.int({ required: true }),
    evidenceDigest: t.field({ type: 'Digest' }),
    answer: t.field({ type: QuestionAnswerInput, required: true }),
  }),
})

function readValues(values: readonly (typeof FieldValueInput)['$inferInput'][]): FieldValueShape[] {
  if (values.length > MAX_VALUES)
    throw refuse('TOO_LARGE', `An answer has at most ${MAX_VALUES} values.`, { numbers: { limit: MAX_VALUES } })
  return values.map(({ name, value: { text = null, number = null, boolean = null, choices = null } }) => {
    atMost(limits.maxPromptChars, text, 'A text')
    for (const choice of choices ?? []) atMost(MAX_WORDS_CHARS, choice, 'A choice')
    return { name, text, number, boolean, choices }
  })
}

builder.mutationField('answerQuestion', (t) =>
  t.field({
    type: AnswerQuestion,
    authScopes: { is: ['device'] },
    args: { input: t.arg({ type: AnswerQuestionInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      parseSteering(input)
      const { decisionId, epoch, evidenceDigest = null, answer } = input
      const accepted = answer.accept !== null && answer.accept !== undefined
      const values = readValues(answer.accept?.values ?? [])
      const reason = answer.decline?.reason ?? null
      atMost(MAX_WORDS_CHARS, reason, 'A reason')
      const decision = await decisionFor(context, input, 'QUESTION')
      const value = { decisionId, epoch, accepted, values, reason, evidenceDigest }
      return propose(context, decision, input, { kind: 'AnswerQuestion', value, needs: 'ANSWER', isDeny: !accepted })
    },
  }),
)
