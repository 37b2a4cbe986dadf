// How a scripted agent behaves where real agents differ. Each manner copies what was seen of the agent it is named after.

export interface Manner {
  readonly name: string
  readonly modes: {
    /** `both`: listed in `modes` and as a config option, as most agents do. */
    readonly via: 'modes' | 'configOption' | 'both' | 'none'
    readonly ids: readonly string[]
    readonly start: string
    readonly confirm: 'reply' | 'currentModeUpdate' | 'configOptionUpdate' | 'text'
  }
  /** Config options besides the mode. */
  readonly options: readonly ScriptedOption[]
  readonly steering: boolean
  readonly plans: 'claude' | 'codex' | 'gemini' | 'none'
  readonly onCancel: 'obeys' | 'ignores'
  /** Takes its open questions back with `$/cancel_request` when cancelled. */
  readonly withdrawsOnCancel: boolean
  /** What a prompt sent into a running turn does to it. */
  readonly midTurn: 'queues' | 'folds' | 'cancelsFirst' | 'joins' | 'breaks'
  readonly announcesToolCalls: boolean
  readonly loadsSessions: boolean
  readonly onStdinClosed: 'leaves' | 'stays'
  readonly onSigterm: 'leaves' | 'stays'
  /** Added to the answer of `initialize`. */
  readonly initialize: Readonly<Record<string, unknown>>
  readonly commands: readonly { name: string; description: string; input?: { hint: string } }[]
}

/** A select with these values, or a boolean. */
export interface ScriptedOption {
  readonly id: string
  readonly category?: string
  readonly values: readonly string[] | 'boolean'
  readonly start: string | boolean
}

/** Answers everything as the protocol says; the base of the others. */
export const plain: Manner = {
  name: 'scripted',
  modes: { via: 'modes', ids: ['default', 'plan', 'auto'], start: 'default', confirm: 'currentModeUpdate' },
  options: [],
  steering: false,
  plans: 'claude',
  onCancel: 'obeys',
  withdrawsOnCancel: false,
  midTurn: 'queues',
  announcesToolCalls: true,
  loadsSessions: true,
  onStdinClosed: 'leaves',
  onSigterm: 'leaves',
  initialize: {},
  commands: [],
}

export const claudeLike: Manner = {
  ...plain,
  name: 'claude-like',
  modes: {
    via: 'both',
    ids: ['default', 'acceptEdits', 'plan', 'auto', 'bypassPermissions'],
    start: 'default',
    confirm: 'configOptionUpdate',
  },
  steering: true,
  withdrawsOnCancel: true,
  midTurn: 'folds',
}

export const codexLike: Manner = {
  ...plain,
  name: 'codex-like',
  modes: {
    via: 'both',
    ids: ['read-only', 'workspace-write', 'agent', 'agent-full-access'],
    start: 'agent',
    confirm: 'configOptionUpdate',
  },
  options: [{ id: 'collaboration_mode', values: ['default', 'plan'], start: 'default' }],
  steering: true,
  plans: 'codex',
  withdrawsOnCancel: true,
  onStdinClosed: 'stays',
}

export const geminiLike: Manner = {
  ...plain,
  name: 'gemini-like',
  modes: { via: 'modes', ids: ['default', 'autoEdit', 'yolo', 'plan'], start: 'default', confirm: 'text' },
  plans: 'gemini',
  midTurn: 'cancelsFirst',
  announcesToolCalls: false,
}

export const opencodeLike: Manner = {
  ...plain,
  name: 'opencode-like',
  modes: { via: 'configOption', ids: ['build', 'plan'], start: 'build', confirm: 'reply' },
  plans: 'none',
  midTurn: 'joins',
}

export const clineLike: Manner = {
  ...plain,
  name: 'cline-like',
  modes: { via: 'both', ids: ['plan', 'act'], start: 'act', confirm: 'currentModeUpdate' },
  options: [{ id: 'auto_approve', values: 'boolean', start: false }],
  plans: 'none',
  midTurn: 'breaks',
  announcesToolCalls: false,
}
