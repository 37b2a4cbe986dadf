// What a transcript shows, as data: one item per thing a reader sees. Knows no events' order, no words, no pixels.
import type { Block, BodyRef, EventOf, Origin } from '../event-fields.ts'

export type PromptState = EventOf<'PromptChanged'>['state']
export type PlanEntry = EventOf<'PlanChanged'>['entries'][number]
export type Mode = EventOf<'ModeChanged'>['effective']

/** A person's prompt. `at` is when it came into its present state. */
export type PromptItem = {
  kind: 'prompt'
  key: string
  promptId: string
  text: string
  state: PromptState
  at: string
  reason: string | null
  delivery: EventOf<'PromptChanged'>['delivery']
  modeId: string | null
  attachments: EventOf<'PromptChanged'>['attachments']
  origin: Origin
}

/** Words of one message, joined: the agent's, or a person's that the agent replayed. */
export type SaidItem = {
  kind: 'said'
  key: string
  role: 'agent' | 'user'
  messageId: string
  text: string
  /** The whole text is kept apart; `text` is its beginning. */
  body: BodyRef | null
  at: string
}

/** A run of thought. `endedAt` null: it is still going on. */
export type ThoughtItem = {
  kind: 'thought'
  key: string
  messageId: string
  text: string
  body: BodyRef | null
  at: string
  endedAt: string | null
}

export type ShownItem = { kind: 'shown'; key: string; role: string; block: Block; at: string }

/** A decision in one line: open until `settled` says who, where and when. */
export type DecisionItem = {
  kind: 'decision'
  key: string
  decisionId: string
  /** Unknown when only the end of it is in the pages read so far. */
  decisionKind: EventOf<'DecisionOpened'>['decisionKind'] | null
  title: string | null
  openedAt: string | null
  /** Options that say no (ACP kinds reject_*). */
  rejectIds: readonly string[]
  /** When its line was put: when it opened, or when it settled if that is all that is known. */
  at: string
  settled: Pick<
    EventOf<'DecisionSettled'>,
    'outcome' | 'optionId' | 'optionName' | 'answer' | 'settledReason' | 'origin' | 'at'
  > | null
}

type Upsert = EventOf<'ToolCallChanged'>
/** One tool call, with all its changes laid over each other. Null: the agent has not said. */
export type ToolCall = {
  key: string
  toolCallId: string
  epoch: number
  startedAt: string
  endedAt: string | null
  endedWithTurn: boolean
  kind: string | null
  name: string | null
  title: string | null
  status: string | null
  rawInput: string | null
  rawInputBody: BodyRef | null
  rawOutput: string | null
  rawOutputBody: BodyRef | null
  locations: Upsert['locations']
  content: Upsert['content']
  /** Permissions asked for this very call. */
  decisions: readonly DecisionItem[]
}
export type ToolContent = NonNullable<Upsert['content']>[number]

/** Tool calls that follow each other without a word between. */
export type ToolsItem = { kind: 'tools'; key: string; at: string; calls: readonly ToolCall[] }

export type ModeItem = {
  kind: 'mode'
  key: string
  at: string
  effective: Mode
  requested: Mode | null
  origin: Origin
}

export type TurnEndItem = {
  kind: 'turn-end'
  key: string
  at: string
  startedAt: string | null
  stopReason: string
  errorCode: string | null
  errorMessage: string | null
  heldPrompts: number
  strayProcessesEnded: number
  /** What was still open and ended with the turn. */
  stopped: readonly ToolCall[]
}

/** Something said in the margin, neither by a person nor by the agent. */
export type NoteItem = {
  kind: 'note'
  key: string
  at: string
  note: EventOf<'HistoryWithheld' | 'Tombstone' | 'UnknownEvent' | 'NoticeShown' | 'AgentExited' | 'CompactionChanged'>
}
/** A new run of the agent began (a higher epoch). */
export type RestartItem = { kind: 'restart'; key: string; at: string; epoch: number }

export type Item =
  | PromptItem
  | SaidItem
  | ThoughtItem
  | ShownItem
  | DecisionItem
  | ToolsItem
  | ModeItem
  | TurnEndItem
  | NoteItem
  | RestartItem

/** What the events read so far amount to. A new value after each append; unchanged items keep their identity. */
export type Transcript = {
  items: readonly Item[]
  /** Prompts that wait on the host, in the order they came. */
  queue: readonly PromptItem[]
  firstSeq: number
  lastSeq: number
  lastAt: string | null
  turn: { turnId: string; startedAt: string } | null
  plan: readonly PlanEntry[] | null
  mode: { effective: Mode; requested: Mode | null } | null
  usage: Pick<EventOf<'UsageChanged'>, 'used' | 'size' | 'costAmount' | 'costCurrency'> | null
  /** Number of the last event that changes the session's own row: when it rises, the row is worth reading again. */
  rowSeq: number
}
