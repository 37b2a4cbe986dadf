// Drives the real server and host through histories in one process, until one breaks an invariant, or there are enough, or time is up.
import fc from 'fast-check'
import type { Invariant } from '../pure/invariants.ts'
import { type Kind, stepOf } from '../steps.ts'
import { play } from './history.ts'
import { realHistories } from './motifs.ts'
import { openPlace } from './place.ts'

export type Driven = {
  violated: { invariant: Invariant; detail: string; history: number } | null
  histories: number
  steps: number
  events: number
  commands: number
  decisions: number
  happened: Partial<Record<Kind, number>>
  milliseconds: number
}

const longest = 100

/** Same seed, same histories; what lies between their steps is the machine's own. */
export async function drive(how: {
  seed: number
  histories: number
  milliseconds: number
  databaseUrl: string | null
  /** Those with the most kinds of step and fault first: for defects, of which each waits for its own. */
  richestFirst?: boolean
  onHistory?: (count: number) => void
}): Promise<Driven> {
  const random = fc.sample(fc.noBias(fc.double({ min: 0, max: 1, noNaN: true })), { numRuns: 1_000, seed: how.seed })
  let at = 0
  const place = await openPlace({
    databaseUrl: how.databaseUrl,
    random: () => random[at++ % random.length] ?? 0,
  })
  const started = Date.now()
  const driven: Driven = {
    ...{ violated: null, histories: 0, steps: 0, events: 0, commands: 0, decisions: 0, happened: {}, milliseconds: 0 },
  }
  try {
    for (const numbers of chosen(how)) {
      const outcome = await play(place, numbers)
      driven.histories += 1
      driven.steps += outcome.steps
      driven.events += outcome.events
      driven.commands += outcome.commands
      driven.decisions += outcome.decisions
      for (const kind of outcome.happened) driven.happened[kind] = (driven.happened[kind] ?? 0) + 1
      driven.milliseconds = Date.now() - started
      if (outcome.violated) driven.violated = { ...outcome.violated, history: driven.histories }
      how.onHistory?.(driven.histories)
      if (outcome.violated || driven.milliseconds > how.milliseconds) break
    }
  } finally {
    await place.close()
  }
  return driven
}

function chosen(how: { seed: number; histories: number; richestFirst?: boolean }): number[][] {
  const sampled = (count: number) => fc.sample(realHistories(longest), { numRuns: count, seed: how.seed })
  if (how.richestFirst !== true) return sampled(how.histories)
  const richness = (numbers: number[]) => new Set(numbers.map((number) => stepOf(number, 'real').kind)).size
  return sampled(how.histories * 10)
    .sort((one, other) => richness(other) - richness(one))
    .slice(0, how.histories)
}
