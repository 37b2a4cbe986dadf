/** The embedded driver: one process, one data directory, one transaction at a time. */
import { existsSync } from 'node:fs'
import { mkdir, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { PGlite, types } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import { migrate } from 'drizzle-orm/pglite/migrator'
import { type CheckpointOptions, createCheckpoints } from './checkpoints.ts'
import { lastingStart, memoryStart, moveTo, SyncedFolder, syncPath, syncTree } from './disk.ts'
import type { Database, Tx } from './handle.ts'
import { settleIncarnation } from './incarnation.ts'
import { type Migrations, migrateDatabase } from './migrate.ts'
import { backUp, RESTORED } from './pglite-backup.ts'
import * as schema from './schema.ts'
import { afterTurn, createTurns } from './turns.ts'

type Checkpointing = { checkpoints?: Omit<CheckpointOptions, 'log'> }
type Place = ({ dataDir: string; seed: Blob | null } & Checkpointing) | { memory: true; seed?: Blob }

/** One at a time. */
const TURNS = { atOnce: 1, pause: afterTurn }

/** PGlite's own go byte by byte through numbers and strings: a page of 500 events of 1 KB took them a tenth of a second. */
const bytea = {
  parsers: { [types.BYTEA]: (text: string) => Buffer.from(text.slice(2), 'hex') },
  serializers: { [types.BYTEA]: (bytes: Uint8Array) => `\\x${Buffer.from(bytes).toString('hex')}` },
}

/** The caller holds the directory's lock: PGlite itself lets a second process in and both lose. */
export async function openPglite(place: Place, migrations: Migrations): Promise<Database> {
  return 'memory' in place ? openMemory(place, migrations) : openFolder(place, migrations)
}

async function openMemory({ seed }: { seed?: Blob }, migrations: Migrations): Promise<Database> {
  migrations.onProgress('Opening the embedded database')
  const client = await PGlite.create({ ...bytea, startParams: memoryStart, ...(seed && { loadDataDir: seed }) })
  return { ...(await migrated(client, migrations, { home: null, isRestored: false })), close: () => client.close() }
}

async function openFolder(place: { dataDir: string; seed: Blob | null } & Checkpointing, migrations: Migrations) {
  const dataDir = resolve(place.dataDir)
  if (existsSync(join(dataDir, 'PG_VERSION'))) migrations.onProgress('Opening the embedded database')
  else {
    migrations.onProgress('Making a new embedded database')
    await makeDirectory(dataDir, place.seed)
  }
  const marker = join(dataDir, RESTORED)
  const isRestored = existsSync(marker)
  // Whoever unpacked it has not synced it, and from here on PostgreSQL takes what it has not written itself for lasting.
  if (isRestored) await syncTree(dataDir)
  const client = await PGlite.create({
    ...bytea,
    fs: new SyncedFolder(dataDir, migrations.onDiskRefused),
    startParams: lastingStart,
  })
  const database = await migrated(client, migrations, { home: await homeOf(dataDir), isRestored })
  // After the new incarnation is durable: a cut between the two only makes another.
  if (isRestored) await rm(marker).then(() => syncPath(dataDir))
  const checkpoints = createCheckpoints(client, { ...place.checkpoints, log: migrations.log })
  const closing = new AbortController()
  let copying: Promise<void> | null = null
  return {
    ...database,
    backup: async (to: string, signal: AbortSignal) => {
      if (copying) throw new Error('A backup is being made already.')
      const resume = checkpoints.pause()
      try {
        copying = backUp(client, dataDir, to, AbortSignal.any([signal, closing.signal]))
        await copying
      } finally {
        copying = null
        resume()
      }
    },
    close: async () => {
      closing.abort()
      await copying?.catch(() => {})
      await checkpoints.close()
      await client.close()
    },
  }
}

/** Closes the client when it throws. */
async function migrated(
  client: PGlite,
  migrations: Migrations,
  origin: { home: string | null; isRestored: boolean },
): Promise<Omit<Database, 'close'>> {
  const db = drizzle(client, { schema })
  const tx = db as unknown as Tx // the drivers' result types differ; store functions use the query builder only
  try {
    await migrateDatabase(tx, () => migrate(db, { migrationsFolder: migrations.migrationsFolder }), migrations)
    if (await settleIncarnation(tx, origin)) migrations.onProgress('This database was put back or moved')
  } catch (error) {
    await client.close()
    throw error
  }
  const [transactions, reads] = [createTurns(TURNS), createTurns(TURNS)]
  return {
    kind: 'pglite',
    transaction: (work, isLeft) => transactions(() => db.transaction((inner) => work(inner as unknown as Tx)), isLeft),
    // Beside the transactions, one of which they wait for at most: PGlite lets them take turns.
    read: (work, isLeft) => reads(() => work(tx), isLeft),
    apart: (work) => work(tx),
    signals: null,
    backup: null,
  }
}

/** A file that PostgreSQL writes once and never again: a copy of it is another file, made at another time. */
async function homeOf(dataDir: string): Promise<string> {
  const { ino, birthtimeMs } = await stat(join(dataDir, 'PG_VERSION'))
  return `file ${ino} of ${Math.floor(birthtimeMs)}`
}

/** Made beside its place and moved there whole: ended in the middle, the next start makes it anew. */
async function makeDirectory(dataDir: string, seed: Blob | null): Promise<void> {
  const making = `${dataDir}.new`
  await rm(making, { recursive: true, force: true })
  await mkdir(making, { recursive: true, mode: 0o700 })
  // Synced once as a whole, which is quicker than file by file while it is made.
  const client = await PGlite.create({ dataDir: making, startParams: memoryStart, ...(seed && { loadDataDir: seed }) })
  await client.close()
  await syncTree(making)
  await mkdir(dirname(dataDir), { recursive: true, mode: 0o700 })
  await moveTo(making, dataDir)
}
