/** What everybody does between two stretches of faults, when all is whole: much text, then many races, then many commands, each by itself. */
import type { Mood } from './pace.ts'
import { passes } from './process.ts'
import type { World } from './world.ts'

/** So many in a round, counted from its beginning. */
export type Quotas = { readonly events: number; readonly races: number; readonly commands: number }

export type Span = { readonly from: number; readonly to: number }

const COMES_TO_REST_WITHIN_MS = 60_000
const ONE_TAKES_AT_MOST_MS = 60_000

/**
 * Goes on until this share of the quotas is reached, or gives up: what was done is counted by those who judge. Leaves everybody at rest. Gives back when the
 * races were run, by the clock of this process.
 */
export async function storm(world: World, quotas: Quotas, share: number, say: (line: string) => void): Promise<Span> {
  const { scenes } = world
  const total = (of: (scene: World['scenes'][number]) => number) => scenes.reduce((sum, scene) => sum + of(scene), 0)
  const kinds: [mood: Mood, quota: number, done: () => number][] = [
    ['events', quotas.events, () => total(({ side }) => side.counts.texts)],
    ['races', quotas.races, () => total(({ counts }) => counts.raced)],
    ['commands', quotas.commands, () => total(({ counts }) => counts.steered)],
  ]
  let races: Span = { from: 0, to: 0 }
  await rest(world)
  for (const [mood, quota, done] of kinds) {
    const from = done()
    const goal = Math.ceil(quota * share)
    if (from >= goal) continue
    const began = performance.now()
    for (const scene of scenes) scene.feels(mood)
    while (done() < goal && performance.now() - began < ONE_TAKES_AT_MOST_MS) await passes(50)
    const isQuiet = await rest(world)
    if (mood === 'races') races = { from: began, to: performance.now() }
    const seconds = Math.round((performance.now() - began) / 100) / 10
    say(`  storm of ${mood}: ${done() - from} in ${seconds} s${isQuiet ? '' : ', not at rest after it'}`)
  }
  return races
}

/** True when everybody came to their rest: nothing open, nothing unsent. */
async function rest({ scenes }: World): Promise<boolean> {
  for (const scene of scenes) scene.feels('rest')
  const deadline = performance.now() + COMES_TO_REST_WITHIN_MS
  while (!scenes.every((scene) => scene.isAtRest)) {
    if (performance.now() > deadline) return false
    await passes(50)
  }
  return true
}
