/** Deciding a plan: an option the agent offered, the mode that follows, comments on parts (D7 says where they go). */
import type { PlanComment as PlanCommentShape } from '../../store/command-kinds.ts'
import { refuse } from '../../store/refused.ts'
import { builder, partOf } from '../builder.ts'
import { CanonicalMode } from '../values.ts'
import { decisionFor, isDenying, MAX_WORDS_CHARS, offered, propose, rungForPlan } from './answering.ts'
import { Command, commandRef } from './command.ts'
import { atMost, parseSteering } from './steer.ts'

const MAX_COMMENTS = 100

const PlanComment = builder.objectRef<PlanCommentShape>('PlanComment').implement({
  extensions: partOf('DecidePlan'),
  fields: (t) => ({ part: t.exposeString('part', { nullable: true }), text: t.exposeString('text') }),
})

const DecidePlan = commandRef('DecidePlan').implement({
  interfaces: [Command],
  fields: (t) => ({
    decisionId: t.exposeID('decisionId'),
    epoch: t.exposeInt('epoch'),
    optionId: t.exposeString('optionId'),
    evidenceDigest: t.expose('evidenceDigest', { type: 'Digest', nullable: true }),
    thenMode: t.expose('thenMode', { type: CanonicalMode, nullable: true }),
    comments: t.expose('comments', { type: [PlanComment] }),
  }),
})

const PlanCommentInput = builder.inputType('PlanCommentInput', {
  fields: (t) => ({ part: t.string(), text: t.string({ required: true }) }),
})

const DecidePlanInput = builder.inputType('DecidePlanInput', {
  fields: (t) => ({
    key: t.string({ required: true }),
    proof: t.string(),
    sessionId: t.id({ required: true }),
    decisionId: t.id({ required: true }),
    epoch: t.int({ required: true }),
    optionId: t.string({ required: true }),
    evidenceDigest: t.field({ type: 'Digest' }),
    thenMode: t.field({ type: CanonicalMode }),
    comments: t.field({ type: [PlanCommentInput], required: true, defaultValue: [] }),
  }),
})

builder.mutationField('decidePlan', (t) =>
  t.field({
    type: DecidePlan,
    authScopes: { is: ['device'] },
    args: { input: t.arg({ type: DecidePlanInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      parseSteering(input)
      const { decisionId, epoch, optionId, evidenceDigest = null, thenMode = null } = input
      if (input.comments.length > MAX_COMMENTS)
        throw refuse('TOO_LARGE', `A plan takes at most ${MAX_COMMENTS} comments.`, {
          numbers: { limit: MAX_COMMENTS },
        })
      const comments = input.comments.map(({ part = null, text }) => ({ part, text }))
      for (const { part, text } of comments) atMost(MAX_WORDS_CHARS, (part ?? '') + text, 'A comment')
      const decision = await decisionFor(context, input, 'PLAN')
      const option = offered(decision, optionId)
      const seen = { optionName: option.name }
      return propose(
        context,
        decision,
        { ...input, seen },
        {
          kind: 'DecidePlan',
          value: { decisionId, epoch, optionId, evidenceDigest, thenMode, comments },
          needs: rungForPlan(option, thenMode),
          isDeny: isDenying(option),
        },
      )
    },
  }),
)
