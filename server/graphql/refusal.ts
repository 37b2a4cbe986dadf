/** Refusals as GraphQL errors (docs/protocol.md §7): a code, and the rule, its level, whose it is and what would lift it (T7). */
import { GraphQLError } from 'graphql'
import { isRefused, type RefusalCode, type RefusalLevel, type Refused } from '../store/refused.ts'

export type Reason = { rule: string; level: RefusalLevel; owner: string; remedy: string }

type Usual = { rule: string; level: RefusalLevel; remedy: string }
const usual = (level: RefusalLevel, rule: string, remedy: string): Usual => ({ rule, level, remedy })

const PAIR = 'Pair again with a new code.'
const HOST = 'The host goes on by itself; offdesk doctor says more.'

/** What stands behind a code where whoever refused had nothing more to say. */
const USUAL: Record<RefusalCode, Usual> = {
  UNAUTHENTICATED: usual(
    'server',
    'only credentials this server has given out are good',
    'Pair this device, or enrol this host: offdesk login.',
  ),
  CREDENTIAL_EXPIRED: usual('server', 'credentials have an end', 'Ask for another one.'),
  REVOKED: usual('device', 'what is revoked has no access', 'Pair this device again at the terminal of a workstation.'),
  RUNG_TOO_LOW: usual(
    'device',
    'each act needs its rung',
    'Pair this device again with more, at the terminal of a workstation: offdesk devices pair --allow steer, or full.',
  ),
  POLICY: usual(
    'policy',
    'remote control is what the policy allows',
    'Settings, What holds for you, says whose rule it is; effectivePolicy tells a script.',
  ),
  SCOPE_MISSING: usual(
    'server',
    'a token does what its scopes say',
    'Make another token with that scope: Administration, Tokens; a script asks createAdminToken.',
  ),
  NOT_FOUND: usual(
    'server',
    "what is not there and what is another's look alike",
    'Look at the list again; it may have been deleted.',
  ),
  BAD_INPUT: usual(
    'server',
    'an input keeps to the schema and to docs/protocol.md',
    'Change the input; the message says what is wrong with it.',
  ),
  TOO_LARGE: usual('server', 'limits of docs/protocol.md, Limits', 'Ask for less, or send it in parts.'),
  DOCUMENT_UNKNOWN: usual(
    'server',
    'pages and hosts ask what their own build asks',
    'Load the page again; on a workstation update offdesk.',
  ),
  RATE_LIMITED: usual('server', 'tries are counted', 'Wait; the limit lifts by itself.'),
  EVENT_GAP: usual('session', 'E2: numbers are dense', HOST),
  EVENT_CONFLICT: usual('session', 'E2: a number is never used twice', HOST),
  EVENT_REFUSED: usual('session', 'E7: one bad event never wedges a session', HOST),
  EPOCH_FENCED: usual(
    'session',
    'E4: a newer epoch fences every older one',
    'Go on where the session was attached last.',
  ),
  ATTACHMENT_TAKEN: usual(
    'session',
    'E4: one attachment writes an epoch',
    'Go on where the session was attached first.',
  ),
  SESSION_DELETED: usual('session', 'E5: a deleted session is never refilled', 'Start a new session.'),
  SESSION_ENDED: usual('session', 'an ended session takes no commands', 'Start it again at its terminal.'),
  BODY_MISSING: usual('session', 'E6: a body is there before anything refers to it', HOST),
  BODY_MISMATCH: usual('session', 'E6: a body is addressed by its SHA-256', 'Send the content again.'),
  OPTION_NOT_OFFERED: usual(
    'session',
    'D6: only what the agent listed',
    'Look at the decision again; it may have been replaced.',
  ),
  COMMAND_SETTLED: usual('server', 'C5: a settled command never changes', 'Nothing is to be done: it has ended.'),
  CODE_WRONG: usual(
    'server',
    'a code must be typed as the terminal shows it',
    'Compare it with the terminal; codes live for five minutes.',
  ),
  REGISTRATION_CLOSED: usual(
    'server',
    'nobody becomes a person here without an invitation',
    'Ask whoever runs this server, or an admin of your organisation, for an invitation.',
  ),
  PAIRING_TAKEN: usual('server', 'a code is claimed once', PAIR),
  PAIRING_EXPIRED: usual('server', 'a code lives for five minutes', PAIR),
  PAIRING_STATE: usual('server', 'a pairing goes step by step', PAIR),
  SIGNATURE_REQUIRED: usual(
    'device',
    'T5: a command carries its device’s signature',
    'Load the page again; a script signs with the key of its device (docs/protocol.md §4.1).',
  ),
  SIGNATURE_WRONG: usual(
    'device',
    'T5: a command carries its device’s signature',
    'Look again and say it anew; a script compares its bytes with docs/protocol.md §4.1.',
  ),
  PASSKEY_REQUIRED: usual(
    'device',
    'T4: a passkey vouches for what needs the upper rungs',
    'Confirm it with a passkey that the machine has pinned: offdesk devices pin.',
  ),
  PASSKEY_WRONG: usual('device', 'T4: a passkey vouches for one command', 'Confirm it once more with the passkey.'),
  SIGN_IN_STATE: usual(
    'server',
    'a sign-in ends once, in time, in the browser that began it',
    'Begin the sign-in again, in this window.',
  ),
  SIGN_IN_PROVIDER: usual(
    'organisation',
    'only what the provider has signed for this very sign-in counts',
    'Begin again; if it stays so, tell the admins of your organisation.',
  ),
  SIGN_IN_PERSON: usual(
    'organisation',
    'an organisation signs in its own people',
    'Ask the admins of your organisation to let you in.',
  ),
  VERSION_CONFLICT: usual(
    'server',
    'a policy is changed from the version that stands',
    'Read the standing document and apply the change to that.',
  ),
}

