// What the scripted agent's process and the test that controls it say to each other, one JSON object a line.

/** Handed to the process in the variable OFFDESK_SCRIPTED_AGENT. */
export interface Obedience {
  readonly port: number
  readonly token: string
  readonly onStdinClosed: 'leaves' | 'stays'
  readonly onSigterm: 'leaves' | 'stays'
}

export type Order =
  | { readonly order: 'write'; readonly base64: string }
  | { readonly order: 'complain'; readonly text: string }
  | { readonly order: 'exit'; readonly code: number }
  | { readonly order: 'signal'; readonly signal: NodeJS.Signals }
  | { readonly order: 'hang'; readonly seconds: number }
  | { readonly order: 'spawn'; readonly id: number; readonly seconds: number; readonly detached: boolean }

export type Report =
  | {
      readonly kind: 'hello'
      readonly token: string
      readonly pid: number
      readonly cwd: string
      readonly args: readonly string[]
    }
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'stdinClosed' }
  | { readonly kind: 'hanging' }
  | { readonly kind: 'signal'; readonly signal: NodeJS.Signals }
  | { readonly kind: 'spawned'; readonly id: number; readonly pid: number }
