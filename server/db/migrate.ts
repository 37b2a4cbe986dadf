/** Brings a database to the committed migrations. Knows drivers only as the function that runs Drizzle's migrator. */
import { sql } from 'drizzle-orm'
import { DatabaseTooNew, type Tx } from './handle.ts'

export type Migrations = {
  migrationsFolder: string
  /** `folderMillis` of the newest migration this program knows. */
  newest: number
  onProgress: (sentence: string) => void
  log: (error: unknown) => void
  /** A disk refuses to keep what was written: nothing is answered after this. */
  onDiskRefused: (error: unknown) => void
}

async function appliedUpTo(tx: Tx): Promise<number | null> {
  const there = await tx
    .select({ name: sql<string | null>`to_regclass('drizzle.__drizzle_migrations')::text` })
    .from(sql`(select 1) one`)
  if (!there[0]?.name) return null
  const rows = await tx
    .select({ newest: sql`max(created_at)::float8`.mapWith(Number) })
    .from(sql`drizzle.__drizzle_migrations`)
  return rows[0]?.newest ?? null
}

/** The caller holds whatever keeps a second process out. Throws DatabaseTooNew. */
export async function migrateDatabase(tx: Tx, run: () => Promise<void>, migrations: Migrations): Promise<void> {
  const applied = await appliedUpTo(tx)
  if (applied !== null && applied > migrations.newest)
    throw new DatabaseTooNew(
      'The database was made by a later version of Offdesk. Start that version, or restore a backup.',
    )
  if (applied !== migrations.newest) {
    migrations.onProgress(applied === null ? 'Creating the tables' : 'Updating the tables')
    await run()
  }
}
