/** Tool calls: an upsert each, as the agent tells them. */
import type { ToolContent as ToolContentValue, ToolLocation as ToolLocationValue } from '../../store/kinds/turns.ts'
import { builder, partOf } from '../builder.ts'
import { BodyRef, BodyRefInput, ContentBlock, ContentBlockInput } from '../values.ts'
import { Event, eventRef } from './event.ts'

const ToolContent = builder.objectRef<ToolContentValue>('ToolContent').implement({
  description: "type is ACP's: content, diff, terminal, or what a newer agent says.",
  extensions: partOf('ToolCallChanged'),
  fields: (t) => ({
    type: t.exposeString('type'),
    block: t.expose('block', { type: ContentBlock, nullable: true }),
    path: t.exposeString('path', { nullable: true }),
    oldText: t.exposeString('oldText', { nullable: true }),
    oldTextBody: t.expose('oldTextBody', { type: BodyRef, nullable: true }),
    newText: t.exposeString('newText', { nullable: true }),
    newTextBody: t.expose('newTextBody', { type: BodyRef, nullable: true }),
    terminalId: t.exposeString('terminalId', { nullable: true }),
    json: t.exposeString('json', { nullable: true }),
  }),
})

const ToolContentInput = builder.inputType('ToolContentInput', {
  fields: (t) => ({
    type: t.string({ required: true }),
    block: t.field({ type: ContentBlockInput }),
    path: t.string(),
    oldText: t.string(),
    oldTextBody: t.field({ type: BodyRefInput }),
    newText: t.string(),
    newTextBody: t.field({ type: BodyRefInput }),
    terminalId: t.string(),
    json: t.string(),
  }),
})

const ToolLocation = builder.objectRef<ToolLocationValue>('ToolLocation').implement({
  extensions: partOf('ToolCallChanged'),
  fields: (t) => ({ path: t.exposeString('path'), line: t.exposeInt('line', { nullable: true }) }),
})

const ToolLocationInput = builder.inputType('ToolLocationInput', {
  fields: (t) => ({ path: t.string({ required: true }), line: t.int() }),
})

eventRef('ToolCallChanged').implement({
  description: 'An upsert: a null field means unchanged.',
  interfaces: [Event],
  fields: (t) => ({
    toolCallId: t.exposeID('toolCallId'),
    title: t.exposeString('title', { nullable: true }),
    name: t.exposeString('name', { nullable: true }),
    kind: t.exposeString('kind', { nullable: true }),
    status: t.exposeString('status', { nullable: true }),
    content: t.expose('content', { type: [ToolContent], nullable: true }),
    locations: t.expose('locations', { type: [ToolLocation], nullable: true }),
    rawInput: t.exposeString('rawInput', { nullable: true }),
    rawInputBody: t.expose('rawInputBody', { type: BodyRef, nullable: true }),
    rawOutput: t.exposeString('rawOutput', { nullable: true }),
    rawOutputBody: t.expose('rawOutputBody', { type: BodyRef, nullable: true }),
    endedWithTurn: t.exposeBoolean('endedWithTurn', { nullable: true }),
  }),
})

export const ToolCallChangedInput = builder.inputType('ToolCallChangedInput', {
  fields: (t) => ({
    toolCallId: t.id({ required: true }),
    title: t.string(),
    name: t.string(),
    kind: t.string(),
    status: t.string(),
    content: t.field({ type: [ToolContentInput] }),
    locations: t.field({ type: [ToolLocationInput] }),
    rawInput: t.string(),
    rawInputBody: t.field({ type: BodyRefInput }),
    rawOutput: t.string(),
    rawOutputBody: t.field({ type: BodyRefInput }),
    endedWithTurn: t.boolean(),
  }),
})
