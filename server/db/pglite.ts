/** The embedded driver: one process, one data directory, one transaction at a time. */
import { mkdir } from 'node:fs/promises'
import { PGlite } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import { migrate } from 'drizzle-orm/pglite/migrator'
import type { Database, Tx } from './handle.ts'
import { type Migrations, migrateDatabase } from './migrate.ts'
import * as schema from './schema.ts'

type Place = { dataDir: string } | { memory: true; seed?: Blob }

/** The caller holds the directory's lock: PGlite itself lets a second process in and both lose. */
export async function openPglite(place: Place, migrations: Migrations): Promise<Database> {
  if ('dataDir' in place) await mkdir(place.dataDir, { recursive: true, mode: 0o700 })
  migrations.onProgress('Opening the embedded database')
  const client = await PGlite.create({
    ...('dataDir' in place ? { dataDir: place.dataDir } : {}),
    ...('seed' in place && place.seed ? { loadDataDir: place.seed } : {}),
    // 128 MB of buffers by default: more than a personal server needs, for no gain in speed here.
    startParams: [...PGlite.defaultStartParams, '-c', 'shared_buffers=8MB'],
  })
  const db = drizzle(client, { schema })
  const tx = db as unknown as Tx // the drivers' result types differ; store functions use the query builder only
  try {
    await migrateDatabase(tx, () => migrate(db, { migrationsFolder: migrations.migrationsFolder }), migrations)
  } catch (error) {
    await client.close()
    throw error
  }
  return {
    kind: 'pglite',
    transaction: (work) => db.transaction((inner) => work(inner as unknown as Tx)),
    read: (work) => work(tx),
    signals: null,
    close: () => client.close(),
  }
}
