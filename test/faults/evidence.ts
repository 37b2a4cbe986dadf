/** What a run leaves to be judged: logs of every side, plain values that can be written to a file and read again. */

/** Number and the first signs of the digest. */
export type EventLine = [seq: number, digest: string]

/**
 * Why what an agent said to its host need not be in the session's journal: its host was a zombie, whose tail stays with it (E4), or could
 * not write for want of space, and said so.
 */
export type Excuse = 'zombie' | 'disk full'

/** Text the agent wrote to its stdout, by its number; `launch` counts the agent's processes. */
export type Said = { launch: number; first: number; last: number; excuse?: Excuse }

export type SessionEvidence = {
  id: string
  /** What the workstation keeps (E1). */
  journal: EventLine[]
  /** What the database keeps. */
  stored: EventLine[]
  viewers: { name: string; seen: EventLine[] }[]
  said: Said[]
  /** Numbers of the agent's texts in the journal, in its order. */
  told: number[]
}

/** One tap of a device, sent until the server had it. */
export type CommandEvidence = {
  key: string
  device: string
  sessionId: string
  kind: 'sendPrompt' | 'setMode' | 'answerPermission'
  /** The code of a refusal without a row, else null. */
  refusedWith: string | null
  /** How it stands in the database; null when there is no row. */
  stored: string | null
  /** What its sender was shown last; null for nothing. */
  shown: string | null
  /** A dump without it was put back after it was shown settled. */
  isForgotten: boolean
  /** How often its effect was seen at the agent; null where that cannot be seen. */
  effects: number | null
  /** The last `promptChanged` about it in the journal. */
  fate: string | null
  decisionId: string | null
  optionId: string | null
}

export type DecisionEvidence = {
  marker: string
  sessionId: string
  /** What the agent got: an option, `cancelled`, `gone` with its process, or null for nothing. */
  agentGot: string | null
  excuse?: Excuse
  /** As the journal tells it; null when it holds no such decision. */
  journal: {
    id: string
    settled: { outcome: string; optionId: string | null; surface: string; deviceId: string | null }[]
  } | null
  /** The row; null for none. */
  stored: { state: string; outcome: string | null; optionId: string | null; winnerCommandId: string | null } | null
  /** Keys of the devices' answers. */
  answers: string[]
  /** What the terminal tried and was told. */
  terminal: { optionId: string; winner: { surface: string; optionId: string | null } | null } | null
}

export type Evidence = {
  sessions: SessionEvidence[]
  commands: CommandEvidence[]
  decisions: DecisionEvidence[]
  /** What went wrong for somebody at once: thrown out, not resumed, not settled in time. */
  complaints: string[]
}

export type Violation = { rule: string; what: string }
