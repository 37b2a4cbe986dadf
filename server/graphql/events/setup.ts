/** What the agent offers and where it stands: agent, modes, options, slash commands, usage. */
import type {
  AgentInfo as AgentInfoValue,
  ConfigChoice as ConfigChoiceValue,
  ConfigOption as ConfigOptionValue,
  SlashCommand as SlashCommandValue,
} from '../../store/kinds/setup.ts'
import { builder, partOf } from '../builder.ts'
import { Mode, ModeInput, Origin, OriginInput } from '../values.ts'
import { Event, eventRef } from './event.ts'

export const AgentInfo = builder.objectRef<AgentInfoValue>('AgentInfo').implement({
  extensions: partOf('Session'),
  fields: (t) => ({
    id: t.exposeString('id'),
    name: t.exposeString('name'),
    version: t.exposeString('version', { nullable: true }),
  }),
})

export const AgentInfoInput = builder.inputType('AgentInfoInput', {
  fields: (t) => ({ id: t.string({ required: true }), name: t.string({ required: true }), version: t.string() }),
})

const ConfigChoice = builder.objectRef<ConfigChoiceValue>('ConfigChoice').implement({
  extensions: partOf('SessionConfigured'),
  fields: (t) => ({
    value: t.exposeString('value'),
    name: t.exposeString('name'),
    description: t.exposeString('description', { nullable: true }),
    group: t.exposeString('group', { nullable: true }),
  }),
})

const ConfigChoiceInput = builder.inputType('ConfigChoiceInput', {
  fields: (t) => ({
    value: t.string({ required: true }),
    name: t.string({ required: true }),
    description: t.string(),
    group: t.string(),
  }),
})

const ConfigOption = builder.objectRef<ConfigOptionValue>('ConfigOption').implement({
  extensions: partOf('SessionConfigured'),
  fields: (t) => ({
    id: t.exposeString('id'),
    name: t.exposeString('name'),
    type: t.exposeString('type'),
    category: t.exposeString('category', { nullable: true }),
    description: t.exposeString('description', { nullable: true }),
    currentValue: t.exposeString('currentValue'),
    choices: t.expose('choices', { type: [ConfigChoice] }),
  }),
})

const ConfigOptionInput = builder.inputType('ConfigOptionInput', {
  fields: (t) => ({
    id: t.string({ required: true }),
    name: t.string({ required: true }),
    type: t.string({ required: true }),
    category: t.string(),
    description: t.string(),
    currentValue: t.string({ required: true }),
    choices: t.field({ type: [ConfigChoiceInput], required: true, defaultValue: [] }),
  }),
})

eventRef('SessionConfigured').implement({
  interfaces: [Event],
  fields: (t) => ({
    agent: t.expose('agent', { type: AgentInfo }),
    capabilities: t.exposeStringList('capabilities'),
    modes: t.expose('modes', { type: [Mode] }),
    options: t.expose('options', { type: [ConfigOption] }),
  }),
})

export const SessionConfiguredInput = builder.inputType('SessionConfiguredInput', {
  fields: (t) => ({
    agent: t.field({ type: AgentInfoInput, required: true }),
    capabilities: t.stringList({ required: true }),
    modes: t.field({ type: [ModeInput], required: true }),
    options: t.field({ type: [ConfigOptionInput], required: true, defaultValue: [] }),
  }),
})

eventRef('ModeChanged').implement({
  interfaces: [Event],
  fields: (t) => ({
    effective: t.expose('effective', { type: Mode }),
    requested: t.expose('requested', { type: Mode, nullable: true }),
    origin: t.expose('origin', { type: Origin }),
  }),
})

export const ModeChangedInput = builder.inputType('ModeChangedInput', {
  fields: (t) => ({
    effective: t.field({ type: ModeInput, required: true }),
    requested: t.field({ type: ModeInput }),
    origin: t.field({ type: OriginInput, required: true }),
  }),
})

eventRef('UsageChanged').implement({
  interfaces: [Event],
  fields: (t) => ({
    used: t.exposeInt('used'),
    size: t.exposeInt('size'),
    costAmount: t.exposeFloat('costAmount', { nullable: true }),
    costCurrency: t.exposeString('costCurrency', { nullable: true }),
  }),
})

export const UsageChangedInput = builder.inputType('UsageChangedInput', {
  fields: (t) => ({
    used: t.int({ required: true }),
    size: t.int({ required: true }),
    costAmount: t.float(),
    costCurrency: t.string(),
  }),
})

export const SlashCommand = builder.objectRef<SlashCommandValue>('SlashCommand').implement({
  extensions: partOf('Session'),
  fields: (t) => ({
    name: t.exposeString('name'),
    description: t.exposeString('description'),
    hint: t.exposeString('hint', { nullable: true }),
    terminalOnly: t.exposeBoolean('terminalOnly'),
  }),
})

const SlashCommandInput = builder.inputType('SlashCommandInput', {
  fields: (t) => ({
    name: t.string({ required: true }),
    description: t.string({ required: true }),
    hint: t.string(),
    terminalOnly: t.boolean({ required: true, defaultValue: false }),
  }),
})

eventRef('SlashCommandsChanged').implement({
  interfaces: [Event],
  fields: (t) => ({ commands: t.expose('commands', { type: [SlashCommand] }) }),
})

export const SlashCommandsChangedInput = builder.inputType('SlashCommandsChangedInput', {
  fields: (t) => ({ commands: t.field({ type: [SlashCommandInput], required: true }) }),
})
