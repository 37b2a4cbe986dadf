/** Prompts from a device: sent, edited, withdrawn, let go on (C6). The host owns the queue; these are wishes. */
import type { Tx } from '../../db/database.ts'
import { requireBodies } from '../../store/bodies.ts'
import { idOfKey } from '../../store/ids.ts'
import { limits } from '../../store/limits.ts'
import { refuse } from '../../store/refused.ts'
import { builder } from '../builder.ts'
import { modeWanted } from '../session-facts.ts'
import { Attachment, AttachmentInput, Delivery } from '../values.ts'
import { deviceOf } from '../who.ts'
import { Command, commandRef, showMade } from './command.ts'
import { order } from './order.ts'
import { atMost, make, newCommand, parseSteering, STEERS, steerable } from './steer.ts'

const MAX_ATTACHMENTS = 20

const SendPrompt = commandRef('SendPrompt').implement({
  interfaces: [Command],
  fields: (t) => ({
    promptId: t.exposeID('promptId'),
    text: t.exposeString('text'),
    attachments: t.expose('attachments', { type: [Attachment] }),
    delivery: t.expose('delivery', { type: Delivery }),
    modeId: t.exposeString('modeId', { nullable: true }),
  }),
})

const SendPromptInput = builder.inputType('SendPromptInput', {
  fields: (t) => ({
    key: t.string({ required: true }),
    proof: t.string(),
    sessionId: t.id({ required: true }),
    text: t.string({ required: true }),
    attachments: t.field({ type: [AttachmentInput], required: true, defaultValue: [] }),
    delivery: t.field({ type: Delivery, required: true, defaultValue: 'AFTER_TURN' }),
    modeId: t.string(),
  }),
})

builder.mutationField('sendPrompt', (t) =>
  t.field({
    type: SendPrompt,
    authScopes: { is: ['device'] },
    args: { input: t.arg({ type: SendPromptInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      parseSteering(input)
      const { text, attachments, delivery, modeId = null } = input
      atMost(limits.maxPromptChars, text, 'A prompt')
      if (text.trim() === '' && attachments.length === 0) throw refuse('BAD_INPUT', 'The prompt is empty.')
      if (attachments.length > MAX_ATTACHMENTS)
        throw refuse('TOO_LARGE', `A prompt has at most ${MAX_ATTACHMENTS} attachments.`, {
          numbers: { limit: MAX_ATTACHMENTS },
        })
      const promptId = idOfKey('prm', deviceOf(context).deviceId, input.key)
      const value = { promptId, text, attachments, delivery, modeId }
      const what = 'Sending a prompt'
      if (modeId === null && attachments.length === 0)
        return order(context, input, { kind: 'SendPrompt', value, what, weighs: STEERS })
      const mode = modeId === null ? null : modeWanted(context, modeId)
      const session = await steerable(context, input.sessionId, mode?.needs ?? 'STEER', what)
      const seen = { modeName: mode?.name() ?? null }
      const weighs = { needs: (await mode?.needs(session)) ?? 'STEER', takesAway: false }
      const wanted = await newCommand(context, session, 'SendPrompt', value, { ...input, seen, weighs })
      const digests = attachments.map((attachment) => attachment.digest)
      const bodies = digests.length === 0 ? undefined : (tx: Tx) => requireBodies(tx, session.id, digests)
      return showMade('SendPrompt', await make(context, wanted, bodies))
    },
  }),
)

const EditPrompt = commandRef('EditPrompt').implement({
  interfaces: [Command],
  fields: (t) => ({
    promptId: t.exposeID('promptId'),
    text: t.exposeString('text', { nullable: true }),
    delivery: t.expose('delivery', { type: Delivery, nullable: true }),
  }),
})

const EditPromptInput = builder.inputType('EditPromptInput', {
  fields: (t) => ({
    key: t.string({ required: true }),
    proof: t.string(),
    sessionId: t.id({ required: true }),
    promptId: t.id({ required: true }),
    text: t.string(),
    delivery: t.field({ type: Delivery }),
  }),
})

builder.mutationField('editPrompt', (t) =>
  t.field({
    type: EditPrompt,
    authScopes: { is: ['device'] },
    args: { input: t.arg({ type: EditPromptInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      parseSteering(input)
      const { promptId, text = null, delivery = null } = input
      atMost(limits.maxPromptChars, text, 'A prompt')
      if (text === null && delivery === null) throw refuse('BAD_INPUT', 'Say what to change: text, delivery, or both.')
      const value = { promptId, text, delivery }
      return order(context, input, { kind: 'EditPrompt', value, what: 'Editing a prompt', weighs: STEERS })
    },
  }),
)

const WithdrawPrompt = commandRef('WithdrawPrompt').implement({
  interfaces: [Command],
  fields: (t) => ({ promptId: t.exposeID('promptId') }),
})

const WithdrawPromptInput = builder.inputType('WithdrawPromptInput', {
  fields: (t) => ({
    key: t.string({ required: true }),
    proof: t.string(),
    sessionId: t.id({ required: true }),
    promptId: t.id({ required: true }),
  }),
})

builder.mutationField('withdrawPrompt', (t) =>
  t.field({
    type: WithdrawPrompt,
    authScopes: { is: ['device'] },
    args: { input: t.arg({ type: WithdrawPromptInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      parseSteering(input)
      const value = { promptId: input.promptId }
      return order(context, input, { kind: 'WithdrawPrompt', value, what: 'Withdrawing a prompt', weighs: STEERS })
    },
  }),
)

const ReleaseQueue = commandRef('ReleaseQueue').implement({ interfaces: [Command] })

const ReleaseQueueInput = builder.inputType('ReleaseQueueInput', {
  fields: (t) => ({ key: t.string({ required: true }), proof: t.string(), sessionId: t.id({ required: true }) }),
})

builder.mutationField('releaseQueue', (t) =>
  t.field({
    type: ReleaseQueue,
    authScopes: { is: ['device'] },
    args: { input: t.arg({ type: ReleaseQueueInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      parseSteering(input)
      return order(context, input, { kind: 'ReleaseQueue', value: {}, what: 'Releasing the queue', weighs: STEERS })
    },
  }),
)
