/** PostgreSQL through the driver as it is, in outages and under more statements than its connections take. The outside world is a server that breaks off. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createDatabase, type Database, type Tx } from '../../../server/db/database.ts'
import { rowsOf } from '../../../server/db/rows.ts'
import { createPostgres, type PostgresProcess } from '../../faults/postgres-process.ts'

let folder: string
let server: PostgresProcess
let database: Database

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'offdesk-driver-'))
  // PostgreSQL runs as another user where this one is root.
  chmodSync(folder, 0o711)
  server = await createPostgres(join(folder, 'postgres'))
  database = await createDatabase({ url: server.url, poolSize: 2 })
}, 60_000)
afterAll(async () => {
  await database.close()
  await server.kill()
  rmSync(folder, { recursive: true, force: true })
})

// Async, for Drizzle's own promise begins when somebody waits for it.
const one = async (tx: Tx) => tx.execute(sql`select 1 as one`)

it('what is answered is committed, also when transactions come while every connection has all the statements that it takes', async () => {
  await database.read((tx) => tx.execute(sql`create table written (number int)`))
  await Promise.all([0, 1].map(() => database.read((tx) => tx.execute(sql`select pg_sleep(0.1)`))))
  const before: Promise<unknown>[] = [0, 1].map(() =>
    database.read(async (tx) => tx.execute(sql`select pg_sleep(0.5)`)),
  )
  // A connection takes a hundred.
  for (let left = 198; left > 0; left--) before.push(database.read(one))
  // All of them are on their way.
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
  const write = async (tx: Tx) => tx.execute(sql`insert into written values (1)`)
  await Promise.all([...before, ...Array.from({ length: 6 }, () => database.transaction(write))])
  await Promise.all(Array.from({ length: 12 }, () => database.read(write)))
  const rows = await database.transaction(async (tx) =>
    tx.execute(sql`select (select count(*) from written)::int as written,
      (select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in transaction%')::int as open`),
  )
  expect(rowsOf(rows)).toEqual([{ written: 18, open: 0 }])
}, 30_000)

it('after an outage in which many tries failed, the next are made at once', async () => {
  await server.kill()
  for (let time = 0; time < 8; time++)
    await Promise.allSettled([...Array.from({ length: 4 }, () => database.read(one)), database.transaction(one)])
  await server.start()
  // The driver would wait for 10 to 20 seconds, and did in most of the rounds before. A process that outlived its server says so to the first who asks it.
  const both = () => Promise.all([database.read(one), database.transaction(one)])
  await expect.poll(() => both().then(({ length }) => length, String), { timeout: 8_000 }).toBe(2)
}, 60_000)

it('a connection that ends before it was used fails whom it was for, and nobody else', async () => {
  const unheard: unknown[] = []
  const hear = (error: unknown) => void unheard.push(error)
  process.on('unhandledRejection', hear)
  const broken = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => {
      // Let in, and ready for a first query; nobody answers it.
      socket.write(Buffer.from([82, 0, 0, 0, 8, 0, 0, 0, 0, 90, 0, 0, 0, 5, 73]))
      socket.once('data', () => {
        broken.close()
        socket.destroy()
      })
    })
  })
  await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve))
  const { port } = broken.address() as AddressInfo
  await expect(createDatabase({ url: `postgres://nobody@127.0.0.1:${port}/none` })).rejects.toThrow()
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', hear)
  expect(unheard).toEqual([])
}, 20_000)
