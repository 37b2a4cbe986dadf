/** The embedded driver: one process, one data directory, one transaction at a time. */
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import { migrate } from 'drizzle-orm/pglite/migrator'
import type { Database, Tx } from './handle.ts'
import { type Migrations, migrateDatabase } from './migrate.ts'
import * as schema from './schema.ts'

type Place = { dataDir: string; seed: Blob | null } | { memory: true; seed?: Blob }

/** 128 MB of buffers by default: more than a personal server needs, for no gain in speed here. */
const startParams = [...PGlite.defaultStartParams, '-c', 'shared_buffers=8MB']

/** The caller holds the directory's lock: PGlite itself lets a second process in and both lose. */
export async function openPglite(place: Place, migrations: Migrations): Promise<Database> {
  const inMemory = () => (place.seed ? { loadDataDir: place.seed } : {})
  if ('dataDir' in place && !existsSync(join(place.dataDir, 'PG_VERSION'))) {
    migrations.onProgress('Making a new embedded database')
    await makeDirectory(place.dataDir, place.seed ?? null)
  } else migrations.onProgress('Opening the embedded database')
  const client = await PGlite.create({ ...('dataDir' in place ? { dataDir: place.dataDir } : inMemory()), startParams })
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

/** Made beside its place and moved there whole: ended in the middle, the next start makes it anew. */
async function makeDirectory(dataDir: string, seed: Blob | null): Promise<void> {
  const making = `${dataDir}.new`
  await rm(making, { recursive: true, force: true })
  await mkdir(making, { recursive: true, mode: 0o700 })
  const client = await PGlite.create({ dataDir: making, startParams, ...(seed ? { loadDataDir: seed } : {}) })
  await client.close()
  await rename(making, dataDir)
}
