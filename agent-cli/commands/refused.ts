/** What a server said no to, as a person at the terminal reads it: what happened, what to do next, and whose rule it is (F3). */
import { RemoteError } from '../remote/failure.ts'

/** One line. Without a rule it is the way to the server that failed, and its message says all there is. */
export function refusedInWords({ message, rule, remedy, facts }: RemoteError): string {
  const owner = typeof facts.owner === 'string' ? facts.owner : null
  const whose = rule && `(Rule: ${rule}.${owner ? ` Whose it is: ${owner}.` : ''})`
  return [message, remedy, whose].filter(Boolean).join(' ')
}

/** Null for what no server has said. */
export const wordsOf = (error: unknown): string | null => (error instanceof RemoteError ? refusedInWords(error) : null)
