/** Opens the one database a server process has, whichever of the two drivers is behind it. Knows no query of the product. */
import { readMigrationFiles } from 'drizzle-orm/migrator'
import type { Database } from './handle.ts'
import { openPglite } from './pglite.ts'
import { openPostgres } from './postgres.ts'

export { type Database, DatabaseTooNew, type Signals, type Tx } from './handle.ts'

export type DatabaseOptions = (
  | { url: string; poolSize?: number }
  | { dataDir: string }
  /** `seed` is a dumped data directory of the same migrations: tests start faster from it. */
  | { memory: true; seed?: Blob }
) & {
  migrationsFolder?: string
  onProgress?: (sentence: string) => void
}

/** Beside this file in the source tree, beside the bundle in the package. */
export const bundledMigrations = new URL('./migrations', import.meta.url).pathname

/** Opens, migrates, returns. Safe when several processes start at once on one PostgreSQL. */
export function createDatabase(options: DatabaseOptions): Promise<Database> {
  const migrationsFolder = options.migrationsFolder ?? bundledMigrations
  const newest = Math.max(...readMigrationFiles({ migrationsFolder }).map((migration) => migration.folderMillis))
  const migrations = { migrationsFolder, newest, onProgress: options.onProgress ?? (() => {}) }
  return 'url' in options ? openPostgres(options, migrations) : openPglite(options, migrations)
}
