/** Turns, their plan entries, and the agent's end. */
import type { PlanEntry as PlanEntryValue } from '../../store/kinds/turns.ts'
import { builder, partOf } from '../builder.ts'
import { Event, eventRef } from './event.ts'

eventRef('TurnStarted').implement({
  interfaces: [Event],
  fields: (t) => ({ turnId: t.exposeID('turnId'), promptId: t.exposeID('promptId', { nullable: true }) }),
})

export const TurnStartedInput = builder.inputType('TurnStartedInput', {
  fields: (t) => ({ turnId: t.id({ required: true }), promptId: t.id() }),
})

eventRef('TurnEnded').implement({
  interfaces: [Event],
  fields: (t) => ({
    turnId: t.exposeID('turnId'),
    promptId: t.exposeID('promptId', { nullable: true }),
    stopReason: t.exposeString('stopReason', { description: 'ACP stop reason, or error, or agent_exited.' }),
    errorCode: t.exposeString('errorCode', { nullable: true }),
    errorMessage: t.exposeString('errorMessage', { nullable: true }),
    heldPrompts: t.exposeInt('heldPrompts'),
    strayProcessesEnded: t.exposeInt('strayProcessesEnded'),
  }),
})

export const TurnEndedInput = builder.inputType('TurnEndedInput', {
  fields: (t) => ({
    turnId: t.id({ required: true }),
    promptId: t.id(),
    stopReason: t.string({ required: true }),
    errorCode: t.string(),
    errorMessage: t.string(),
    heldPrompts: t.int({ required: true, defaultValue: 0 }),
    strayProcessesEnded: t.int({ required: true, defaultValue: 0 }),
  }),
})

export const PlanEntry = builder.objectRef<PlanEntryValue>('PlanEntry').implement({
  extensions: partOf('Session'),
  fields: (t) => ({
    content: t.exposeString('content'),
    priority: t.exposeString('priority'),
    status: t.exposeString('status'),
  }),
})

eventRef('PlanChanged').implement({
  interfaces: [Event],
  fields: (t) => ({ entries: t.expose('entries', { type: [PlanEntry] }) }),
})

const PlanEntryInput = builder.inputType('PlanEntryInput', {
  fields: (t) => ({
    content: t.string({ required: true }),
    priority: t.string({ required: true }),
    status: t.string({ required: true }),
  }),
})

export const PlanChangedInput = builder.inputType('PlanChangedInput', {
  fields: (t) => ({ entries: t.field({ type: [PlanEntryInput], required: true }) }),
})

eventRef('AgentExited').implement({
  interfaces: [Event],
  fields: (t) => ({
    detail: t.exposeString('detail'),
    exitCode: t.exposeInt('exitCode', { nullable: true }),
    signal: t.exposeString('signal', { nullable: true }),
  }),
})

export const AgentExitedInput = builder.inputType('AgentExitedInput', {
  fields: (t) => ({ detail: t.string({ required: true }), exitCode: t.int(), signal: t.string() }),
})
