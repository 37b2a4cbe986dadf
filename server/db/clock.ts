/** The database's clock: the only one by which anything expires (E10). */
import { type Placeholder, type SQL, sql } from 'drizzle-orm'
import type { Tx } from './handle.ts'

/** This very instant, also after waiting for a lock; `now()` would be the start of the transaction. */
export const instantNow: SQL<Date> = sql<Date>`clock_timestamp()::timestamptz(3)`

/** `seconds` from now, for columns that say when something expires. */
export const instantIn = (seconds: number | Placeholder): SQL<Date> =>
  sql<Date>`(clock_timestamp() + make_interval(secs => ${seconds}::float8))::timestamptz(3)`

/** The earlier of the two. */
export const noLaterThan = (instant: SQL<Date>, end: Date): SQL<Date> =>
  sql<Date>`least(${instant}, ${end.toISOString()}::timestamptz(3))`

export async function databaseNow(tx: Tx): Promise<Date> {
  const rows = await tx
    .select({ milliseconds: sql`extract(epoch from clock_timestamp())::float8 * 1000`.mapWith(Number) })
    .from(sql`(select 1) one`)
  const [row] = rows
  if (!row) throw new Error('the database has no clock')
  return new Date(row.milliseconds)
}
