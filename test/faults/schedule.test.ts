import { expect, test } from 'vitest'
import { createRandom } from './random.ts'
import { faultKinds, scheduleOf } from './schedule.ts'

test('a seed gives the same faults every time, another seed others', () => {
  expect(scheduleOf(7, 200, 'postgres')).toEqual(scheduleOf(7, 200, 'postgres'))
  expect(scheduleOf(8, 200, 'postgres')).not.toEqual(scheduleOf(7, 200, 'postgres'))
})

test('a shorter run is the beginning of a longer one', () => {
  expect(scheduleOf(7, 200, 'pglite').slice(0, 50)).toEqual(scheduleOf(7, 50, 'pglite'))
})

test('every kind comes in a thousand faults, and none that this database cannot have', () => {
  const of = (database: 'pglite' | 'postgres') => new Set(scheduleOf(1, 1000, database).map(({ kind }) => kind))
  expect([...of('postgres')].sort()).toEqual([...faultKinds].sort())
  expect([...of('pglite')].filter((kind) => kind === 'database.kill' || kind === 'database.freeze')).toEqual([])
})

test('what one part draws does not move another', () => {
  const [first, second] = [createRandom(3), createRandom(3)]
  first.next()
  expect(first.fork('people').next()).toBe(second.fork('people').next())
})