const OWNERS: Record<RefusalLevel, string> = {
  server: 'whoever runs this server',
  enterprise: 'the admins of your enterprise',
  organisation: 'the admins of your organisation',
  policy: 'yourself',
  device: 'whoever confirms devices at the terminal of a workstation',
  session: 'the terminal that runs this session',
  host: 'the terminal of that machine',
}

/** Never without an answer: what the refusal says itself, else what stands behind its code (T7). */
export function reasonOf({ code, rule, level, owner, remedy }: Pick<Refused, 'code' | keyof Reason>): Reason {
  const behind = USUAL[code]
  const at = level ?? behind.level
  return { rule: rule ?? behind.rule, level: at, owner: owner ?? OWNERS[at], remedy: remedy ?? behind.remedy }
}

/** The same for a code that was kept as a text; null for one that no version of this server has used. */
export function reasonOfKept(code: string, rule: string | null): Reason | null {
  if (!Object.hasOwn(USUAL, code)) return null
  return reasonOf({
    code: code as RefusalCode,
    rule: rule ?? undefined,
    level: undefined,
    owner: undefined,
    remedy: undefined,
  })
}

/** The one form in which a refusal leaves the server. Everything that is not one is masked (T6). */
export function toGraphQLError(refused: Refused): GraphQLError {
  return new GraphQLError(refused.message, {
    originalError: refused,
    extensions: { code: refused.code, ...reasonOf(refused), ...refused.numbers },
  })
}

/** The refusal inside an error, however deep graphql-js or a plugin has wrapped it; null when it was not thrown on purpose. */
export function refusalIn(error: unknown): Refused | null {
  for (let inner: unknown = error, depth = 0; inner instanceof Error && depth < 5; depth++) {
    if (isRefused(inner)) return inner
    inner = inner instanceof GraphQLError ? inner.originalError : inner.cause
  }
  return null
}

export { notFound, Refused, refuse } from '../store/refused.ts'
