/** Two that touch the same rows at once: who waits for whom, and what is left of a person afterwards. Knows no room. */
import { sql } from 'drizzle-orm'
import type { Database, Tx } from '../../server/db/database.ts'
import { rowsOf } from '../../server/db/rows.ts'

/** Returns when another connection waits for something of ours, or `isOver` says that it did not have to. */
export async function waitsOrOver(tx: Tx, isOver: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000
  const query = sql`select count(*)::int as waiting from pg_stat_activity where wait_event_type = 'Lock' and pg_backend_pid() = any(pg_blocking_pids(pid))`
  while (performance.now() < deadline && !isOver()) {
    const [row] = rowsOf<{ waiting: number }>(await tx.execute(query))
    if ((row?.waiting ?? 0) > 0) return
  }
  if (!isOver()) throw new Error('nobody waits, and nobody is done')
}

/** What a person still holds. */
export const alive = (database: Database, ownerId: string): Promise<{ devices: number; hosts: number } | undefined> =>
  database.read(async (tx) => {
    const counted = sql`select (select count(*)::int from device where owner_id = ${ownerId} and revoked_at is null) as devices,
      (select count(*)::int from host where owner_id = ${ownerId} and revoked_at is null) as hosts`
    return rowsOf<{ devices: number; hosts: number }>(await tx.execute(counted))[0]
  })
