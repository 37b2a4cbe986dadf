/** Holds that the statements of a PostgreSQL handle are prepared once per connection, and that lists of any length are not kept. */
import { inArray, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createDatabase, type Database, type Tx } from '../../../server/db/database.ts'
import { owner } from '../../../server/db/schema.ts'
import { startPostgres, type TestPostgres } from '../../kit/postgres.ts'

let server: TestPostgres
let database: Database

beforeAll(async () => {
  server = await startPostgres()
  // One connection of each kind, for a prepared statement is its connection's.
  database = await createDatabase({ url: await server.create(), poolSize: 1 })
}, 60_000)
afterAll(async () => {
  await database.close()
  await server.stop()
})

const named = (tx: Tx, ids: string[]) => tx.select().from(owner).where(inArray(owner.id, ids))
const kept = async (tx: Tx): Promise<number> => {
  const rows = await tx.execute(
    sql`select count(*)::int as count from pg_prepared_statements where statement like '%from "owner"%'`,
  )
  return (rows as unknown as { count: number }[])[0]?.count ?? -1
}

it('a statement is prepared once, outside a transaction and inside', async () => {
  for (let time = 0; time < 3; time++) await database.read((tx) => named(tx, ['a']))
  for (let time = 0; time < 3; time++) await database.transaction((tx) => named(tx, ['b']))
  expect(await database.read(kept)).toBe(1)
  // On another connection, with none of the statements outside.
  expect(await database.transaction(kept)).toBe(1)
})

it('a list of any length is asked for and not kept', async () => {
  const before = await database.read(kept)
  for (const length of [40, 41, 42]) {
    const ids = Array.from({ length }, (_, n) => String(n))
    expect(await database.read((tx) => named(tx, ids))).toEqual([])
    expect(await database.transaction((tx) => named(tx, ids))).toEqual([])
  }
  expect(await database.read(kept)).toBe(before)
})
