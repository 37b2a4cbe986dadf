// Drives the real server and host through histories in one process, until one breaks an invariant, or there are enough, or time is up.
import fc from 'fast-check'
import type { Invariant } from '../pure/invariants.ts'
import { type Kind, stepOf } from '../steps.ts'
import { play } from './history.ts'
import { aimedHistories, type Motif, realHistories } from './motifs.ts'
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
  cpuSeconds: number
  /** Until the first history began. */
  startedInMs: number
}

/** First some histories aimed at something, then some of all kinds, the richest first. */
export type Series = { aim: readonly Motif[]; aimed: number; rich: number }

const longest = 100

/** Same seed, same histories; what lies between their steps is the machine's own. */
export async function drive(how: {
  seed: number
  /** So many of all kinds as they are drawn, or series: for defects, of which each waits for its own. */
  histories: number | readonly Series[]
  milliseconds: number
  databaseUrl: string | null
  onHistory?: (count: number) => void
}): Promise<Driven> {
  const random = fc.sample(fc.noBias(fc.double({ min: 0, max: 1, noNaN: true })), { numRuns: 1_000, seed: how.seed })
  let at = 0
  const place = await openPlace({
    databaseUrl: how.databaseUrl,
    random: () => random[at++ % random.length] ?? 0,
  })
  const started = Date.now()
  const startedInMs = performance.now()
  const driven: Driven = {
    ...{ violated: null, histories: 0, steps: 0, events: 0, commands: 0, decisions: 0, happened: {}, milliseconds: 0 },
    ...{ cpuSeconds: 0, startedInMs },
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
  const { user, system } = process.cpuUsage()
  driven.cpuSeconds = (user + system) / 1e6
  return driven
}

function chosen({ seed, histories }: { seed: number; histories: number | readonly Series[] }): number[][] {
  const sampled = (numRuns: number) => fc.sample(realHistories(longest), { numRuns, seed })
  if (typeof histories === 'number') return sampled(histories)
  const richness = (numbers: number[]) => new Set(numbers.map((number) => stepOf(number, 'real').kind)).size
  let rich: number[][] | null = null
  const richest = (count: number): number[][] => {
    rich ??= sampled(300).sort((one, other) => richness(other) - richness(one))
    return rich.slice(0, count)
  }
  return histories.flatMap(({ aim, aimed, rich }) => [
    ...(aimed > 0 ? fc.sample(aimedHistories(aim), { numRuns: aimed, seed }) : []),
    ...(rich > 0 ? richest(rich) : []),
  ])
}
