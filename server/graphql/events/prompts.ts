/** The host's queue in the transcript (C6). */
import { builder } from '../builder.ts'
import { Attachment, AttachmentInput, Delivery, Origin, OriginInput } from '../values.ts'
import { Event, eventRef } from './event.ts'

export const PromptState = builder.enumType('PromptState', {
  values: ['DONE', 'HELD', 'QUEUED', 'REFUSED', 'RUNNING', 'UNKNOWN', 'WITHDRAWN'] as const,
})

eventRef('PromptChanged').implement({
  interfaces: [Event],
  fields: (t) => ({
    promptId: t.exposeID('promptId'),
    state: t.expose('state', { type: PromptState }),
    text: t.exposeString('text'),
    attachments: t.expose('attachments', { type: [Attachment] }),
    delivery: t.expose('delivery', { type: Delivery }),
    modeId: t.exposeString('modeId', { nullable: true }),
    turnId: t.exposeID('turnId', { nullable: true }),
    reason: t.exposeString('reason', { nullable: true }),
    origin: t.expose('origin', { type: Origin }),
  }),
})

export const PromptChangedInput = builder.inputType('PromptChangedInput', {
  fields: (t) => ({
    promptId: t.id({ required: true }),
    state: t.field({ type: PromptState, required: true }),
    text: t.string({ required: true }),
    attachments: t.field({ type: [AttachmentInput], required: true, defaultValue: [] }),
    delivery: t.field({ type: Delivery, required: true }),
    modeId: t.string(),
    turnId: t.id(),
    reason: t.string(),
    origin: t.field({ type: OriginInput, required: true }),
  }),
})
