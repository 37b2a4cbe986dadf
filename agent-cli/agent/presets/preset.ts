// What is known about one agent before it is started: how to find it, launch it and what its ACP side can do.
// Knows no session and starts nothing; every entry is data observed with that agent's named version.

/** Offdesk's own three modes. An agent's native mode that fits none of them is reported as `unknown`. */
export type Mode = 'plan' | 'interactive' | 'autopilot'

/** One native mode. `id` is compared exactly, or by its end where the agent uses URLs (`match: 'suffix'`). */
export interface NativeMode {
  readonly id: string
  readonly means: Mode
}

/** One step that puts the agent into a mode. A config option is found by its id, else by its category. */
export type ModeStep =
  | { readonly by: 'setMode'; readonly id: string }
  | { readonly by: 'configOption'; readonly id?: string; readonly category?: string; readonly value: string | boolean }

/** Where the agent says that a mode change has happened. `text` is Gemini's "[MODE_UPDATE] id" inside the conversation. */
export type ModeConfirmation = 'reply' | 'currentModeUpdate' | 'configOptionUpdate' | 'text'

export interface ModeTable {
  readonly match: 'exact' | 'suffix'
  readonly native: readonly NativeMode[]
  /** The steps for each mode, in order; null where the agent has no such mode (autopilot is then the host's job). */
  readonly steps: Readonly<Record<Mode, readonly ModeStep[] | null>>
  readonly confirmedBy: ModeConfirmation
  /** When a change made during a turn takes effect. */
  readonly duringTurn: 'now' | 'nextTurn' | 'unknown'
  readonly startsIn: string | null
}

export interface AgentCapabilities {
  readonly modes: ModeTable
  /** The native mode or setting that never asks, in the agent's own words; null: the host answers permissions itself. */
  readonly unattended: string | null
  readonly questions: 'elicitation' | 'elicitationInPlanMode' | 'permission' | 'none'
  /** How a plan is put to the person. `permissionOther`: kind `other`, id begins `exit_plan_mode`, only a file path in the title. */
  readonly planApproval: 'switchMode' | 'permissionOther' | 'none'
  /** What follows when a plan is refused. */
  readonly planRefused: 'cancelled' | 'endTurn' | 'goesOn' | null
  readonly permissionRefused: 'cancelled' | 'endTurn' | 'goesOn'
  /** Whether `_session/steering` was seen to work. The agent's `initialize` answer decides at run time. */
  readonly steering: boolean
  /** What a second prompt does to a running turn. `breaks`: the session is lost, never send one. */
  readonly promptedMidTurn: 'cancelsFirst' | 'queues' | 'folds' | 'joins' | 'breaks'
  readonly toolCallBeforePermission: 'yes' | 'mostly' | 'no'
  readonly todoAsPlan: 'yes' | 'withSetting' | 'empty' | 'no'
  readonly usageUpdate: 'withCost' | 'yes' | 'no'
  readonly stdinClosed: 'leaves' | 'needsSigterm'
  /** A running shell command survives session/cancel: the host must end it. */
  readonly leavesChildrenAfterCancel: boolean
  /** A process of the agent's own outlives it. */
  readonly leavesDaemon: boolean
}

/** One way to start the agent: if `find` is on PATH, run `command` (by default what was found) with `args`. */
export interface Launch {
  readonly find: string
  readonly command?: string
  readonly args: readonly string[]
  /** What the person should know before this way is taken, e.g. a download. */
  readonly note?: string
}

export interface AgentPreset {
  readonly id: string
  readonly title: string
  /** npm package and the version its data was observed with; null for what ships with Offdesk. */
  readonly npm: { readonly name: string; readonly version: string } | null
  /** `proprietary`: the agent is the user's own copy under its maker's terms; Offdesk never ships it. */
  readonly licence: { readonly name: string; readonly proprietary: boolean }
  /** Tried in order; the first whose executable exists wins. */
  readonly launches: readonly Launch[]
  readonly install: string
  /** Set for the agent's process unless the person's environment already has them. */
  readonly env: Readonly<Record<string, string>>
  readonly notes: readonly string[]
  /** Node the agent asks for, where that differs from what was seen to work. */
  readonly engines: string | null
  /** How long `initialize` plus `session/new` may take before the start counts as failed. */
  readonly startTimeoutSeconds: number
  readonly capabilities: AgentCapabilities
}
