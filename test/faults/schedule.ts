/** What goes wrong, when and for how long: a list that follows from the seed alone, so that a failing run can be had again. */
import { createRandom } from './random.ts'

export type DatabaseKind = 'pglite' | 'postgres'

/** How often each kind comes, beside the others. `only`: there is no such thing on the other database. */
const KINDS = {
  'server.kill': { weight: 8 },
  'server.restart': { weight: 4 },
  'server.freeze': { weight: 4 },
  'server.clock': { weight: 3 },
  'host.kill': { weight: 8 },
  'host.restart': { weight: 3 },
  'host.freeze': { weight: 4 },
  'host.clock': { weight: 3 },
  'host.zombie': { weight: 3 },
  'host.diskFull': { weight: 3 },
  'agent.kill': { weight: 6 },
  'agent.freeze': { weight: 4 },
  'wire.cut': { weight: 8 },
  'wire.reset': { weight: 8 },
  'wire.halfOpen': { weight: 4 },
  'wire.blackHole': { weight: 6 },
  'wire.delay': { weight: 6 },
  'requests.duplicated': { weight: 7 },
  'requests.reordered': { weight: 7 },
  'database.kill': { weight: 6, only: 'postgres' },
  'database.freeze': { weight: 3, only: 'postgres' },
  'database.restored': { weight: 3 },
} as const satisfies Record<string, { weight: number; only?: DatabaseKind }>

export type FaultKind = keyof typeof KINDS
export const faultKinds = Object.keys(KINDS) as FaultKind[]

export type Fault = {
  readonly number: number
  readonly kind: FaultKind
  /** From 0 to 1: which of those it could hit. */
  readonly target: number
  /** Between the fault before and this one. */
  readonly gapMs: number
  /** From its beginning to its heal, where it has one. */
  readonly holdMs: number
  /** What else a kind needs to know, from 0 to 1. */
  readonly amount: number
}

/** The same arguments give the same faults. `kinds` limits them, for a run that looks at one. */
export function scheduleOf(
  seed: number,
  count: number,
  database: DatabaseKind,
  kinds: readonly FaultKind[] = faultKinds,
): Fault[] {
  const random = createRandom(`${seed}/faults`)
  const possible = kinds.filter((kind) => {
    const { only } = KINDS[kind] as { only?: DatabaseKind }
    return only === undefined || only === database
  })
  const total = possible.reduce((sum, kind) => sum + KINDS[kind].weight, 0)
  const draw = (): FaultKind => {
    let left = random.next() * total
    const found = possible.find((kind) => {
      left -= KINDS[kind].weight
      return left < 0
    })
    if (found === undefined) throw new RangeError('no kind of fault is possible')
    return found
  }
  return Array.from({ length: count }, (_, index) => ({
    number: index + 1,
    kind: draw(),
    target: random.next(),
    gapMs: random.between(100, 900),
    holdMs: random.between(50, 1200),
    amount: random.next(),
  }))
}

export const faultLine = ({ number, kind, target, gapMs, holdMs, amount }: Fault): string =>
  `${String(number).padStart(4)}  ${kind.padEnd(20)} +${gapMs} ms, for ${holdMs} ms, target ${target.toFixed(3)}, amount ${amount.toFixed(3)}`
