/** Value types that several domains share: who did it, modes, contents, attachments. They hold no row of their own. */
import type {
  Attachment as AttachmentValue,
  BodyRef as BodyRefValue,
  ContentBlock as ContentBlockValue,
  Mode as ModeValue,
  Origin as OriginValue,
} from '../store/kinds/values.ts'
import { builder, partOf } from './builder.ts'

export const Surface = builder.enumType('Surface', { values: ['AGENT', 'DEVICE', 'HOST', 'TERMINAL'] as const })
export const CanonicalMode = builder.enumType('CanonicalMode', {
  values: ['AUTOPILOT', 'INTERACTIVE', 'PLAN'] as const,
})
export const Delivery = builder.enumType('Delivery', { values: ['AFTER_TURN', 'NOW'] as const })

export const Origin = builder.objectRef<OriginValue>('Origin').implement({
  description: 'Who did it and from where.',
  extensions: partOf('the event or row it stands in'),
  fields: (t) => ({
    surface: t.expose('surface', { type: Surface }),
    commandId: t.exposeID('commandId', { nullable: true }),
    deviceId: t.exposeID('deviceId', { nullable: true }),
    deviceName: t.exposeString('deviceName', { nullable: true }),
  }),
})

export const OriginInput = builder.inputType('OriginInput', {
  fields: (t) => ({
    surface: t.field({ type: Surface, required: true }),
    commandId: t.id(),
    deviceId: t.id(),
    deviceName: t.string(),
  }),
})

export const Mode = builder.objectRef<ModeValue>('Mode').implement({
  extensions: partOf('Session'),
  fields: (t) => ({
    id: t.exposeString('id'),
    name: t.exposeString('name'),
    description: t.exposeString('description', { nullable: true }),
    canonical: t.expose('canonical', { type: CanonicalMode, nullable: true }),
  }),
})

export const ModeInput = builder.inputType('ModeInput', {
  fields: (t) => ({
    id: t.string({ required: true }),
    name: t.string({ required: true }),
    description: t.string(),
    canonical: t.field({ type: CanonicalMode }),
  }),
})

export const BodyRef = builder.objectRef<BodyRefValue>('BodyRef').implement({
  extensions: partOf('the event it stands in'),
  fields: (t) => ({
    digest: t.expose('digest', { type: 'Digest' }),
    mediaType: t.exposeString('mediaType'),
    size: t.exposeInt('size'),
  }),
})

export const BodyRefInput = builder.inputType('BodyRefInput', {
  fields: (t) => ({
    digest: t.field({ type: 'Digest', required: true }),
    mediaType: t.string({ required: true }),
    size: t.int({ required: true }),
  }),
})

export const Attachment = builder.objectRef<AttachmentValue>('Attachment').implement({
  extensions: partOf('the prompt it stands in'),
  fields: (t) => ({
    digest: t.expose('digest', { type: 'Digest' }),
    mediaType: t.exposeString('mediaType'),
    name: t.exposeString('name'),
    size: t.exposeInt('size'),
  }),
})

export const AttachmentInput = builder.inputType('AttachmentInput', {
  fields: (t) => ({
    digest: t.field({ type: 'Digest', required: true }),
    mediaType: t.string({ required: true }),
    name: t.string({ required: true }),
    size: t.int({ required: true }),
  }),
})

export const ContentBlock = builder.objectRef<ContentBlockValue>('ContentBlock').implement({
  description: "type is ACP's: text, image, audio, resource_link, resource, or what a newer agent says.",
  extensions: partOf('the event it stands in'),
  fields: (t) => ({
    type: t.exposeString('type'),
    text: t.exposeString('text', { nullable: true }),
    textBody: t.expose('textBody', { type: BodyRef, nullable: true }),
    mediaType: t.exposeString('mediaType', { nullable: true }),
    name: t.exposeString('name', { nullable: true }),
    title: t.exposeString('title', { nullable: true }),
    uri: t.exposeString('uri', { nullable: true }),
    body: t.expose('body', { type: BodyRef, nullable: true }),
  }),
})

export const ContentBlockInput = builder.inputType('ContentBlockInput', {
  fields: (t) => ({
    type: t.string({ required: true }),
    text: t.string(),
    textBody: t.field({ type: BodyRefInput }),
    mediaType: t.string(),
    name: t.string(),
    title: t.string(),
    uri: t.string(),
    body: t.field({ type: BodyRefInput }),
  }),
})
