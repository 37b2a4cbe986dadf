/** The one-time code that makes a stranger's host the owner's. Knows no file and no terminal. */
import { and, count, eq, isNotNull, isNull } from 'drizzle-orm'
import { instantNow } from '../db/clock.ts'
import type { Tx } from '../db/database.ts'
import { setupCode } from '../db/schema.ts'

/** The code that stands from now on: an older one that nobody used stops working. */
export async function replaceSetupCode(tx: Tx, codeHash: string): Promise<void> {
  await tx.delete(setupCode).where(isNull(setupCode.usedAt))
  await tx.insert(setupCode).values({ codeHash })
}

/** True for the one call that uses it up. */
export async function useSetupCode(tx: Tx, codeHash: string): Promise<boolean> {
  const used = await tx
    .update(setupCode)
    .set({ usedAt: instantNow })
    .where(and(eq(setupCode.codeHash, codeHash), isNull(setupCode.usedAt)))
    .returning({ codeHash: setupCode.codeHash })
  return used.length > 0
}

export async function isSetupCodeOpen(tx: Tx, codeHash: string): Promise<boolean> {
  const [row] = await tx
    .select({ open: count() })
    .from(setupCode)
    .where(and(eq(setupCode.codeHash, codeHash), isNull(setupCode.usedAt)))
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
