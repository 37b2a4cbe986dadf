// From events to what is shown: a fold over events in the order of their numbers. The same events give the same transcript
// however they are cut into pages; a number that was there already changes nothing (L6). Knows no network and no pixels.
import type { TranscriptEvent } from '../event-fields.ts'
import { createPage, type Page } from './page.ts'
import type { ToolCall, Transcript } from './shape.ts'
import { foldPrompt, foldText, foldThought } from './speech.ts'
import { callName, endCall, foldOpened, foldSettled, foldToolCall } from './tools.ts'

/** A fold that can be continued. Each append costs what it adds, and one copy of the list of items. */
export type Fold = {
  /** Takes events in rising order; numbers not past the last one are dropped. Returns what all events amount to. */
  append(events: readonly TranscriptEvent[]): Transcript
  current(): Transcript
}

type Facts = Omit<Transcript, 'items' | 'queue'>
type Work = { page: Page; facts: Facts; epoch: number; openCalls: Set<string> }

/** Kinds after which the session's row (mode, plan, prompts, state …) has changed on the server as well. */
const changesRow = new Set<TranscriptEvent['__typename']>([
  'PromptChanged',
  'TurnStarted',
  'TurnEnded',
  'PlanChanged',
  'ModeChanged',
  'UsageChanged',
  'SessionConfigured',
  'SlashCommandsChanged',
  'TitleChanged',
  'AgentExited',
  'DecisionOpened',
  'DecisionSettled',
])

export function createFold(): Fold {
  const page = createPage()
  const nothing: Facts = {
    firstSeq: 0,
    lastSeq: 0,
    lastAt: null,
    turn: null,
    plan: null,
    mode: null,
    usage: null,
    rowSeq: 0,
  }
  const work: Work = { page, facts: nothing, epoch: 0, openCalls: new Set() }
  const read = (): Transcript => ({ ...work.facts, items: page.items(), queue: [...page.queued.values()] })
  let now = read()
  return {
    append(events) {
      let taken = false
      for (const event of events) {
        if (event.seq <= work.facts.lastSeq) continue
        taken = true
        take(work, event)
      }
      if (taken) now = read()
      return now
    },
    current: () => now,
  }
}

/** The transcript of a list of events, from nothing. */
export const foldEvents = (events: readonly TranscriptEvent[]): Transcript => createFold().append(events)

function take(work: Work, event: TranscriptEvent): void {
  const { page, facts } = work
  work.facts = {
    ...facts,
    firstSeq: facts.firstSeq || event.seq,
    lastSeq: event.seq,
    lastAt: event.at,
    rowSeq: changesRow.has(event.__typename) ? event.seq : facts.rowSeq,
  }
  if (work.epoch > 0 && event.epoch > work.epoch) {
    work.facts.turn = null
    work.openCalls.clear()
    page.put({ kind: 'restart', key: `restart:${event.seq}`, at: event.at, epoch: event.epoch })
  }
  work.epoch = Math.max(work.epoch, event.epoch)
  show(work, event)
}

function show(work: Work, event: TranscriptEvent) {
  const { page } = work
  switch (event.__typename) {
    case 'PromptChanged':
      return foldPrompt(page, event)
    case 'AgentText':
    case 'UserText':
      return foldText(page, event)
    case 'AgentThought':
      return foldThought(page, event)
    case 'ContentShown': {
      const { role, block, at } = event
      return page.put({ kind: 'shown', key: `shown:${event.seq}`, role, block, at })
    }
    case 'ToolCallChanged': {
      const call = foldToolCall(page, event)
      const name = callName(event.epoch, event.toolCallId)
      // The host says that a call ended with its turn just before the turn's end does: it was stopped all the same.
      if (call.endedAt === null || call.endedWithTurn) work.openCalls.add(name)
      else work.openCalls.delete(name)
      return
    }
    case 'DecisionOpened':
      return foldOpened(page, event)
    case 'DecisionSettled':
      return foldSettled(page, event)
    case 'TurnStarted':
      work.facts.turn = { turnId: event.turnId, startedAt: event.at }
      return
    case 'TurnEnded':
      return endTurn(work, event)
    case 'PlanChanged':
      work.facts.plan = event.entries
      return
    case 'UsageChanged': {
      const { used, size, costAmount, costCurrency } = event
      work.facts.usage = { used, size, costAmount, costCurrency }
      return
    }
    case 'ModeChanged':
      return changeMode(work, event)
    case 'SessionConfigured':
    case 'SlashCommandsChanged':
    case 'TitleChanged':
      return
    case 'CompactionChanged': {
      const name = `compaction:${event.compactionId}`
      const shown = page.find(name)
      if (shown?.kind === 'note') return page.replace(name, { ...shown, note: event })
      return page.put({ kind: 'note', key: `note:${event.seq}`, at: event.at, note: event }, name)
    }
    case 'AgentExited':
      work.facts.turn = null
      return page.put({ kind: 'note', key: `note:${event.seq}`, at: event.at, note: event })
    case 'HistoryWithheld':
    case 'Tombstone':
    case 'UnknownEvent':
    case 'NoticeShown':
      return page.put({ kind: 'note', key: `note:${event.seq}`, at: event.at, note: event })
    default:
      return showStranger(page, event)
  }
}

/** A kind that came into the schema after this page was built is unknown here, and said to be (E9). */
function showStranger(page: Page, event: never) {
  const stranger: Pick<TranscriptEvent, 'seq' | 'epoch' | 'at' | 'id'> & { __typename: string } = event
  page.put({
    kind: 'note',
    key: `note:${stranger.seq}`,
    at: stranger.at,
    note: { ...stranger, __typename: 'UnknownEvent', unknownKind: stranger.__typename, json: '' },
  })
}

function endTurn({ page, facts, openCalls }: Work, event: Extract<TranscriptEvent, { __typename: 'TurnEnded' }>): void {
  const stopped: ToolCall[] = []
  for (const name of openCalls) {
    const call = endCall(page, name, event.at)
    if (call) stopped.push(call)
  }
  openCalls.clear()
  const startedAt = facts.turn?.turnId === event.turnId ? facts.turn.startedAt : null
  facts.turn = null
  const { at, stopReason, errorCode, errorMessage, heldPrompts, strayProcessesEnded } = event
  const said = { at, startedAt, stopReason, errorCode, errorMessage, heldPrompts, strayProcessesEnded, stopped }
  page.put({ kind: 'turn-end', key: `turn-end:${event.seq}`, ...said })
}

function changeMode({ page, facts }: Work, event: Extract<TranscriptEvent, { __typename: 'ModeChanged' }>): void {
  const { effective, requested, origin, at } = event
  const before = facts.mode
  facts.mode = { effective, requested }
  // The first one tells how the session began, which its pill shows already.
  const same = before?.effective.id === effective.id && before.requested?.id === requested?.id
  const asks = requested !== null && requested.id !== effective.id
  if (same || (before === null && !asks)) return
  page.put({ kind: 'mode', key: `mode:${event.seq}`, at, effective, requested, origin })
}
