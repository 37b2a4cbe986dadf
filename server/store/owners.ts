/** The people whose sessions these are. Knows no credential. */
import { asc, eq, sql } from 'drizzle-orm'
import type { Tx } from '../db/database.ts'
import { owner } from '../db/schema.ts'
import { mintId } from './ids.ts'

export type OwnerRow = typeof owner.$inferSelect

export async function findOwner(tx: Tx, id: string): Promise<OwnerRow | null> {
  const [row] = await tx.select().from(owner).where(eq(owner.id, id))
  return row ?? null
}

/** The person this server was set up for; null before anyone has used a setup code. */
export async function firstOwner(tx: Tx): Promise<OwnerRow | null> {
  const [row] = await tx.select().from(owner).orderBy(asc(owner.createdAt), asc(owner.id)).limit(1)
  return row ?? null
}

/** Until the transaction ends nobody else becomes the first: what the caller then reads with `firstOwner` stays so. */
export async function lockFirstOwner(tx: Tx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(760119, hashtext('first owner'))`)
}

export async function createOwner(tx: Tx, name: string): Promise<OwnerRow> {
  const [row] = await tx
    .insert(owner)
    .values({ id: mintId('own'), name })
    .returning()
  if (!row) throw new Error('the owner was not stored')
  return row
}
