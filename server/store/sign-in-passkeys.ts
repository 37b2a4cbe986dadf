/** Passkeys that people sign in with. Knows no signature. */
import { and, asc, count, eq, sql } from 'drizzle-orm'
import { instantNow } from '../db/clock.ts'
import type { Tx } from '../db/database.ts'
import { owner, signInPasskey } from '../db/schema.ts'
import { notFound, refuse } from './refused.ts'

export type SignInPasskeyRow = typeof signInPasskey.$inferSelect
export type NewSignInPasskey = Omit<typeof signInPasskey.$inferInsert, 'createdAt' | 'lastUsedAt'>

export const MOST_SIGN_IN_PASSKEYS = 20

/** Throws BAD_INPUT for one that is known here, TOO_LARGE past `MOST_SIGN_IN_PASSKEYS`. The caller holds the person's lock. */
export async function addSignInPasskey(tx: Tx, made: NewSignInPasskey): Promise<SignInPasskeyRow> {
  const [there] = await tx
    .select({ passkeys: count() })
    .from(signInPasskey)
    .where(eq(signInPasskey.ownerId, made.ownerId))
  if ((there?.passkeys ?? 0) >= MOST_SIGN_IN_PASSKEYS) {
    throw refuse('TOO_LARGE', `A person signs in with at most ${MOST_SIGN_IN_PASSKEYS} passkeys. Remove one first.`, {
      numbers: { limit: MOST_SIGN_IN_PASSKEYS },
    })
  }
  const [row] = await tx.insert(signInPasskey).values(made).onConflictDoNothing().returning()
  if (!row) throw refuse('BAD_INPUT', 'This passkey is known here already. Make a new one.')
  return row
}

export async function findSignInPasskey(tx: Tx, id: string): Promise<SignInPasskeyRow | null> {
  const [row] = await tx.select().from(signInPasskey).where(eq(signInPasskey.id, id))
  return row ?? null
}

/** Oldest first. */
export const listSignInPasskeys = (tx: Tx, ownerId: string): Promise<SignInPasskeyRow[]> =>
  tx
    .select()
    .from(signInPasskey)
    .where(eq(signInPasskey.ownerId, ownerId))
    .orderBy(asc(signInPasskey.createdAt), asc(signInPasskey.id))

export async function hasSignInPasskey(tx: Tx, ownerId: string): Promise<boolean> {
  const [row] = await tx
    .select({ id: signInPasskey.id })
    .from(signInPasskey)
    .where(eq(signInPasskey.ownerId, ownerId))
    .limit(1)
  return row !== undefined
}

export async function anySignInPasskey(tx: Tx): Promise<boolean> {
  const [row] = await tx.select({ id: signInPasskey.id }).from(signInPasskey).limit(1)
  return row !== undefined
}

/**
 * False when the count has not risen: the passkey was copied, or the same assertion is here twice. Authenticators that do not count say 0 for ever. Of two at
 * once with the same count, one changes the row.
 */
export async function countUp(tx: Tx, id: string, counter: number): Promise<boolean> {
  const rises = sql`(${signInPasskey.counter} < ${counter}::bigint or (${signInPasskey.counter} = 0 and ${counter}::bigint = 0))`
  const risen = await tx
    .update(signInPasskey)
    .set({ counter, lastUsedAt: instantNow })
    .where(and(eq(signInPasskey.id, id), rises))
    .returning({ id: signInPasskey.id })
  return risen.length > 0
}

/** Throws NOT_FOUND for another's. */
export async function removeSignInPasskey(tx: Tx, ownerId: string, id: string): Promise<SignInPasskeyRow> {
  const [row] = await tx
    .delete(signInPasskey)
    .where(and(eq(signInPasskey.id, id), eq(signInPasskey.ownerId, ownerId)))
    .returning()
  if (!row) throw notFound('passkey')
  return row
}

/** All of one person's. The caller holds their lock. */
export async function removeSignInPasskeysOf(tx: Tx, ownerId: string): Promise<void> {
  await tx.delete(signInPasskey).where(eq(signInPasskey.ownerId, ownerId))
}

/** One sign-in of a person at a time until the transaction ends. Throws NOT_FOUND. */
export async function lockPerson(tx: Tx, ownerId: string): Promise<{ id: string; name: string }> {
  // Not `for update`: whatever refers to the person is inserted meanwhile all the same.
  const [row] = await tx
    .select({ id: owner.id, name: owner.name })
    .from(owner)
    .where(eq(owner.id, ownerId))
    .for('no key update')
  if (!row) throw notFound('person')
  return row
}
