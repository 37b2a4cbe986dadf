/** A policy document as the schema shows and takes it. What it means is policy/'s. */

import { ADMIN_SCOPES } from '../../policy/admin-scope.ts'
import { CONTROLS, type PolicyDocument as DocumentValue } from '../../policy/document.ts'
import { builder, partOf } from '../builder.ts'
import { DeviceKind } from '../devices.ts'
import { Rung } from '../rung.ts'
import { CanonicalMode } from '../values.ts'

export const AdminScope = builder.enumType('AdminScope', { values: ADMIN_SCOPES })
const PolicyControl = builder.enumType('PolicyControl', {
  description: 'LET_ORGANIZATIONS_DECIDE is for enterprises alone, UNCONFIGURED (off) for organisations.',
  values: CONTROLS,
})
export const NotificationContent = builder.enumType('NotificationContent', {
  values: ['NONE', 'TITLE', 'FULL'] as const,
})

type StepUpValue = NonNullable<DocumentValue['stepUp']>
export const StepUp = builder.objectRef<StepUpValue>('StepUp').implement({
  description:
    'From which rung up a fresh passkey is asked for, and how long one counts below FULL, where it counts once.',
  extensions: partOf('PolicyDocument'),
  fields: (t) => ({
    from: t.expose('from', { type: Rung }),
    viewMinutes: t.exposeInt('viewMinutes'),
    answerMinutes: t.exposeInt('answerMinutes'),
    steerMinutes: t.exposeInt('steerMinutes'),
  }),
})

type ClassValue = NonNullable<DocumentValue['neverRemote']>[number]
const CommandClass = builder.objectRef<ClassValue>('CommandClass').implement({
  extensions: partOf('PolicyDocument'),
  fields: (t) => ({
    name: t.exposeString('name'),
    patterns: t.exposeStringList('patterns', { description: 'Words; * is anything. Case and spaces do not matter.' }),
    matches: t.exposeStringList('matches', { description: 'Examples that must fall into it.' }),
    passes: t.exposeStringList('passes', { description: 'Examples that must not.' }),
  }),
})

export const PolicyDocument = builder.objectRef<DocumentValue>('PolicyDocument').implement({
  description: 'What is null it leaves to the others.',
  extensions: partOf('PolicyVersion'),
  fields: (t) => ({
    remoteControl: t.expose('remoteControl', { type: PolicyControl }),
    allowedAgents: t.stringList({ nullable: true, resolve: ({ allowedAgents }) => allowedAgents ?? null }),
    allowedModes: t.field({
      type: [CanonicalMode],
      nullable: true,
      resolve: ({ allowedModes }) => allowedModes ?? null,
    }),
    allowedDeviceKinds: t.field({
      type: [DeviceKind],
      nullable: true,
      resolve: ({ allowedDeviceKinds }) => allowedDeviceKinds ?? null,
    }),
    maxRung: t.field({ type: Rung, nullable: true, resolve: ({ maxRung }) => maxRung ?? null }),
    headlessSessions: t.boolean({ nullable: true, resolve: ({ headlessSessions }) => headlessSessions ?? null }),
    stepUp: t.field({ type: StepUp, nullable: true, resolve: ({ stepUp }) => stepUp ?? null }),
    neverRemote: t.field({ type: [CommandClass], nullable: true, resolve: ({ neverRemote }) => neverRemote ?? null }),
    sessionRetentionMinutes: t.int({ nullable: true, resolve: (row) => row.sessionRetentionMinutes ?? null }),
    auditRetentionMinutes: t.int({ nullable: true, resolve: (row) => row.auditRetentionMinutes ?? null }),
    idleLockMinutes: t.int({ nullable: true, resolve: (row) => row.idleLockMinutes ?? null }),
    notificationContent: t.field({
      type: NotificationContent,
      nullable: true,
      resolve: ({ notificationContent }) => notificationContent ?? null,
    }),
  }),
})

const StepUpInput = builder.inputType('StepUpInput', {
  fields: (t) => ({
    from: t.field({ type: Rung, required: true }),
    viewMinutes: t.int({ required: true, defaultValue: 720 }),
    answerMinutes: t.int({ required: true, defaultValue: 15 }),
    steerMinutes: t.int({ required: true, defaultValue: 15 }),
  }),
})

const CommandClassInput = builder.inputType('CommandClassInput', {
  fields: (t) => ({
    name: t.string({ required: true }),
    patterns: t.stringList({ required: true }),
    matches: t.stringList({ required: true, defaultValue: [] }),
    passes: t.stringList({ required: true, defaultValue: [] }),
  }),
})

export const PolicyDocumentInput = builder.inputType('PolicyDocumentInput', {
  fields: (t) => ({
    remoteControl: t.field({ type: PolicyControl, required: true }),
    allowedAgents: t.stringList(),
    allowedModes: t.field({ type: [CanonicalMode] }),
    allowedDeviceKinds: t.field({ type: [DeviceKind] }),
    maxRung: t.field({ type: Rung }),
    headlessSessions: t.boolean(),
    stepUp: t.field({ type: StepUpInput }),
    neverRemote: t.field({ type: [CommandClassInput] }),
    sessionRetentionMinutes: t.int(),
    auditRetentionMinutes: t.int(),
    idleLockMinutes: t.int(),
    notificationContent: t.field({ type: NotificationContent }),
  }),
})
