/** What a database that was put back (a dump, a copy) no longer knows of its commands. Knows not how that is found out: `db/incarnation.ts` does. */
import { sql } from 'drizzle-orm'
import { instantNow } from '../db/clock.ts'
import type { Tx } from '../db/database.ts'
import { command, serverFact } from '../db/schema.ts'

/** The incarnation whose queue is only what nobody has fetched. */
const FACT = 'queue of'

// Queued means that no host has fetched it: then a revocation, or its time, ends it here, and its sender is told that nothing was done. Of a dump that is not known:
// it may have been fetched and done since. Delivered, it is the host's to report, and the host's ledger knows (C3, C4).
/**
 * In a database that was put back, whatever is queued counts as fetched. At a server's start, before anybody is served; changes nothing when it was done for this
 * incarnation before, by whichever process.
 */
export async function doubtQueued(tx: Tx): Promise<void> {
  await tx.execute(sql`
    with fresh as (
      insert into ${serverFact} (name, value) select ${FACT}, value from ${serverFact} where name = 'incarnation'
      on conflict (name) do update set value = excluded.value where ${serverFact.value} <> excluded.value
      returning name)
    update ${command} set state = 'DELIVERED', delivered_at = ${instantNow}, revision = revision + 1
    where state = 'QUEUED' and exists (select 1 from fresh)`)
}
