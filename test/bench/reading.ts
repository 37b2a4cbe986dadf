/** A long session read back: its last page, and all of it page by page. */
import type { Contestant } from './contestant.ts'
import { quantile } from './numbers.ts'
import type { Pair } from './pairs.ts'

const PAGE = 500

/** Fills a session once; the function reads it as often as it is called. */
export async function longSession(contestant: Contestant, events: number) {
  const pair = contestant.pair()
  await contestant.fill(pair, events)
  return () => read(contestant, pair, events)
}

async function read(
  contestant: Contestant,
  pair: Pair,
  events: number,
): Promise<Record<'lastHundredMs' | 'allSeconds', number>> {
  const taken: number[] = []
  for (let n = 0; n < 20; n++) {
    const begun = performance.now()
    const seqs = await contestant.page(pair, 100, null)
    taken.push(performance.now() - begun)
    if (seqs.length !== 100 || seqs.at(-1) !== events) throw new Error(`${contestant.name}: not the last hundred`)
  }
  const begun = performance.now()
  let next = events
  while (next > 0) {
    const seqs = await contestant.page(pair, PAGE, next + 1)
    if (seqs.at(-1) !== next) throw new Error(`${contestant.name}: a page ends at ${seqs.at(-1)} and not at ${next}`)
    next = (seqs[0] ?? 1) - 1
  }
  return { lastHundredMs: quantile(taken, 0.5), allSeconds: (performance.now() - begun) / 1000 }
}
