/** Says which database this is: a cursor from another one, or from before it was put back, does not fit (C2). Knows no driver. */
import { inArray, sql } from 'drizzle-orm'
import type { Tx } from './handle.ts'
import { serverFact } from './schema.ts'

/**
 * Gives the database an incarnation when it has none, and a new one when it is a copy: `home` is where it lives in a way that no copy can
 * share, and it differs from the one written in it; or `isRestored` says so. Null for a home that cannot be told. The caller holds
 * whatever keeps a second process out. True when a copy was found.
 */
export async function settleIncarnation(
  tx: Tx,
  { home, isRestored }: { home: string | null; isRestored: boolean },
): Promise<boolean> {
  await tx.insert(serverFact).values({ name: 'incarnation', value: crypto.randomUUID() }).onConflictDoNothing()
  if (home !== null) await tx.insert(serverFact).values({ name: 'home', value: home }).onConflictDoNothing()
  const rows = await tx.select().from(serverFact)
  const stored = rows.find((row) => row.name === 'home')?.value
  if (!isRestored && (home === null || stored === home)) return false
  // One statement: a copy that knew its new home and kept its incarnation would never be found again.
  const value = sql`case ${serverFact.name} when 'home' then ${home ?? stored ?? ''} else ${crypto.randomUUID()} end`
  await tx
    .update(serverFact)
    .set({ value })
    .where(inArray(serverFact.name, ['incarnation', 'home']))
  return true
}
