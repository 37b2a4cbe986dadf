/** Whether a person's sign-in passkey has signed these very bytes, on its page, with its person verified, and more often than it said before. */
import type { Bytes } from '../../../protocol/bytes.ts'
import { type Assertion, passkeyHost } from '../../../protocol/passkey.ts'
import { challengeOf } from '../../../protocol/sign-in.ts'
import type { Database, Tx } from '../../db/database.ts'
import { noteAudit } from '../../store/audit.ts'
import { type Refused, refuse } from '../../store/refused.ts'
import { countUp, findSignInPasskey, type SignInPasskeyRow } from '../../store/sign-in-passkeys.ts'
import type { Outcome } from '../limited.ts'

export type Asserted = {
  assertion: Assertion
  /** Over their hash. */
  bytes: Bytes
  /** Of the page to which the server has given what is signed. */
  origin: string
  /** Who it must be; left out, the passkey says who, and then it says its handle too. */
  ownerId?: string
  userHandle?: string | null | undefined
}

/** In a transaction of its own: a count that has risen stays so. Throws PASSKEY_WRONG, one answer for all that may be wrong but a copied passkey. */
export async function requireAsserted(database: Database, asked: Asserted): Promise<SignInPasskeyRow> {
  const found = await database.transaction((tx) => assertedIn(tx, asked))
  if ('refused' in found) throw found.refused
  return found.value
}

/** The same in the caller's, which throws the refusal after the commit if what is noted with it is to stay. */
export async function assertedIn(tx: Tx, asked: Asserted): Promise<Outcome<SignInPasskeyRow>> {
  const { assertion, bytes, origin, ownerId, userHandle } = asked
  const row = await findSignInPasskey(tx, assertion.id)
  const isTheirs = ownerId === undefined ? row?.userHandle === userHandle : row?.ownerId === ownerId
  // The port of this machine's own address may change; the name may not.
  if (!row || !isTheirs || passkeyHost(row.origin) !== passkeyHost(origin)) return { refused: passkeyWrong() }
  const { countOf } = await import('../web-authn.ts')
  const count = await countOf(assertion, { ...row, origin }, await challengeOf(bytes))
  if (count === null) return { refused: passkeyWrong() }
  if (await countUp(tx, row.id, count)) return { value: row }
  await noteCopied(tx, row)
  return { refused: copied() }
}

async function noteCopied(tx: Tx, { id, ownerId }: SignInPasskeyRow): Promise<void> {
  await noteAudit(tx, {
    ...{ ownerId, actor: id.slice(0, 22), actorName: 'a passkey', surface: 'STRANGER', action: 'sign-in' },
    ...{ proof: 'passkey', outcome: 'REFUSED', code: 'PASSKEY_WRONG', rule: COPIED, line: 'its count has not risen' },
  })
}

const COPIED = 'a passkey’s count only rises'

export const passkeyWrong = (): Refused =>
  refuse('PASSKEY_WRONG', 'No passkey that is known here has just signed this, with its person verified.', {
    rule: 'a sign-in is signed by a passkey of this server, freshly, on its own page',
    level: 'server',
    remedy: 'Try once more. A passkey of Settings, Passkeys vouches for one device and signs nobody in.',
  })

const copied = (): Refused =>
  refuse('PASSKEY_WRONG', 'This passkey has been used somewhere else with the same count: it may have been copied.', {
    rule: COPIED,
    level: 'server',
    remedy: 'Sign in with another passkey and remove this one; or at a terminal of yours: offdesk invite --myself.',
  })
