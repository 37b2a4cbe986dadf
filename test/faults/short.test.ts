/** A minute of faults in every run of the tests; the long one is `npm run faults`. */
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runRound } from './round.ts'
import type { FaultKind } from './schedule.ts'

const dist = fileURLToPath(new URL('../../dist', import.meta.url))
/** Without those that wait for the longest timeouts on purpose. */
const kinds: FaultKind[] = [
  ...(['server.kill', 'server.freeze', 'host.kill', 'host.zombie', 'agent.kill'] as const),
  'database.restored',
  ...(['wire.cut', 'wire.reset', 'wire.delay', 'requests.duplicated', 'requests.reordered'] as const),
]

test('[E1][C3][D2][L3] under faults nothing acknowledged is lost, doubled or re-ordered, and nothing hangs', async () => {
  const round = { seed: 31, kind: 'pglite', faults: 5, kinds, dist, sessions: 1, withSmallDisk: false } as const
  const verdict = await runRound({ ...round, texts: 40, quotas: null, say: () => {} })
  expect(verdict.violations).toEqual([])
  expect(Object.values(verdict.figures.faults).reduce((sum, count) => sum + count, 0)).toBe(5)
  expect(verdict.figures.events).toBeGreaterThan(50)
  expect(verdict.figures.decisions).toBeGreaterThan(3)
}, 150_000)
