/** Opens the one database a server process has, whichever of the two drivers is behind it. Knows no query of the product. */
import { existsSync, openAsBlob } from 'node:fs'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import type { Database } from './handle.ts'
import { openPglite } from './pglite.ts'
import { openPostgres } from './postgres.ts'

export { type Database, DatabaseTooNew, type Signals, type Tx } from './handle.ts'

export type DatabaseOptions = (
  | { url: string; poolSize?: number }
  /** `seed`: for a directory that has to be made; the shipped one when left out. `checkpoints`: tests, which do not wait for a log of 16 MB. */
  | { dataDir: string; seed?: Blob; checkpoints?: { everyMilliseconds?: number; logBytes?: number } }
  /** `seed` is a dumped data directory of these migrations or older ones: opened from it, not made. */
  | { memory: true; seed?: Blob }
) & {
  migrationsFolder?: string
  onProgress?: (sentence: string) => void
  /** What goes wrong with nobody waiting for it: a checkpoint. A warning of the process when left out. */
  log?: (error: unknown) => void
  /**
   * The disk refuses to sync an embedded database's files. Called once or more from inside the failing call; no query is answered after it, not even with an error,
   * so whoever runs a process ends it. Logged when left out.
   */
  onDiskRefused?: (error: unknown) => void
}

/** Beside this file in the source tree, beside the bundle in the package. */
export const bundledMigrations = new URL('./migrations', import.meta.url).pathname

/** Beside the bundle: an empty database of these migrations, from which a new directory is made in half the time. */
const bundledSeed = new URL('./seed.tgz', import.meta.url).pathname

const warn = (error: unknown): void => process.emitWarning(error instanceof Error ? error : String(error))

/** Opens, migrates, returns. Safe when several processes start at once on one PostgreSQL. */
export async function createDatabase(options: DatabaseOptions): Promise<Database> {
  const migrationsFolder = options.migrationsFolder ?? bundledMigrations
  const newest = Math.max(...readMigrationFiles({ migrationsFolder }).map((migration) => migration.folderMillis))
  const log = options.log ?? warn
  const { onProgress = () => {}, onDiskRefused = log } = options
  const migrations = { migrationsFolder, newest, onProgress, log, onDiskRefused }
  if ('url' in options) return openPostgres(options, migrations)
  if ('memory' in options) return openPglite(options, migrations)
  const seed = options.seed ?? (existsSync(bundledSeed) ? await openAsBlob(bundledSeed) : null)
  return openPglite({ ...options, seed }, migrations)
}
