/** Transactions of those who have left: dropped before they begin, never once they have. */
import { like } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serverFact } from '../../server/db/schema.ts'
import { type Place, places } from './place.ts'

describe.each(places)('whoever has left, on %s', (name, open) => {
  let place: Place
  beforeAll(async () => {
    place = await open()
  })
  afterAll(() => place?.close())

  const noting = (what: string, isLeft?: () => boolean) =>
    place.database.transaction(async (tx) => {
      await tx.insert(serverFact).values({ name: `left ${what}`, value: 'there' })
    }, isLeft)
  const noted = async () =>
    (await place.database.read((tx) => tx.select().from(serverFact).where(like(serverFact.name, 'left %')))).map(
      (row) => row.name,
    )

  it('what nobody waits for when its turn comes is not begun', async () => {
    await expect(noting('gone', () => true)).rejects.toMatchObject({ name: 'AbortError' })
    await noting('waits', () => false)
    expect(await noted()).toEqual(['left waits'])
  })

  it('what has begun is finished, whoever leaves', async () => {
    let hasLeft = false
    await place.database.transaction(
      async (tx) => {
        hasLeft = true
        await tx.insert(serverFact).values({ name: 'left begun', value: 'there' })
      },
      () => hasLeft,
    )
    expect(await noted()).toContain('left begun')
  })

  it.runIf(name === 'PGlite')(
    'who leaves while waiting for a turn is dropped, and those behind have theirs',
    async () => {
      let release = () => {}
      const held = new Promise<void>((resolve) => {
        release = resolve
      })
      const first = place.database.transaction(async () => held)
      let hasLeft = false
      const second = noting('second', () => hasLeft)
      const third = noting('third', () => false)
      hasLeft = true
      release()
      await first
      await expect(second).rejects.toMatchObject({ name: 'AbortError' })
      await third
      const all = await noted()
      expect(all).toContain('left third')
      expect(all).not.toContain('left second')
    },
  )
})
