// What the server (or the way to it) said no to, as one typed error. Act on `code`, never on the text.

/** Codes of docs/protocol.md §7, and two of this side's own: UNREACHABLE (no answer), BAD_RESPONSE (an answer that is none). */
export class RemoteError extends Error {
  readonly code: string
  readonly rule: string | null
  readonly remedy: string | null
  /** All extensions of the error, e.g. `expectedSeq`, `retryAfterSeconds`. */
  readonly facts: Readonly<Record<string, unknown>>

  constructor(code: string, message: string, facts: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'RemoteError'
    this.code = code
    this.rule = typeof facts.rule === 'string' ? facts.rule : null
    this.remedy = typeof facts.remedy === 'string' ? facts.remedy : null
    this.facts = facts
  }
}

/** A whole number among an error's facts, or null. */
export function factNumber(error: RemoteError, name: string): number | null {
  const value = error.facts[name]
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null
}

/** True where trying again later may help: the network, the server's own fault, a full house. */
export const isPassing = (error: RemoteError) =>
  ['UNREACHABLE', 'BAD_RESPONSE', 'INTERNAL', 'RATE_LIMITED', 'CREDENTIAL_EXPIRED'].includes(error.code)

export const codeOf = (error: unknown): string | null => (error instanceof RemoteError ? error.code : null)
