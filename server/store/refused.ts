/** A refusal on purpose: thrown by store, auth and policy, shown to the caller as it is. Knows neither GraphQL nor HTTP. */

export type RefusalCode =
  | 'UNAUTHENTICATED'
  | 'CREDENTIAL_EXPIRED'
  | 'REVOKED'
  | 'RUNG_TOO_LOW'
  | 'POLICY'
  | 'NOT_FOUND'
  | 'BAD_INPUT'
  | 'TOO_LARGE'
  | 'RATE_LIMITED'
  | 'DOCUMENT_UNKNOWN'
  | 'EVENT_GAP'
  | 'EVENT_CONFLICT'
  | 'EVENT_REFUSED'
  | 'EPOCH_FENCED'
  | 'ATTACHMENT_TAKEN'
  | 'SESSION_DELETED'
  | 'SESSION_ENDED'
  | 'BODY_MISSING'
  | 'BODY_MISMATCH'
  | 'OPTION_NOT_OFFERED'
  | 'COMMAND_SETTLED'
  | 'SIGNATURE_REQUIRED'
  | 'SIGNATURE_WRONG'
  | 'PASSKEY_REQUIRED'
  | 'PASSKEY_WRONG'
  | 'CODE_WRONG'
  | 'REGISTRATION_CLOSED'
  | 'PAIRING_TAKEN'
  | 'PAIRING_EXPIRED'
  | 'PAIRING_STATE'
  | 'VERSION_CONFLICT'
  | 'SCOPE_MISSING'
  | 'SIGN_IN_STATE'
  | 'SIGN_IN_PROVIDER'
  | 'SIGN_IN_PERSON'

export type RefusalLevel = 'server' | 'enterprise' | 'organisation' | 'policy' | 'device' | 'session' | 'host'

/** T7: which rule said no, at which level, whose rule it is, and what would lift it. */
export type Because = { rule?: string; level?: RefusalLevel; owner?: string; remedy?: string }

/** What the code's own fields carry, e.g. `{expectedSeq: 9}` for EVENT_GAP. */
export type RefusalNumbers = Readonly<Record<string, string | number>>

export class Refused extends Error {
  readonly code: RefusalCode
  readonly rule: string | undefined
  readonly level: RefusalLevel | undefined
  readonly owner: string | undefined
  readonly remedy: string | undefined
  readonly numbers: RefusalNumbers

  constructor(code: RefusalCode, message: string, because: Because & { numbers?: RefusalNumbers } = {}) {
    super(message)
    this.name = 'Refused'
    this.code = code
    this.rule = because.rule
    this.level = because.level
    this.owner = because.owner
    this.remedy = because.remedy
    this.numbers = because.numbers ?? {}
  }
}

export const isRefused = (error: unknown): error is Refused => error instanceof Refused

/** `throw refuse('EVENT_GAP', 'number 9 is expected next', { numbers: { expectedSeq: 9 } })` */
export const refuse = (
  code: RefusalCode,
  message: string,
  because: Because & { numbers?: RefusalNumbers } = {},
): Refused => new Refused(code, message, because)

/** One sentence for what is not there and for what is another's: the two must not be told apart. */
export const notFound = (what: string): Refused => refuse('NOT_FOUND', `There is no such ${what}.`)
