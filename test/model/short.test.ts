// The model in short, for every run of the tests; `npm run model` is the long one.
import { expect, test } from 'vitest'
import { broken, withoutNets } from './defects/kill.ts'
import { defects } from './defects/list.ts'
import { mutants, rules } from './pure/rules.ts'
import { emptyTally, search } from './pure/run.ts'
import { drive } from './real/drive.ts'
import { kinds } from './steps.ts'

test('[E, L, C, D] no history of the pure machine breaks an invariant, and every kind of step and fault happens', () => {
  const tally = emptyTally()
  expect(search({ seed: 7, runs: 3_000, tally })).toBe(null)
  expect(kinds.filter((kind) => tally.happened[kind] === 0)).toEqual([])
  expect(tally.steps / tally.histories).toBeGreaterThanOrEqual(40)
})

test.each(mutants)('an invariant sees that $breaks is broken', ({ breaks, seenBy }) => {
  const found = search({ seed: 1, runs: 20_000, rules: { ...rules, [breaks]: false }, isQuick: true })
  expect(seenBy).toContain(found?.invariant)
})

test('every seeded defect finds the code that it breaks, once: where that has moved it must follow', async () => {
  for (const defect of [...defects, { name: 'no safety polls', edits: withoutNets }]) await broken(defect)
})

test('[E, L, C, D] the same histories on the real server and host break none either', async () => {
  const driven = await drive({ seed: 3, histories: 4, milliseconds: 5_000, databaseUrl: null })
  expect(driven.violated).toBe(null)
  expect(driven.histories).toBeGreaterThan(0)
}, 120_000)
