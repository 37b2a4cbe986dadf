/** The driver for a PostgreSQL that several server processes share. */
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'
import { type Database, dropIfLeft, type Signals, type Tx } from './handle.ts'
import { settleIncarnation } from './incarnation.ts'
import { type Migrations, migrateDatabase } from './migrate.ts'
import { preparing } from './preparing.ts'
import * as schema from './schema.ts'
import { goStraight } from './statement.ts'
import { createTurns } from './turns.ts'

const CHANNEL = 'offdesk'
/** Any number, the same in every process: who holds it may migrate. */
const MIGRATION_LOCK = 760_119_203
/** Connections of a process: for statements, which share them, and for transactions, each of which has one to itself. Made when they are needed. */
const STATEMENT_CONNECTIONS = 10
const TRANSACTION_CONNECTIONS = 8
/** Under way at once, one behind the other. The driver would send a hundred, and none of those could be left out any more. */
const READS_ON_A_CONNECTION = 16

// The driver's own wait triples with every connection that fails, of all of a pool together, and reaches 20 seconds at once: the bell, too, was silent so long.
/** Seconds until a connection is tried again. Only what waits for one tries. */
const RETRY_SECONDS = () => 0.1 + Math.random() * 0.2

/** Bytes as text in either form: which one is an operator's setting, and a pooler refuses a connection that asks for one. */
const bytea = {
  to: 17,
  from: [17],
  serialize: (bytes: Uint8Array) => `\\x${Buffer.from(bytes).toString('hex')}`,
  parse: (text: string) =>
    text.startsWith('\\x')
      ? Buffer.from(text.slice(2), 'hex')
      : Buffer.from(
          text.replace(/\\(\d{3}|\\)/g, (_, byte) =>
            byte === '\\' ? byte : String.fromCharCode(Number.parseInt(byte, 8)),
          ),
          'latin1',
        ),
}

const OPTIONS = {
  onnotice: () => {},
  // Instants as Drizzle reads them, whatever the database or the role has been set to: 3 February would be 2 March.
  connection: { application_name: 'offdesk', datestyle: 'ISO' },
  types: { bytea },
  // Else each new connection asks for array types, which nothing here has; when it ends before the answer, that query of the driver's own fails where nobody can hear it.
  fetch_types: false,
  backoff: RETRY_SECONDS,
}

export async function openPostgres(
  place: { url: string; poolSize?: number },
  migrations: Migrations,
): Promise<Database> {
  const { poolSize = STATEMENT_CONNECTIONS } = place
  await migrateAlone(postgres(place.url, { ...OPTIONS, max: 1 }), migrations)
  const client = postgres(place.url, { ...OPTIONS, max: poolSize })
  const prepared = preparing(client)
  const tx = drizzle(prepared, { schema }) as unknown as Tx // see pglite.ts
  // Drizzle has set how this client reads and writes instants and JSON: the rows are the same.
  goStraight(tx, (text, values) => prepared.unsafe(text, values as postgres.ParameterOrJSON<never>[]))
  // Apart from the statements: a BEGIN behind as many of those as one connection takes would not reserve it (postgres.js issues 823, 1189), and what was written over it later
  // could be rolled back. And what waits for a lock does not keep readers from their connections.
  const reserving = postgres(place.url, { ...OPTIONS, max: Math.min(poolSize, TRANSACTION_CONNECTIONS) })
  const db = drizzle(preparing(reserving), { schema })
  const reads = createTurns({ atOnce: poolSize * READS_ON_A_CONNECTION })
  const aside = createAside(() => postgres(place.url, { ...OPTIONS, max: 1, connect_timeout: 2, backoff: () => 0.1 }))
  return {
    kind: 'postgres',
    transaction: async (work, isLeft) => {
      dropIfLeft(isLeft)
      return db.transaction((inner) => {
        // It may have waited for a connection.
        dropIfLeft(isLeft)
        return work(inner as unknown as Tx)
      })
    },
    read: (work, isLeft) => reads(() => work(tx), isLeft),
    apart: aside.run,
    signals: signalsOver(client),
    backup: null,
    close: async () => {
      await aside.close()
      await Promise.all([reserving.end({ timeout: 5 }), client.end({ timeout: 5 })])
    },
  }
}

/** A connection of its own, made when it is first needed and given up when its answer is not waited for any longer. */
function createAside(connect: () => postgres.Sql): { run: Database['apart']; close(): Promise<void> } {
  let current: { client: postgres.Sql; tx: Tx } | null = null
  const open = () => {
    const client = connect()
    return { client, tx: drizzle(preparing(client), { schema }) as unknown as Tx }
  }
  return {
    run: (work, signal) => {
      current ??= open()
      const mine = current
      return new Promise((resolve, reject) => {
        const giveUp = () => {
          if (current === mine) current = null
          mine.client.end({ timeout: 0 }).catch(() => {})
          reject(signal.reason)
        }
        signal.addEventListener('abort', giveUp, { once: true })
        work(mine.tx)
          .then(resolve, reject)
          .finally(() => signal.removeEventListener('abort', giveUp))
      })
    },
    close: async () => {
      await current?.client.end({ timeout: 1 })
    },
  }
}

// Drizzle's migrator takes no lock: two processes starting together would both create the tables, and one would fail.
async function migrateAlone(client: postgres.Sql, migrations: Migrations): Promise<void> {
  try {
    const db = drizzle(client, { schema })
    await client`select pg_advisory_lock(${MIGRATION_LOCK})`
    const run = () => migrate(db, { migrationsFolder: migrations.migrationsFolder })
    const tx = db as unknown as Tx
    await migrateDatabase(tx, run, migrations)
    await settleIncarnation(tx, { home: await homeOf(client), isRestored: false })
  } finally {
    await client.end({ timeout: 5 }) // the lock goes with the connection
  }
}

/**
 * A restored dump is another table, database or cluster, or another timeline after a recovery to a point in time; all four are in here. A
 * cold copy of the files put back under the same cluster is not found (docs/operations.md).
 */
async function homeOf(client: postgres.Sql): Promise<string> {
  const [ids] = await client<{ place: string; may: boolean }[]>`
    select (select oid from pg_database where datname = current_database()) || '/' || 'server_fact'::regclass::oid as place,
      has_function_privilege('pg_control_system()', 'execute') and has_function_privilege('pg_control_checkpoint()', 'execute') as may`
  if (!ids?.may) return `database ${ids?.place}`
  const [cluster] = await client<{ id: string }[]>`
    select s.system_identifier || '/' || c.timeline_id as id from pg_control_system() s, pg_control_checkpoint() c`
  return `database ${ids.place} of ${cluster?.id}`
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
