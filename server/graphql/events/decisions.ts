/** How decisions open and settle in the transcript, and the values they are made of. */
import type {
  Choice as ChoiceValue,
  DecisionOption as DecisionOptionValue,
  Question as QuestionValue,
} from '../../store/kinds/steering.ts'
import { builder, partOf } from '../builder.ts'
import { Rung } from '../rung.ts'
import { CanonicalMode, Origin, OriginInput } from '../values.ts'
import { Event, eventRef } from './event.ts'

export const DecisionKind = builder.enumType('DecisionKind', { values: ['PERMISSION', 'PLAN', 'QUESTION'] as const })
export const DecisionOutcome = builder.enumType('DecisionOutcome', {
  values: ['ANSWERED', 'CANCELLED', 'WITHDRAWN'] as const,
})
export const WordsGo = builder.enumType('WordsGo', {
  description: 'Where a reason or comment goes: with the answer in the same turn, or as the next prompt (D7).',
  values: ['NEXT_PROMPT', 'SAME_TURN'] as const,
})

const Choice = builder.objectRef<ChoiceValue>('Choice').implement({
  extensions: partOf('Question'),
  fields: (t) => ({
    value: t.exposeString('value'),
    title: t.exposeString('title'),
    description: t.exposeString('description', { nullable: true }),
  }),
})

const ChoiceInput = builder.inputType('ChoiceInput', {
  fields: (t) => ({
    value: t.string({ required: true }),
    title: t.string({ required: true }),
    description: t.string(),
  }),
})

export const Question = builder.objectRef<QuestionValue>('Question').implement({
  description:
    'One field of a form. type: string, number, integer, boolean, choice, choices. A choice with allowsOther takes free text too (otherName is the field that carries it).',
  extensions: partOf('Decision'),
  fields: (t) => ({
    name: t.exposeString('name'),
    type: t.exposeString('type'),
    title: t.exposeString('title'),
    description: t.exposeString('description', { nullable: true }),
    required: t.exposeBoolean('required'),
    choices: t.expose('choices', { type: [Choice] }),
    allowsOther: t.exposeBoolean('allowsOther'),
    otherName: t.exposeString('otherName', { nullable: true }),
    default: t.exposeString('default', { nullable: true }),
    format: t.exposeString('format', { nullable: true }),
    minimum: t.exposeFloat('minimum', { nullable: true }),
    maximum: t.exposeFloat('maximum', { nullable: true }),
    maxLength: t.exposeInt('maxLength', { nullable: true }),
  }),
})

const QuestionInput = builder.inputType('QuestionInput', {
  fields: (t) => ({
    name: t.string({ required: true }),
    type: t.string({ required: true }),
    title: t.string({ required: true }),
    description: t.string(),
    required: t.boolean({ required: true, defaultValue: false }),
    choices: t.field({ type: [ChoiceInput], required: true, defaultValue: [] }),
    allowsOther: t.boolean({ required: true, defaultValue: false }),
    otherName: t.string(),
    default: t.string(),
    format: t.string(),
    minimum: t.float(),
    maximum: t.float(),
    maxLength: t.int(),
  }),
})

export const DecisionOption = builder.objectRef<DecisionOptionValue>('DecisionOption').implement({
  description: "kind is ACP's permission option kind. rung is what a device needs to choose it (T4).",
  extensions: partOf('Decision'),
  fields: (t) => ({
    id: t.exposeString('id'),
    name: t.exposeString('name'),
    kind: t.exposeString('kind'),
    description: t.exposeString('description', { nullable: true }),
    rung: t.expose('rung', { type: Rung }),
    thenMode: t.expose('thenMode', { type: CanonicalMode, nullable: true }),
  }),
})

const DecisionOptionInput = builder.inputType('DecisionOptionInput', {
  fields: (t) => ({
    id: t.string({ required: true }),
    name: t.string({ required: true }),
    kind: t.string({ required: true }),
    description: t.string(),
    rung: t.field({ type: Rung, required: true }),
    thenMode: t.field({ type: CanonicalMode }),
  }),
})

eventRef('DecisionOpened').implement({
  interfaces: [Event],
  fields: (t) => ({
    decisionId: t.exposeID('decisionId'),
    kind: t.expose('kind', { type: DecisionKind }),
    title: t.exposeString('title'),
    evidence: t.exposeString('evidence'),
    evidenceDigest: t.expose('evidenceDigest', { type: 'Digest' }),
    options: t.expose('options', { type: [DecisionOption] }),
    questions: t.expose('questions', { type: [Question] }),
    plan: t.exposeString('plan', { nullable: true }),
    cwd: t.exposeString('cwd', { nullable: true }),
    paths: t.exposeStringList('paths'),
    toolCallId: t.exposeID('toolCallId', { nullable: true }),
    toolKind: t.exposeString('toolKind', { nullable: true }),
    wordsGo: t.expose('wordsGo', { type: WordsGo }),
  }),
})

export const DecisionOpenedInput = builder.inputType('DecisionOpenedInput', {
  fields: (t) => ({
    decisionId: t.id({ required: true }),
    kind: t.field({ type: DecisionKind, required: true }),
    title: t.string({ required: true }),
    evidence: t.string({ required: true }),
    evidenceDigest: t.field({ type: 'Digest', required: true }),
    options: t.field({ type: [DecisionOptionInput], required: true }),
    questions: t.field({ type: [QuestionInput], required: true, defaultValue: [] }),
    plan: t.string(),
    cwd: t.string(),
    paths: t.stringList({ required: true, defaultValue: [] }),
    toolCallId: t.id(),
    toolKind: t.string(),
    wordsGo: t.field({ type: WordsGo, required: true }),
  }),
})

eventRef('DecisionSettled').implement({
  interfaces: [Event],
  fields: (t) => ({
    decisionId: t.exposeID('decisionId'),
    outcome: t.expose('outcome', { type: DecisionOutcome }),
    optionId: t.exposeString('optionId', { nullable: true }),
    optionName: t.exposeString('optionName', { nullable: true }),
    answer: t.exposeString('answer', { nullable: true }),
    reason: t.exposeString('reason', { nullable: true }),
    origin: t.expose('origin', { type: Origin }),
  }),
})

export const DecisionSettledInput = builder.inputType('DecisionSettledInput', {
  fields: (t) => ({
    decisionId: t.id({ required: true }),
    outcome: t.field({ type: DecisionOutcome, required: true }),
    optionId: t.string(),
    optionName: t.string(),
    answer: t.string(),
    reason: t.string(),
    origin: t.field({ type: OriginInput, required: true }),
  }),
})
