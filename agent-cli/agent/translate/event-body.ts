// What a session's events say, in the shape of the SDL's EventBodyInput (E9). Written out because agent/ may not see remote/,
// where the types derived from the SDL live; remote/ proves at compile time that both are the same.

export type Rung = 'VIEW' | 'ANSWER' | 'STEER' | 'FULL'
export type CanonicalMode = 'PLAN' | 'INTERACTIVE' | 'AUTOPILOT'
export type DecisionKind = 'PERMISSION' | 'QUESTION' | 'PLAN'
export type DecisionOutcome = 'ANSWERED' | 'CANCELLED' | 'WITHDRAWN'
export type Delivery = 'AFTER_TURN' | 'NOW'
export type PromptState = 'QUEUED' | 'HELD' | 'RUNNING' | 'DONE' | 'REFUSED' | 'WITHDRAWN' | 'UNKNOWN'
export type Surface = 'AGENT' | 'DEVICE' | 'HOST' | 'TERMINAL'
/** Where a reason or comment goes: with the answer in the same turn, or as the next prompt (D7). */
export type WordsGo = 'SAME_TURN' | 'NEXT_PROMPT'

export type BodyRef = { digest: string; mediaType: string; size: number }
export type Origin = {
  surface: Surface
  commandId?: string | null
  deviceId?: string | null
  deviceName?: string | null
}
export type Mode = { id: string; name: string; description?: string | null; canonical?: CanonicalMode | null }
export type PlanEntry = { content: string; priority: string; status: string }
export type SlashCommand = { name: string; description: string; hint?: string | null; terminalOnly?: boolean }
export type AgentInfo = { id: string; name: string; version?: string | null }
export type Attachment = { digest: string; mediaType: string; name: string; size: number }
export type Text = { messageId: string; text: string; textBody?: BodyRef | null }

/** `type` is ACP's: text, image, audio, resource_link, resource, or what a newer agent says. */
export type ContentBlock = {
  type: string
  text?: string | null
  textBody?: BodyRef | null
  uri?: string | null
  name?: string | null
  title?: string | null
  mediaType?: string | null
  body?: BodyRef | null
}

/** `type` is ACP's: content, diff, terminal, or what a newer agent says (then `json`). */
export type ToolContent = {
  type: string
  block?: ContentBlock | null
  path?: string | null
  oldText?: string | null
  oldTextBody?: BodyRef | null
  newText?: string | null
  newTextBody?: BodyRef | null
  terminalId?: string | null
  json?: string | null
}

export type ToolLocation = { path: string; line?: number | null }

/** An upsert: what is absent is unchanged. */
export type ToolCall = {
  toolCallId: string
  title?: string | null
  name?: string | null
  kind?: string | null
  status?: string | null
  content?: ToolContent[] | null
  locations?: ToolLocation[] | null
  rawInput?: string | null
  rawInputBody?: BodyRef | null
  rawOutput?: string | null
  rawOutputBody?: BodyRef | null
  endedWithTurn?: boolean | null
}

export type DecisionOption = {
  id: string
  name: string
  /** ACP's permission option kind. */
  kind: string
  description?: string | null
  /** What a device needs to choose it (T4). */
  rung: Rung
  thenMode?: CanonicalMode | null
}

export type Choice = { value: string; title: string; description?: string | null }

/** One field of a form. type: string, number, integer, boolean, choice, choices. */
export type Question = {
  name: string
  title: string
  description?: string | null
  type: string
  required?: boolean
  choices?: Choice[]
  /** Free text too; `otherName` is the field that carries it. */
  allowsOther?: boolean
  otherName?: string | null
  default?: string | null
  format?: string | null
  minimum?: number | null
  maximum?: number | null
  maxLength?: number | null
}

export type DecisionOpened = {
  decisionId: string
  kind: DecisionKind
  title: string
  evidence: string
  evidenceDigest: string
  toolCallId?: string | null
  toolKind?: string | null
  cwd?: string | null
  paths?: string[]
  plan?: string | null
  options: DecisionOption[]
  questions?: Question[]
  wordsGo: WordsGo
}

export type DecisionSettled = {
  decisionId: string
  outcome: DecisionOutcome
  origin: Origin
  optionId?: string | null
  optionName?: string | null
  answer?: string | null
  reason?: string | null
}

export type PromptChanged = {
  promptId: string
  state: PromptState
  text: string
  delivery: Delivery
  modeId?: string | null
  attachments?: Attachment[]
  origin: Origin
  reason?: string | null
  turnId?: string | null
}

export type ConfigChoice = { value: string; name: string; description?: string | null; group?: string | null }
export type ConfigOption = {
  id: string
  name: string
  description?: string | null
  category?: string | null
  /** ACP's: select, boolean, or what a newer agent says. */
  type: string
  currentValue: string
  choices?: ConfigChoice[]
}

export type TurnEnded = {
  turnId: string
  promptId?: string | null
  /** ACP's stop reason, or error, or agent_exited. */
  stopReason: string
  errorCode?: string | null
  errorMessage?: string | null
  heldPrompts?: number
  strayProcessesEnded?: number
}

/** Every kind of event with its content. An event body holds exactly one of them (E9). */
export type EventKinds = {
  userText: Text
  agentText: Text
  agentThought: Text
  contentShown: { messageId: string; role: string; block: ContentBlock }
  toolCallChanged: ToolCall
  planChanged: { entries: PlanEntry[] }
  decisionOpened: DecisionOpened
  decisionSettled: DecisionSettled
  promptChanged: PromptChanged
  turnStarted: { turnId: string; promptId?: string | null }
  turnEnded: TurnEnded
  modeChanged: { effective: Mode; requested?: Mode | null; origin: Origin }
  sessionConfigured: { agent: AgentInfo; capabilities: string[]; modes: Mode[]; options?: ConfigOption[] }
  slashCommandsChanged: { commands: SlashCommand[] }
  titleChanged: { title: string }
  usageChanged: { used: number; size: number; costAmount?: number | null; costCurrency?: string | null }
  noticeShown: { severity: string; title: string; description?: string | null }
  compactionChanged: { compactionId: string; status: string; summary?: string | null; error?: string | null }
  historyWithheld: { count: number; since: string; until: string }
  agentExited: { exitCode?: number | null; signal?: string | null; detail: string }
  tombstone: { replacedKind: string; reason: string }
  other: { kind: string; json: string; jsonBody?: BodyRef | null }
}

export type EventKind = keyof EventKinds
/** One of: exactly one key of EventKinds. */
export type EventBody = { [K in EventKind]: { [Only in K]: EventKinds[K] } }[EventKind]

/** The kind and content of a body. Both come from one key, which the type system cannot follow through `Object.entries`. */
export function kindOf(body: EventBody): EventKind {
  return Object.keys(body)[0] as EventKind
}
