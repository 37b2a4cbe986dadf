/** The one-time code that makes a stranger's host the owner's. Knows no file and no terminal. */
import { and, count, eq, gt, isNotNull, isNull, or, type SQL, sql } from 'drizzle-orm'
import { instantIn, instantNow } from '../db/clock.ts'
import type { Tx } from '../db/database.ts'
import { setupCode } from '../db/schema.ts'

/** The code that stands from now on: an older one that nobody used stops working, but for one that is good for a time and was asked for. */
export async function replaceSetupCode(tx: Tx, codeHash: string): Promise<void> {
  await tx.delete(setupCode).where(and(isNull(setupCode.usedAt), isNull(setupCode.expiresAt)))
  await tx.insert(setupCode).values({ codeHash })
}

/** Until the transaction ends no code is used up: what the caller reads from now on about who is enrolled stays so. */
export async function holdSetupCodes(tx: Tx): Promise<void> {
  await tx.execute(sql`lock table ${setupCode} in exclusive mode`)
}

/** One more, beside those of other processes. */
export async function addSetupCode(tx: Tx, codeHash: string): Promise<void> {
  await tx.insert(setupCode).values({ codeHash })
}

/** One that is good for a time, beside those that stand; one of its kind that nobody used stops working. */
export async function addSetupCodeFor(tx: Tx, codeHash: string, seconds: number): Promise<void> {
  await tx.delete(setupCode).where(and(isNull(setupCode.usedAt), isNotNull(setupCode.expiresAt)))
  await tx.insert(setupCode).values({ codeHash, expiresAt: instantIn(seconds) })
}

const open = (codeHash: string): SQL | undefined =>
  and(
    eq(setupCode.codeHash, codeHash),
    isNull(setupCode.usedAt),
    or(isNull(setupCode.expiresAt), gt(setupCode.expiresAt, instantNow)),
  )

/** True for the one call that uses it up; every other code stops working with it. */
export async function useSetupCode(tx: Tx, codeHash: string): Promise<boolean> {
  const used = await tx
    .update(setupCode)
    .set({ usedAt: instantNow })
    .where(open(codeHash))
    .returning({ codeHash: setupCode.codeHash })
  if (used.length > 0) await tx.delete(setupCode).where(isNull(setupCode.usedAt))
  return used.length > 0
}

export async function isSetupCodeOpen(tx: Tx, codeHash: string): Promise<boolean> {
  const [row] = await tx.select({ open: count() }).from(setupCode).where(open(codeHash))
  return (row?.open ?? 0) > 0
}

/** For a caller whose answer was lost: the code was right once. */
export async function wasSetupCodeUsed(tx: Tx, codeHash: string): Promise<boolean> {
  const [row] = await tx
    .select({ used: count() })
    .from(setupCode)
    .where(and(eq(setupCode.codeHash, codeHash), isNotNull(setupCode.usedAt)))
  return (row?.used ?? 0) > 0
}
