/** The driver for a PostgreSQL that several server processes share. */
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'
import type { Database, Signals, Tx } from './handle.ts'
import { type Migrations, migrateDatabase } from './migrate.ts'
import * as schema from './schema.ts'

const CHANNEL = 'offdesk'
/** Any number, the same in every process: who holds it may migrate. */
const MIGRATION_LOCK = 760_119_203

export async function openPostgres(
  place: { url: string; poolSize?: number },
  migrations: Migrations,
): Promise<Database> {
  const options = { onnotice: () => {}, connection: { application_name: 'offdesk' } }
  await migrateAlone(postgres(place.url, { ...options, max: 1 }), migrations)
  const client = postgres(place.url, { ...options, max: place.poolSize ?? 10 })
  const db = drizzle(client, { schema })
  const tx = db as unknown as Tx // see pglite.ts
  return {
    kind: 'postgres',
    transaction: (work) => db.transaction((inner) => work(inner as unknown as Tx)),
    read: (work) => work(tx),
    signals: signalsOver(client),
    close: () => client.end({ timeout: 5 }),
  }
}

// Drizzle's migrator takes no lock: two processes starting together would both create the tables, and one would fail.
async function migrateAlone(client: postgres.Sql, migrations: Migrations): Promise<void> {
  try {
    const db = drizzle(client, { schema })
    await client`select pg_advisory_lock(${MIGRATION_LOCK})`
    const run = () => migrate(db, { migrationsFolder: migrations.migrationsFolder })
    await migrateDatabase(db as unknown as Tx, run, migrations)
  } finally {
    await client.end({ timeout: 5 }) // the lock goes with the connection
  }
}

function signalsOver(client: postgres.Sql): Signals {
  return {
    send: async (payload) => {
      await client`select pg_notify(${CHANNEL}, ${payload})`
    },
    listen: async (onPayload, onReady) => {
      const listening = await client.listen(CHANNEL, onPayload, onReady)
      return { close: () => listening.unlisten() }
    },
  }
}
