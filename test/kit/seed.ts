/** A migrated, empty data directory as one file, made once per set of migrations: an embedded database starts several times faster from it. */
import { createHash } from 'node:crypto'
import { existsSync, openAsBlob, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/pglite'
import { migrate } from 'drizzle-orm/pglite/migrator'
import { bundledMigrations, createDatabase, type Database } from '../../server/db/database.ts'
import { serverFact } from '../../server/db/schema.ts'

/** An empty embedded database in memory, with an incarnation of its own. */
export async function memoryDatabase(): Promise<Database> {
  const database = await createDatabase({ memory: true, seed: await openAsBlob(await seedFile()) })
  const incarnation = { name: 'incarnation', value: crypto.randomUUID() }
  await database.read((tx) =>
    tx
      .insert(serverFact)
      .values(incarnation)
      .onConflictDoUpdate({ target: serverFact.name, set: { value: sql`excluded.value` } }),
  )
  return database
}

/** The archive, made when it is missing: unpacked it is an embedded database's directory. */
export async function seedFile(): Promise<string> {
  const path = join(tmpdir(), `offdesk-seed-named-${migrationsDigest()}.tgz`)
  if (!existsSync(path)) await makeSeed(path)
  return path
}

function migrationsDigest(): string {
  const digest = createHash('sha256').update(process.version)
  for (const name of readdirSync(bundledMigrations).sort()) {
    if (name.endsWith('.sql')) digest.update(name).update(readFileSync(join(bundledMigrations, name)))
  }
  return digest.digest('hex').slice(0, 16)
}

async function makeSeed(path: string): Promise<void> {
  const client = await PGlite.create()
  const db = drizzle(client)
  await migrate(db, { migrationsFolder: bundledMigrations })
  // A server names its database when it migrates it; this one is migrated already.
  await db.insert(serverFact).values({ name: 'incarnation', value: crypto.randomUUID() })
  const dump = await client.dumpDataDir('gzip')
  await client.close()
  // Two test files at once may both make it: the last rename wins and both are whole.
  const own = `${path}.${process.pid}`
  writeFileSync(own, Buffer.from(await dump.arrayBuffer()))
  renameSync(own, path)
}
