// What a caller of the bridge is given and gives: the types of a session. Knows no terminal and does nothing by itself.
import type { AgentPreset } from '../agent/presets/preset.ts'
import type { HostLink } from '../remote/host-link.ts'
import type { MachineOptions } from '../rules/machine.ts'
import type { CanonicalMode, Delivery, Rung, SessionView, Settlement } from './view.ts'

export type SessionOptions = {
  /** Offdesk's data folder (docs/protocol.md §9). */
  readonly dataDir: string
  readonly agent: {
    /** Preset id, or a word for any other ACP command. */
    readonly id: string
    readonly name: string
    readonly command: string
    readonly args: readonly string[]
    readonly env?: Readonly<Record<string, string>>
    readonly preset: AgentPreset | null
  }
  readonly cwd: string
  /** Given by the person; else derived from the prompts (A7). */
  readonly name?: string
  /** Most that any device may do here (T4). Default STEER. */
  readonly ceiling?: Rung
  /** Go on with an earlier session: same row, new epoch. */
  readonly resumeSessionId?: string
  /** Server to use when remote is turned on; default: the one in `host/servers.json`. */
  readonly server?: string
  /** A link to a server shared by several sessions of this process; without it the session makes its own. */
  readonly link?: HostLink
  /** Nobody sits at a terminal of it: policy may say that such a session is not remote. Default false. */
  readonly isHeadless?: boolean
  /** Where this machine's administrator says what holds (docs/operations.md); the product's own places when left out. */
  readonly machine?: MachineOptions
  /** Ends the start; a running session is ended by `close`. */
  readonly signal?: AbortSignal
}

export type FieldValue = { readonly name: string; readonly value: string | number | boolean | readonly string[] }
export type PlanComment = { readonly part?: string; readonly text: string }

/** `option` answers a permission (reason) or a plan (comments, thenMode); `accept` and `decline` answer a question. */
export type DecisionAnswer =
  | {
      readonly is: 'option'
      readonly optionId: string
      readonly reason?: string
      readonly comments?: readonly PlanComment[]
      readonly thenMode?: CanonicalMode
    }
  | { readonly is: 'accept'; readonly values: readonly FieldValue[] }
  | { readonly is: 'decline'; readonly reason?: string }

/** A refusal the caller can show: `code` is one of docs/protocol.md §7, `message` a sentence with what to do. */
export class BridgeError extends Error {
  readonly code: string
  readonly rule: string | undefined
  /** Whose rule it is and what would lift it, where a rule refuses (T7). */
  readonly because: { readonly level?: string; readonly owner?: string; readonly remedy?: string }
  constructor(code: string, message: string, rule?: string, because: BridgeError['because'] = {}) {
    super(message)
    this.name = 'BridgeError'
    this.code = code
    this.rule = rule
    this.because = because
  }
}

export type PairingView = {
  readonly state: 'OPEN' | 'CLAIMED' | 'JOINED' | 'REVEALED' | 'CONFIRMED' | 'REFUSED' | 'EXPIRED' | 'FAILED'
  readonly joinerName: string | null
  /** Six signs to compare, from REVEALED on. */
  readonly matchCode: string | null
  /** The joiner proved that it has read the QR. */
  readonly readTheQr: boolean
  /** Why it FAILED, in a sentence. */
  readonly reason: string | null
}

/** A pairing this host opened. `close` stops watching; it does not refuse. */
export type OpenPairing = {
  readonly id: string
  /** Eight signs to type where there is no camera. */
  readonly code: string
  /** Content of the QR, or null where no phone could reach the address (no HTTPS): `linkHelp` then says how to get one. */
  readonly link: string | null
  readonly linkHelp: string | null
  /** The same for a browser on this machine. */
  readonly localLink: string
  readonly expiresAt: string
  view(): PairingView
  /** Called after every change. Returns the end of the subscription. */
  subscribe(listener: () => void): () => void
  /** The person says both sides show the same code. Throws BridgeError PAIRING_STATE before REVEALED. */
  confirm(): Promise<void>
  refuse(): Promise<void>
  close(): void
}

export type RemoteSwitch = {
  /**
   * Turns remote on. What happened before becomes one `HistoryWithheld` unless `share` (E8). Resolves when turning on is on disk;
   * the connection's progress is in `view().remote`. Throws BridgeError when there is no server or this host is not enrolled there.
   */
  on(options?: { readonly share?: boolean }): Promise<void>
  /** Nothing leaves the machine afterwards; harmless when off. */
  off(): Promise<void>
  /** Default rung STEER. Throws BridgeError when remote is off or the server is away. */
  openPairing(rung?: Rung): Promise<OpenPairing>
}

export type BridgeSession = {
  readonly id: string
  view(): SessionView
  /** Called after every change of the view, at most about ten times a second while text streams. */
  subscribe(listener: () => void): () => void
  /** Queues a prompt (C6). Resolves when it is on disk. NOW: steer where the agent can, else cancel, wait, send. */
  prompt(
    text: string,
    options?: { readonly delivery?: Delivery; readonly modeId?: string },
  ): Promise<{ promptId: string }>
  /** Throws BridgeError NOT_FOUND when it is no longer waiting. */
  editPrompt(promptId: string, change: { readonly text?: string; readonly delivery?: Delivery }): Promise<void>
  withdrawPrompt(promptId: string): Promise<void>
  /** Lets a held queue go on. */
  releaseQueue(): Promise<void>
  /** Returns the answer that stands: this one, or the one that came first (D3). Throws NOT_FOUND, OPTION_NOT_OFFERED, BAD_INPUT. */
  answer(decisionId: string, answer: DecisionAnswer): Promise<Settlement>
  /** Asks for a mode of `view().mode.list`; `view().mode.effective` says when the agent is in it. Throws NOT_FOUND. */
  setMode(modeId: string): Promise<void>
  /** Cancels the turn and holds the queue. Resolves when the turn has ended; harmless without a turn. */
  cancelTurn(): Promise<void>
  /** Shows a sentence in the transcript, here and on devices. */
  notice(title: string): void
  readonly remote: RemoteSwitch
  /** Ends the agent and everything it started, writes the end, tells the server if it can be reached within 3 s. Safe to call twice. */
  close(reason?: string): Promise<void>
}
