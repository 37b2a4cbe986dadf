/** The database's own facts: which one it is, and the keys made for it. */
import { eq } from 'drizzle-orm'
import type { Tx } from '../db/database.ts'
import { serverFact } from '../db/schema.ts'

export async function readFact(tx: Tx, name: string): Promise<string | null> {
  const [row] = await tx.select().from(serverFact).where(eq(serverFact.name, name))
  return row?.value ?? null
}

/** The value that stands: this one, or the one that another process stored first. */
export async function factOr(tx: Tx, name: string, value: string): Promise<string> {
  await tx.insert(serverFact).values({ name, value }).onConflictDoNothing()
  return (await readFact(tx, name)) ?? value
}
