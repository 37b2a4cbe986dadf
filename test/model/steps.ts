// What can happen in a history, how often, and how a number becomes a step. Both machines, the pure and the real, read the same numbers.

/** Steps of the parts themselves, then faults. The comment says what the real driver does where it cannot cut the product so finely. */
const weights = {
  says: 8,
  asks: 9,
  saysPoison: 2,
  syncs: 20, // real: a moment passes
  pushes: 14, // real: a moment passes
  polls: 16, // real: a moment passes
  intends: 26, // real: a moment passes
  acts: 30, // real: a moment passes
  results: 30, // real: a moment passes
  tells: 14, // real: a moment passes
  tellsAgent: 18, // real: a moment passes
  delivers: 60, // real: a moment passes
  commits: 16, // real: a moment passes
  views: 14, // real: a moment passes
  terminalAnswers: 4,
  terminalPrompts: 2,
  deviceAllows: 10,
  deviceDenies: 6,
  devicePrompts: 9,
  deviceErrs: 2,
  deviceResends: 4,
  losesMessage: 4,
  losesReply: 4,
  repeatsMessage: 4,
  delaysMessage: 3,
  cutsNetwork: 2,
  mendsNetwork: 16,
  cutsViewer: 3,
  killsHost: 2,
  startsHost: 20,
  killsAgent: 1,
  killsServer: 1,
  startsServer: 20,
  failsCommit: 2,
  losesBell: 1,
  backsUp: 2,
  restores: 2,
  revokes: 1,
  zombieSpeaks: 4,
} as const

export type Kind = keyof typeof weights
/** `a` and `b` choose among what is there: a message, a decision, a device. */
export type Step = { kind: Kind; a: number; b: number }

export const kinds = Object.keys(weights) as Kind[]
export const faults: ReadonlySet<Kind> = new Set(kinds.slice(kinds.indexOf('losesMessage')))
/** What the real parts do by themselves, so that in their histories it is only a moment that passes. */
const byItself: ReadonlySet<Kind> = new Set<Kind>([
  ...([
    'syncs',
    'pushes',
    'polls',
    'intends',
    'acts',
    'results',
    'tells',
    'tellsAgent',
    'delivers',
    'commits',
  ] as const),
])
/** A step of theirs costs a thousand times as much: more of them must matter. */
const oftener: Partial<Record<Kind, number>> = {
  ...{
    asks: 2,
    deviceAllows: 2,
    deviceDenies: 2,
    deviceErrs: 3,
    killsHost: 2,
    revokes: 3,
    restores: 3,
    zombieSpeaks: 3,
    views: 0.5,
    mendsNetwork: 0.5,
  },
}
const tableOf = (weightOf: (kind: Kind) => number): Kind[] =>
  kinds.flatMap((kind) => Array.from({ length: weightOf(kind) }, () => kind))
const tables = {
  pure: tableOf((kind) => weights[kind]),
  real: tableOf((kind) => Math.ceil(byItself.has(kind) ? weights[kind] / 8 : weights[kind] * (oftener[kind] ?? 1))),
}

export const largestStep = 0x7fffffff

/** Every number up to `largestStep` is a step of either machine. */
export const stepOf = (number: number, machine: keyof typeof tables = 'pure'): Step => ({
  kind: tables[machine][number % tables[machine].length] as Kind,
  a: (number >>> 8) & 0xff,
  b: (number >>> 17) & 0xff,
})

/** A number that is this step; `a` and `b` from 0 to 255. */
export function numberOf(kind: Kind, a: number, b: number, machine: keyof typeof tables = 'pure'): number {
  const table = tables[machine]
  // The bits that neither `a` nor `b` takes are free.
  for (let free = 0; free < 1 << 15; free += 1) {
    const number = ((free >>> 9) << 25) | (b << 17) | (((free >>> 8) & 1) << 16) | (a << 8) | (free & 0xff)
    if (table[number % table.length] === kind) return number
  }
  throw new RangeError(`no number is the step ${kind}`)
}
