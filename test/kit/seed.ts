/** Embedded databases in memory for tests: opened from the seed that is shipped, and used again. */
import { openAsBlob } from 'node:fs'
import { is, sql } from 'drizzle-orm'
import { PgTable } from 'drizzle-orm/pg-core'
// @ts-expect-error plain JavaScript, for the build runs it
import { seedArchive } from '../../agent-cli/launch/seed.mjs'
import { createDatabase, type Database } from '../../server/db/database.ts'
import * as schema from '../../server/db/schema.ts'

/** Databases of this process that nobody uses: emptying one takes a tenth of the time of opening one. */
const idle: Database[] = []

/** An empty embedded database in memory, with an incarnation of its own. */
export async function memoryDatabase(): Promise<Database> {
  const database = idle.pop() ?? (await createDatabase({ memory: true, seed: await openAsBlob(await seedArchive()) }))
  const incarnation = { name: 'incarnation', value: crypto.randomUUID() }
  await database.read((tx) =>
    tx
      .insert(schema.serverFact)
      .values(incarnation)
      .onConflictDoUpdate({ target: schema.serverFact.name, set: { value: sql`excluded.value` } }),
  )
  return lent(database)
}

/** Refuses once it is closed, as a closed one does, and goes back empty. */
function lent(database: Database): Database {
  let isClosed = false
  const open = <T>(work: () => Promise<T>): Promise<T> =>
    isClosed ? Promise.reject(new Error('This database is closed.')) : work()
  return {
    ...database,
    transaction: (work, isLeft) => open(() => database.transaction(work, isLeft)),
    read: (work, isLeft) => open(() => database.read(work, isLeft)),
    close: async () => {
      if (isClosed) return
      isClosed = true
      const tables = Object.values(schema).filter((table) => is(table, PgTable))
      // Waits behind whatever still runs.
      await database.transaction((tx) =>
        tx.execute(sql`truncate ${sql.join(tables, sql`, `)} restart identity cascade`),
      )
      // An open one keeps a process alive; vitest ends its own.
      if (process.env.VITEST) idle.push(database)
      else await database.close()
    },
  }
}
