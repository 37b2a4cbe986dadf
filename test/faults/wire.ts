/** What a run and the host processes it starts say to each other, one JSON object a line. */

export type HostOrder =
  | { readonly order: 'prompt'; readonly text: string }
  | { readonly order: 'release' }
  /** From now on: how likely the one at the terminal answers soon. */
  | { readonly order: 'answers'; readonly likely: number }
  | { readonly order: 'close'; readonly reason: string }

export type TerminalAnswer = {
  readonly is: 'terminalAnswer'
  readonly decisionId: string
  readonly optionId: string
  /** Who is told to have won; null when the terminal was refused. */
  readonly winner: { readonly surface: string; readonly optionId: string | null } | null
  readonly tookMs: number
  readonly error?: string
}

export type HostView = {
  readonly is: 'view'
  readonly state: string
  readonly remote: string
  readonly reason: string | null
  /** Events on disk that the server has not confirmed. */
  readonly pending: number
  readonly journal: string
  /** Decisions that wait for a person. */
  readonly open: number
  readonly isWorking: boolean
  readonly waiting: number
}

export type HostReport =
  | { readonly is: 'ready'; readonly sessionId: string; readonly epoch: number }
  | TerminalAnswer
  | HostView
