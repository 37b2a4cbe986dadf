/** The rounds by which retention is done: every owner and every chain that has one, piece by piece, each piece a transaction of its own. */
import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db/database.ts'
import type { Bell } from '../live/bell.ts'
import { write } from '../live/write.ts'
import { retainAudit, retainedChains, retainedOwners, retainSessions } from '../store/retention.ts'

/** Retention is counted in minutes: a round this often is at most half of one late. */
export const RETENTION_SECONDS = 30

/** Removes all that is due now and returns; ends between two pieces when aborted. `now` is for tests: the database's clock decides (E10). */
export async function retainAll(
  place: { database: Database; bell: Bell },
  signal: AbortSignal,
  now: SQL<Date> = sql<Date>`clock_timestamp()`,
): Promise<void> {
  const { database } = place
  for (const kept of await database.read(retainedOwners)) {
    while (!signal.aborted && (await write(place, (tx, ring) => retainSessions(tx, ring, kept, now))));
  }
  for (const chain of await database.read(retainedChains)) {
    while (!signal.aborted && (await database.transaction((tx) => retainAudit(tx, chain, now))));
  }
}
