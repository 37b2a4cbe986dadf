// Runs histories of the pure machine under fast-check and counts what they were made of.
import fc from 'fast-check'
import { type Kind, kinds, largestStep, stepOf } from '../steps.ts'
import { check, checkHealed, type Invariant } from './invariants.ts'
import { apply, heal } from './machine.ts'
import { rules as allRules, type Rules } from './rules.ts'
import { createWorld, type World } from './world.ts'

const longest = 200

/** Histories as numbers: mean length half of the longest, all lengths alike, so that short ones shrink well and long ones are there. */
export const histories = (longestHistory = longest): fc.Arbitrary<number[]> =>
  fc.noBias(fc.array(fc.nat({ max: largestStep }), { maxLength: longestHistory, size: 'max' }))

export type Tally = { histories: number; steps: number; happened: Record<Kind, number>; nothing: number }

export const emptyTally = (): Tally => ({
  ...{ histories: 0, steps: 0, nothing: 0 },
  happened: Object.fromEntries(kinds.map((kind) => [kind, 0])) as Record<Kind, number>,
})

/** Plays one history to its healed end, or to the first violation, which is in the world that is returned. */
export function play(numbers: readonly number[], rules: Rules = allRules, tally?: Tally): World {
  const world = createWorld(rules)
  apply(world, { kind: 'startsHost', a: 0, b: 0 })
  for (const number of numbers) {
    const step = stepOf(number)
    const happened = apply(world, step)
    if (tally) {
      if (happened) tally.happened[step.kind] += 1
      else tally.nothing += 1
    }
    check(world)
    if (world.violated) return world
  }
  heal(world)
  check(world)
  if (!world.violated) checkHealed(world)
  if (tally) {
    tally.histories += 1
    tally.steps += numbers.length
  }
  return world
}

export type Found = { invariant: Invariant; detail: string; history: number[]; histories: number }

/** Plays up to `runs` histories, or for `milliseconds`; gives the first violation, made as small as fast-check can. */
export function search(how: {
  seed: number
  runs: number
  milliseconds?: number
  rules?: Rules
  tally?: Tally
  /** The first violation as it is found, not made small. */
  isQuick?: boolean
}): Found | null {
  const { seed, runs, rules = allRules, tally } = how
  const holds = (numbers: number[]): boolean => play(numbers, rules, tally).violated === null
  const details = fc.check(fc.property(histories(), holds), {
    ...{ seed, numRuns: runs, verbose: 0, endOnFailure: how.isQuick === true },
    ...(how.milliseconds === undefined ? {} : { interruptAfterTimeLimit: how.milliseconds }),
  })
  const [history] = details.counterexample ?? []
  if (history) {
    const violated = play(history, rules).violated
    if (violated) return { ...violated, history, histories: details.numRuns }
  }
  return null
}
