/** Work that waits for the same thing is done together, and nobody waits for company. */
import { describe, expect, it } from 'vitest'
import { createGroups } from '../../../server/live/groups.ts'

/** Each group waits until it is let go; its answer is its items with a mark. */
function desk(how: Partial<{ atOnce: number; maxItems: number; maxWeight: number }> = {}) {
  const groups: { items: readonly string[]; go: () => void; fail: (error: Error) => void }[] = []
  const add = createGroups<string, string>({
    ...{ atOnce: 1, maxItems: 10, maxWeight: 100, ...how },
    run: (items) =>
      new Promise((resolve, reject) => {
        groups.push({ items, go: () => resolve(items.map((one) => `${one}!`)), fail: reject })
      }),
    keyOf: (item) => item.slice(0, 1),
    weightOf: (item) => item.length,
  })
  return { add, groups, items: () => groups.map((group) => group.items.join()) }
}

describe('groups', () => {
  it('the first goes alone at once, what comes meanwhile goes together, and each has its own answer', async () => {
    const { add, groups, items } = desk()
    const all = ['a1', 'b1', 'c1'].map(add)
    expect(items()).toEqual(['a1'])
    groups[0]?.go()
    await expect.poll(items).toEqual(['a1', 'b1,c1'])
    groups[1]?.go()
    expect(await Promise.all(all)).toEqual(['a1!', 'b1!', 'c1!'])
  })

  it('[E3] two of one key never go together nor at once, and keep their order', async () => {
    const { add, groups, items } = desk({ atOnce: 2 })
    const all = ['a1', 'a2', 'b1', 'a3'].map(add)
    expect(items()).toEqual(['a1', 'b1'])
    groups[1]?.go()
    await all[2]
    expect(items()).toEqual(['a1', 'b1'])
    for (const number of [0, 2, 3]) {
      await expect.poll(() => groups.length).toBeGreaterThan(number)
      groups[number]?.go()
    }
    expect(await Promise.all(all)).toEqual(['a1!', 'a2!', 'b1!', 'a3!'])
    expect(items()).toEqual(['a1', 'b1', 'a2', 'a3'])
  })

  it('a group is bounded in number and weight, and one that is too heavy goes alone', async () => {
    const { add, groups, items } = desk({ maxItems: 2, maxWeight: 6 })
    const all = ['x', 'a1', 'b1', 'c1', 'd1234567', 'e1'].map(add)
    for (let number = 0; number < 4; number++) {
      await expect.poll(() => groups.length).toBeGreaterThan(number)
      groups[number]?.go()
    }
    await Promise.all(all)
    expect(items()).toEqual(['x', 'a1,b1', 'c1,e1', 'd1234567'])
  })

  it('what a group fails with is told to each of it, and the next one goes on', async () => {
    const { add, groups, items } = desk()
    const [first, second] = [add('a1'), add('b1')]
    groups[0]?.fail(new Error('gone'))
    await expect(first).rejects.toThrow('gone')
    await expect.poll(items).toEqual(['a1', 'b1'])
    groups[1]?.go()
    expect(await second).toBe('b1!')
  })
})
