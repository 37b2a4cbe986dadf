/** What person and agent said, and what the agent showed. */
import { builder } from '../builder.ts'
import { BodyRef, BodyRefInput, ContentBlock, ContentBlockInput } from '../values.ts'
import { Event, eventRef } from './event.ts'

eventRef('UserText').implement({
  interfaces: [Event],
  fields: (t) => ({ messageId: t.exposeID('messageId'), text: t.exposeString('text') }),
})

eventRef('AgentText').implement({
  interfaces: [Event],
  fields: (t) => ({
    messageId: t.exposeID('messageId'),
    text: t.exposeString('text'),
    textBody: t.expose('textBody', { type: BodyRef, nullable: true }),
  }),
})

eventRef('AgentThought').implement({
  interfaces: [Event],
  fields: (t) => ({
    messageId: t.exposeID('messageId'),
    text: t.exposeString('text'),
    textBody: t.expose('textBody', { type: BodyRef, nullable: true }),
  }),
})

export const TextInput = builder.inputType('TextInput', {
  fields: (t) => ({
    messageId: t.id({ required: true }),
    text: t.string({ required: true }),
    textBody: t.field({ type: BodyRefInput }),
  }),
})

eventRef('ContentShown').implement({
  interfaces: [Event],
  fields: (t) => ({
    messageId: t.exposeID('messageId'),
    role: t.exposeString('role'),
    block: t.expose('block', { type: ContentBlock }),
  }),
})

export const ContentShownInput = builder.inputType('ContentShownInput', {
  fields: (t) => ({
    messageId: t.id({ required: true }),
    role: t.string({ required: true }),
    block: t.field({ type: ContentBlockInput, required: true }),
  }),
})
