// What a surface (terminal, SDK caller) sees of a session: one immutable value, replaced as a whole at every change.
// Knows no terminal and no network; words are the SDL's.
import type {
  AgentInfo,
  CanonicalMode,
  ConfigOption,
  ContentBlock,
  DecisionKind,
  DecisionOption,
  DecisionOutcome,
  Delivery,
  Mode,
  Origin,
  PlanEntry,
  PromptState,
  Question,
  Rung,
  SlashCommand,
  ToolContent,
  ToolLocation,
  WordsGo,
} from '../agent/translate/event-body.ts'

export type {
  AgentInfo,
  CanonicalMode,
  ConfigOption,
  ContentBlock,
  DecisionKind,
  DecisionOption,
  DecisionOutcome,
  Delivery,
  Mode,
  Origin,
  PlanEntry,
  PromptState,
  Question,
  Rung,
  SlashCommand,
  ToolContent,
  ToolLocation,
  WordsGo,
}

/** STARTING until the agent has answered session/new; STOPPED when the agent or a turn failed (`stateDetail` says how). */
export type SessionState = 'STARTING' | 'IDLE' | 'WORKING' | 'STOPPED' | 'ENDED'

export type SessionFacts = {
  readonly id: string
  readonly epoch: number
  readonly agent: AgentInfo
  readonly cwd: string
  readonly repository: string | null
  readonly branch: string | null
  readonly title: string
  /** Who gave the title: a person's stays, the agent's goes before a prompt's, the place is the last resort (A7). */
  readonly titleFrom: 'person' | 'agent' | 'prompt' | 'place'
  readonly createdAt: string
  /** What this agent can do here, as in `sessionConfigured`: steering, images, questions, plans … */
  readonly capabilities: readonly string[]
}

/** `since` is an RFC 3339 instant; `isCancelling` from the moment cancel was asked until the agent has ended the turn. */
export type Turn = {
  readonly id: string
  readonly promptId: string | null
  readonly since: string
  readonly isCancelling: boolean
}

type Item = { readonly key: string; readonly at: string }
/** `key` is stable while an item grows or changes; a changed item is a new object with the same key. */
export type TranscriptItem =
  | (Item & { readonly is: 'userPrompt'; readonly text: string; readonly origin: Origin | null })
  | (Item & { readonly is: 'agentText'; readonly text: string })
  | (Item & { readonly is: 'thought'; readonly text: string })
  | (Item & { readonly is: 'content'; readonly role: string; readonly block: ContentBlock })
  | (Item & { readonly is: 'toolCall'; readonly call: ToolCallView })
  | (Item & { readonly is: 'plan'; readonly entries: readonly PlanEntry[] })
  | (Item & {
      readonly is: 'notice'
      readonly severity: string
      readonly title: string
      readonly description: string | null
    })
  | (Item & { readonly is: 'decisionSettled'; readonly title: string; readonly settlement: Settlement })
  | (Item & { readonly is: 'modeChanged'; readonly mode: Mode; readonly origin: Origin })
  | (Item & {
      readonly is: 'turnEnded'
      readonly stopReason: string
      readonly detail: string | null
      readonly heldPrompts: number
    })
  | (Item & { readonly is: 'agentExited'; readonly detail: string })
  | (Item & { readonly is: 'unknown'; readonly kind: string; readonly json: string })

/** A tool call as it stands now, all upserts applied. `status` and `kind` are ACP's words or newer ones. */
export type ToolCallView = {
  readonly toolCallId: string
  readonly title: string
  readonly name: string | null
  readonly kind: string
  readonly status: string
  readonly content: readonly ToolContent[]
  readonly locations: readonly ToolLocation[]
  readonly rawInput: string | null
  readonly rawOutput: string | null
  /** Still open when its turn ended, and closed by the host. */
  readonly endedWithTurn: boolean
}

export type Transcript = {
  /** The newest items, oldest first, at most `limits.transcriptItems`. */
  readonly items: readonly TranscriptItem[]
  /** How many older ones are no longer here. */
  readonly droppedItems: number
}

export type OpenDecision = {
  readonly id: string
  readonly epoch: number
  readonly kind: DecisionKind
  /** A question a person can answer: "Run this command?" */
  readonly title: string
  /** All that is asked, verbatim (D1). May hold control characters: make them visible (T8). */
  readonly evidence: string
  readonly evidenceDigest: string
  readonly toolCallId: string | null
  readonly toolKind: string | null
  readonly cwd: string | null
  readonly paths: readonly string[]
  readonly plan: string | null
  readonly options: readonly DecisionOption[]
  readonly questions: readonly Question[]
  readonly wordsGo: WordsGo
  readonly openedAt: string
}

/** Who decided, how, from where, when. */
export type Settlement = {
  readonly decisionId: string
  readonly outcome: DecisionOutcome
  readonly origin: Origin
  readonly at: string
  readonly optionId: string | null
  readonly optionName: string | null
  readonly answer: string | null
  readonly reason: string | null
}

/** Queued, held and running prompts, in the order in which they will run. */
export type QueuedPrompt = {
  readonly id: string
  readonly text: string
  readonly delivery: Delivery
  readonly modeId: string | null
  readonly state: PromptState
  readonly reason: string | null
  readonly origin: Origin
}

/** `effective` is what the agent says; `requested` what was asked for and has not been confirmed. */
export type ModeView = {
  readonly effective: Mode | null
  readonly requested: Mode | null
  readonly list: readonly Mode[]
}

export type UsageView = {
  readonly used: number
  readonly size: number
  readonly costAmount: number | null
  readonly costCurrency: string | null
}

export type AttachedDevice = { readonly id: string; readonly name: string; readonly rung: Rung }

/**
 * reconnecting: lost less than 50 s ago; offline: longer. refused: the server or a rule says no, `reason` is a sentence with what to do.
 * `address` is the session's page on the server; `reachable` is false where a phone cannot use it (no HTTPS).
 */
export type RemoteView = {
  readonly state: 'off' | 'connecting' | 'live' | 'reconnecting' | 'offline' | 'refused'
  readonly since: string | null
  readonly reason: string | null
  readonly server: string | null
  readonly address: string | null
  readonly hostId: string | null
  /** Devices in this host's roster: who may attach. The host is not told who is looking at this moment. */
  readonly devices: readonly AttachedDevice[]
  /** Events on disk that the server has not confirmed. */
  readonly pendingEvents: number
  readonly ceiling: Rung
  /** Different secrets that were masked in what is kept for devices, since this process has the session. */
  readonly maskedSecrets: number
  /** Names of devices whose passkey waits for a key press at this machine: `offdesk devices pin`. */
  readonly pinsWaiting: readonly string[]
}

/** failed: nothing more is written to disk (full, damaged …); the terminal goes on, nothing is published. */
export type JournalView = { readonly state: 'ok' | 'failed'; readonly message: string | null }

export type SessionView = {
  readonly session: SessionFacts
  readonly state: SessionState
  readonly stateDetail: string | null
  readonly stateSince: string
  readonly turn: Turn | null
  readonly transcript: Transcript
  readonly decisions: readonly OpenDecision[]
  readonly prompts: readonly QueuedPrompt[]
  /** Why the queue does not go on by itself, or null (C6). */
  readonly queueHeld: string | null
  readonly mode: ModeView
  readonly options: readonly ConfigOption[]
  readonly plan: readonly PlanEntry[]
  readonly slashCommands: readonly SlashCommand[]
  readonly usage: UsageView | null
  readonly remote: RemoteView
  readonly journal: JournalView
}
