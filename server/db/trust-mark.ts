/** One mark for all that trust hangs on: who is revoked, rungs, policies. Whoever compares it need not read them. Knows none of them. */
import { sql } from 'drizzle-orm'
import type { Tx } from './handle.ts'
import { rowsOf } from './rows.ts'
import { serverFact } from './schema.ts'
import { statement } from './statement.ts'

const NAME = 'trust'

export type TrustMark = { mark: string; now: Date }

const look = statement<never>(
  () => sql`
    select (select value from ${serverFact} where name = ${NAME}) as mark,
      extract(epoch from clock_timestamp())::float8 * 1000 as now`,
)

/** Differs from what it was when anything of that has been committed in between. `now` is the database's clock. */
export async function readTrustMark(tx: Tx): Promise<TrustMark> {
  const rows = await tx.execute(look({}))
  const [row] = rowsOf<{ mark: string | null; now: number }>(rows)
  if (!row) throw new Error('the database has no clock')
  return { mark: row.mark ?? '', now: new Date(row.now) }
}

// The same transaction as the change, and its last statement: everybody who changes trust takes this row, and nobody takes another one after it.
// Not a count: a database put back from a backup would come to the same number again.
/** Call it in the transaction that changes what somebody may do. `write` does, for all that ring the trust bell. */
export async function moveTrustMark(tx: Tx): Promise<void> {
  const value = crypto.randomUUID()
  await tx
    .insert(serverFact)
    .values({ name: NAME, value })
    .onConflictDoUpdate({ target: serverFact.name, set: { value } })
}
