/** What a host publishes: one of the known kinds, or any other kind as text (E9). Reads it strictly and names what is wrong, throws nothing. */
import { isKnownKind, readEvent } from '../../store/event-kinds.ts'
import type { PushedEvent } from '../../store/pushed-event.ts'
import { brokenText } from '../../store/well-formed.ts'
import { builder } from '../builder.ts'
import { DecisionOpenedInput, DecisionSettledInput } from './decisions.ts'
import { OtherInput, TombstoneInput } from './event.ts'
import { CompactionChangedInput, HistoryWithheldInput, NoticeShownInput, TitleChangedInput } from './notices.ts'
import { PromptChangedInput } from './prompts.ts'
import { ModeChangedInput, SessionConfiguredInput, SlashCommandsChangedInput, UsageChangedInput } from './setup.ts'
import { ContentShownInput, TextInput } from './texts.ts'
import { ToolCallChangedInput } from './tools.ts'
import { AgentExitedInput, PlanChangedInput, TurnEndedInput, TurnStartedInput } from './turns.ts'

const EventBodyInput = builder.inputType('EventBodyInput', {
  isOneOf: true,
  fields: (t) => ({
    agentExited: t.field({ type: AgentExitedInput }),
    agentText: t.field({ type: TextInput }),
    agentThought: t.field({ type: TextInput }),
    compactionChanged: t.field({ type: CompactionChangedInput }),
    contentShown: t.field({ type: ContentShownInput }),
    decisionOpened: t.field({ type: DecisionOpenedInput }),
    decisionSettled: t.field({ type: DecisionSettledInput }),
    historyWithheld: t.field({ type: HistoryWithheldInput }),
    modeChanged: t.field({ type: ModeChangedInput }),
    noticeShown: t.field({ type: NoticeShownInput }),
    other: t.field({ type: OtherInput }),
    planChanged: t.field({ type: PlanChangedInput }),
    promptChanged: t.field({ type: PromptChangedInput }),
    sessionConfigured: t.field({ type: SessionConfiguredInput }),
    slashCommandsChanged: t.field({ type: SlashCommandsChangedInput }),
    titleChanged: t.field({ type: TitleChangedInput }),
    tombstone: t.field({ type: TombstoneInput }),
    toolCallChanged: t.field({ type: ToolCallChangedInput }),
    turnEnded: t.field({ type: TurnEndedInput }),
    turnStarted: t.field({ type: TurnStartedInput }),
    usageChanged: t.field({ type: UsageChangedInput }),
    userText: t.field({ type: TextInput }),
  }),
})

export const EventInput = builder.inputType('EventInput', {
  fields: (t) => ({
    seq: t.int({ required: true }),
    at: t.field({ type: 'DateTime', required: true }),
    digest: t.field({ type: 'Digest', required: true }),
    body: t.field({ type: EventBodyInput, required: true }),
  }),
})

type Input = (typeof EventInput)['$inferInput']

const NOT_BEFORE = Date.UTC(1970, 0, 1)
const NOT_AFTER = Date.UTC(9999, 0, 1)

/** An event that can never be stored comes back with its `problem`; it counts only if the number is new (E7). */
export function readPushed(input: Input): PushedEvent {
  const { seq, at, digest, body } = input
  const content = body.other === undefined ? readKnown(body) : readOther(body.other)
  const { kind, format, json, known, refs } = content
  const outOfRange = at.getTime() < NOT_BEFORE || at.getTime() > NOT_AFTER
  const problem = outOfRange ? 'its time is out of range' : content.problem
  return { seq, at, digest, kind, format, json, bytes: Buffer.byteLength(json), known, refs, problem }
}

const kindOf = (field: string): string => field.charAt(0).toUpperCase() + field.slice(1)

type Content = Pick<PushedEvent, 'kind' | 'format' | 'json' | 'known' | 'refs' | 'problem'>

const unusable = (kind: string, problem: string): Content => ({
  ...{ kind, format: 'json', json: '', known: null, refs: null },
  problem,
})

function readKnown(body: Input['body']): Content {
  const [[field, content] = ['', null]] = Object.entries(body)
  const kind = kindOf(field)
  if (!isKnownKind(kind)) return unusable(kind, 'it has no content')
  const read = readEvent(kind, content)
  const json = 'problem' in read ? null : JSON.stringify(read.value.value)
  // What is broken is written as an escape: where there is none, nothing need be looked through.
  const broken = json?.includes('\\u') === false ? null : brokenText(content)
  if (broken !== null) return unusable(kind, `it holds ${broken}`)
  if ('problem' in read) return unusable(kind, read.problem)
  const { value: known } = read
  return { kind, format: 'json', json: json ?? '', known, refs: known.value, problem: null }
}

function readOther(other: Input['body']['other']): Content {
  if (!other) return unusable('Other', 'it has no content')
  const { kind, json, jsonBody = null } = other
  const broken = brokenText([kind, json])
  if (broken) return unusable('Other', `it holds ${broken}`)
  if (!/^[A-Za-z_][A-Za-z0-9_/.:-]{0,127}$/.test(kind)) return unusable('Other', 'its kind is not a name')
  const value = { json, jsonBody }
  return { kind, format: 'other', json: JSON.stringify(value), known: null, refs: value, problem: null }
}
