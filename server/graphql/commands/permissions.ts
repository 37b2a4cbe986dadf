/** Answering a permission: one of the options the agent offered. */
import { builder } from '../builder.ts'
import { decisionFor, isDenying, MAX_WORDS_CHARS, offered, propose, rungForOption } from './answering.ts'
import { Command, commandRef } from './command.ts'
import { atMost, parseSteering } from './steer.ts'

const AnswerPermission = commandRef('AnswerPermission').implement({
  interfaces: [Command],
  fields: (t) => ({
    decisionId: t.exposeID('decisionId'),
    epoch: t.exposeInt('epoch'),
    optionId: t.exposeString('optionId'),
    evidenceDigest: t.expose('evidenceDigest', { type: 'Digest', nullable: true }),
    reason: t.exposeString('reason', { nullable: true }),
  }),
})

const AnswerPermissionInput = builder.inputType('AnswerPermissionInput', {
  fields: (t) => ({
    key: t.string({ required: true }),
    proof: t.string(),
    sessionId: t.id({ required: true }),
    decisionId: t.id({ required: true }),
    epoch: t.int({ required: true }),
    optionId: t.string({ required: true }),
    evidenceDigest: t.field({ type: 'Digest' }),
    reason: t.string(),
  }),
})

builder.mutationField('answerPermission', (t) =>
  t.field({
    type: AnswerPermission,
    description: 'Returns the answer that stands: yours, or SUPERSEDED with the one that came first. Safe to retry.',
    authScopes: { is: ['device'] },
    args: { input: t.arg({ type: AnswerPermissionInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      parseSteering(input)
      const { decisionId, epoch, optionId, evidenceDigest = null, reason = null } = input
      atMost(MAX_WORDS_CHARS, reason, 'A reason')
      const decision = await decisionFor(context, input, 'PERMISSION')
      const option = offered(decision, optionId)
      const seen = { optionName: option.name }
      return propose(
        context,
        decision,
        { ...input, seen },
        {
          kind: 'AnswerPermission',
          value: { decisionId, epoch, optionId, evidenceDigest, reason },
          needs: rungForOption(option),
          isDeny: isDenying(option),
        },
      )
    },
  }),
)
