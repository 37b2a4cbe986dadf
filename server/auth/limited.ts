/** Tries at a secret, counted before and after in one transaction, so that a thousand guesses at once are still counted (docs/protocol.md §6). */
import type { Tx } from '../db/database.ts'
import { type AttemptLimit, attemptWait, lockAttempts, recordAttempt } from '../store/attempts.ts'
import { type Refused, refuse } from '../store/refused.ts'

const WINDOW_SECONDS = 600

export const PAIRING_CODE: AttemptLimit = {
  kind: 'pairing',
  perAddress: 10,
  perServer: 100,
  windowSeconds: WINDOW_SECONDS,
}
export const SETUP_CODE: AttemptLimit = { kind: 'setup', perAddress: 10, perServer: 100, windowSeconds: WINDOW_SECONDS }
/** Each call makes a row, right or wrong. */
export const ENROLMENT_REQUEST: AttemptLimit = {
  kind: 'enrolment',
  perAddress: 20,
  perServer: 200,
  windowSeconds: WINDOW_SECONDS,
}

/** Each call asks a provider and makes a row; people of one office come from one address. */
export const OIDC_BEGIN: AttemptLimit = { kind: 'oidc', perAddress: 60, perServer: 3000, windowSeconds: WINDOW_SECONDS }
/** Sign-ins that end elsewhere than they began, late, or twice. */
export const OIDC_FINISH: AttemptLimit = {
  kind: 'oidc-end',
  perAddress: 30,
  perServer: 3000,
  windowSeconds: WINDOW_SECONDS,
}
/** Beginnings of a sign-in: each makes a row that five minutes clear away. */
export const SIGN_IN: AttemptLimit = { kind: 'sign-in', perAddress: 60, perServer: 2000, windowSeconds: WINDOW_SECONDS }
/** Codes of one-time links that nobody has made. */
export const INVITATION_CODE: AttemptLimit = {
  kind: 'invitation',
  perAddress: 10,
  perServer: 100,
  windowSeconds: WINDOW_SECONDS,
}

/** What must commit although it is a refusal: the caller throws it after the transaction. */
export type Outcome<T> = { value: T } | { refused: Refused }

/** `attempt` returns null for a wrong try, which is then counted; what it throws is neither counted nor kept. */
export async function limited<T>(
  tx: Tx,
  limit: AttemptLimit,
  address: string,
  attempt: () => Promise<T | null>,
  wrong: () => Refused,
): Promise<Outcome<T>> {
  await lockAttempts(tx, limit.kind)
  const waitSeconds = await attemptWait(tx, limit, address)
  if (waitSeconds !== null) return { refused: tooMany(limit, waitSeconds) }
  const value = await attempt()
  if (value !== null) return { value }
  await recordAttempt(tx, limit, address)
  return { refused: wrong() }
}

/** Counts every call, not only the wrong ones. */
export async function counted<T>(
  tx: Tx,
  limit: AttemptLimit,
  address: string,
  work: () => Promise<T>,
): Promise<Outcome<T>> {
  await lockAttempts(tx, limit.kind)
  const waitSeconds = await attemptWait(tx, limit, address)
  if (waitSeconds !== null) return { refused: tooMany(limit, waitSeconds) }
  await recordAttempt(tx, limit, address)
  return { value: await work() }
}

/** After the commit: the value, or the refusal thrown. */
export function settled<T>(outcome: Outcome<T>): T {
  if ('refused' in outcome) throw outcome.refused
  return outcome.value
}

const tooMany = (limit: AttemptLimit, retryAfterSeconds: number): Refused =>
  refuse('RATE_LIMITED', `Too many tries. Try again in ${retryAfterSeconds} seconds.`, {
    rule: `${limit.perAddress} tries per address and ${limit.perServer} over all in ${limit.windowSeconds / 60} minutes`,
    level: 'server',
    remedy: 'Wait; the limit lifts by itself.',
    numbers: { retryAfterSeconds },
  })
