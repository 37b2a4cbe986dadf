import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseNow } from '../../server/db/clock.ts'
import { createDatabase, type Database, DatabaseTooNew } from '../../server/db/database.ts'
import { serverFact } from '../../server/db/schema.ts'
import { createBell } from '../../server/live/bell.ts'
import { startPostgres, type TestPostgres } from '../kit/postgres.ts'

const incarnation = async (database: Database): Promise<string | undefined> =>
  (await database.read((tx) => tx.select().from(serverFact).where(eq(serverFact.name, 'incarnation'))))[0]?.value

describe('starting on PostgreSQL', () => {
  let server: TestPostgres
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server?.stop())

  it('[E4] eight processes that start at once on an empty database all come up, with one incarnation', async () => {
    const url = await server.create()
    const databases = await Promise.all(Array.from({ length: 8 }, () => createDatabase({ url, poolSize: 2 })))
    const seen = new Set(await Promise.all(databases.map(incarnation)))
    expect(seen.size).toBe(1)
    expect([...seen][0]).toMatch(/^[0-9a-f-]{36}$/)
    await Promise.all(databases.map((database) => database.close()))
  })

  it('[E4] a database that a later version has migrated is refused and left alone', async () => {
    const url = await server.create()
    const first = await createDatabase({ url })
    await first.read((tx) =>
      tx.execute(sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', 99999999999999)`),
    )
    await first.close()
    await expect(createDatabase({ url })).rejects.toThrow(DatabaseTooNew)
  })

  it('[L1] a listener that lost its connection rings everything when it is back', async () => {
    const url = await server.create()
    const database = await createDatabase({ url })
    const bell = await createBell(database.signals)
    const watch = bell.watch('owner:own_someone')
    await database.read((tx) =>
      tx.execute(sql`select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen%'`),
    )
    expect(await watch.rung(15_000)).toBe(true)
    await bell.close()
    await database.close()
  })

  it('[E10] the clock is the database clock', async () => {
    const url = await server.create()
    const database = await createDatabase({ url })
    expect(Math.abs((await database.read(databaseNow)).getTime() - Date.now())).toBeLessThan(5000)
    await database.close()
  })
})

describe('starting on PGlite', () => {
  it('[E3] keeps what was committed over a restart, and its incarnation', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'offdesk-pglite-'))
    const said: string[] = []
    const first = await createDatabase({ dataDir: join(folder, 'data'), onProgress: (sentence) => said.push(sentence) })
    const before = await incarnation(first)
    await first.close()
    const second = await createDatabase({ dataDir: join(folder, 'data') })
    expect(await incarnation(second)).toBe(before)
    expect(said).toEqual(['Making a new embedded database', 'Creating the tables'])
    await second.close()
    await rm(folder, { recursive: true, force: true })
  })
})
