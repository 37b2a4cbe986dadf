/** A statement written by hand gives the same rows whichever way it goes: past Drizzle, through it, and within a transaction. */
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isUniqueViolation } from '../../server/db/conflict.ts'
import { rowsOf } from '../../server/db/rows.ts'
import { given, statement } from '../../server/db/statement.ts'
import { type Place, places } from './place.ts'

const all = statement<'text' | 'number' | 'flag' | 'none' | 'list'>(
  () => sql`
    select ${given('text')}::text as text, ${given('number')}::int as number, ${given('flag')}::boolean as flag, ${given('none')}::text as none,
      ${given('text')}::text || ${'own'}::text as twice, ${given('number')}::int + 1 as more, ${given('list')}::json as list,
      timestamptz '2026-02-03 04:05:06.789+00' as at, 10000000000 as big, 1.5::numeric as part, 0.5::float8 as half, decode('00ff', 'hex') as bytes`,
)
const put = statement<'id'>(() => sql`insert into owner (id, name) values (${given('id')}, 'Ada') returning id`)

describe.each(places)('a statement on %s', (_name, open) => {
  let place: Place
  beforeAll(async () => {
    place = await open()
  })
  afterAll(() => place.close())

  it('has the same rows, with values that are used twice, null and JSON', async () => {
    for (const text of ['', 'é漢🙂', "'; $1 \\ --"]) {
      const values = { text, number: -7, flag: false, none: null, list: JSON.stringify([text, { a: 1 }]) }
      const straight = await place.database.read((tx) => all.rows(tx, values))
      const through = await place.database.read(async (tx) => rowsOf(await tx.execute(all(values))))
      const within = await place.database.transaction((tx) => all.rows(tx, values))
      expect(straight).toMatchObject([{ text, number: -7, flag: false, none: null, twice: `${text}own`, more: -6 }])
      expect([...straight]).toEqual([...through])
      expect([...within]).toEqual([...through])
    }
  })

  it('fails as it does through Drizzle, changes nothing then, and throws for a value that is missing', async () => {
    const add = (id: string) => place.database.read((tx) => put.rows<{ id: string }>(tx, { id }))
    expect([...(await add('own_1'))]).toEqual([{ id: 'own_1' }])
    const refused: unknown = await add('own_1').catch((error: unknown) => error)
    expect(isUniqueViolation(refused, 'owner_pkey')).toBe(true)
    await expect(place.database.read((tx) => put.rows(tx, {} as { id: string }))).rejects.toThrow('no value for id')
    expect([...(await add('own_2'))]).toEqual([{ id: 'own_2' }])
    const undone = place.database.transaction(async (tx) => {
      await put.rows(tx, { id: 'own_3' })
      throw new Error('no')
    })
    await expect(undone).rejects.toThrow('no')
    expect([...(await add('own_3'))]).toEqual([{ id: 'own_3' }])
  })
})
