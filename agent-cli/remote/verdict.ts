// What an error means for the push of a session: tried again, waited for, or the end. Knows no batch and keeps nothing.
import { isPassing, RemoteError } from './failure.ts'

export type Verdict =
  /** Where the server stands is asked again, after a pause. */
  | { is: 'again' }
  /** The way is lost; it comes back by itself. */
  | { is: 'away'; reason: string }
  /** A rule says no; it may change. */
  | { is: 'paused'; code: string; reason: string }
  | { is: 'ended'; code: string; reason: string }

/** Codes after which this attachment can never push again, when they come from the start of the session. */
const final = new Set([
  'EPOCH_FENCED',
  'ATTACHMENT_TAKEN',
  'SESSION_DELETED',
  'SESSION_ENDED',
  'EVENT_CONFLICT',
  'REVOKED',
  'NOT_FOUND',
  'BAD_INPUT',
  'EVENT_REFUSED',
])
/** Of these only the start of the session is believed: a server put back from an old dump knows a lower epoch, or no session, until then (E5). */
const finalAtStart = new Set(['EPOCH_FENCED', 'NOT_FOUND'])

export const fencedReason =
  'This session goes on in another Offdesk process, which has taken it over. What happens here from now on stays on this machine and nobody else sees it. End this one, or go on without remote.'

/** `hasStarted`: the server has taken the start of the session, and said this of something later. */
export function verdictOf(error: unknown, hasStarted: boolean): Verdict {
  if (!(error instanceof RemoteError)) {
    const reason = error instanceof Error ? error.message : String(error)
    return { is: 'ended', code: 'JOURNAL', reason: `The journal cannot be read: ${reason}` }
  }
  const { code, message } = error
  if (code === 'EVENT_GAP' || code === 'BODY_MISSING' || (hasStarted && finalAtStart.has(code))) return { is: 'again' }
  if (code === 'EPOCH_FENCED' || code === 'ATTACHMENT_TAKEN') return { is: 'ended', code, reason: fencedReason }
  if (final.has(code)) return { is: 'ended', code, reason: message }
  if (isPassing(error) || code === 'UNAUTHENTICATED') return { is: 'away', reason: message }
  return { is: 'paused', code, reason: message }
}
