// What can happen in a history, how often, and how a number becomes a step. Both machines, the pure and the real, read the same numbers.

/** Steps of the parts themselves, then faults. The comment says what the real driver does where it cannot cut the product so finely. */
const weights = {
  says: 8,
  asks: 6,
  saysPoison: 1,
  syncs: 10, // real: a moment passes
  pushes: 10, // real: a moment passes
  polls: 7, // real: a moment passes
  intends: 7, // real: a moment passes
  acts: 7, // real: a moment passes
  results: 7, // real: a moment passes
  tells: 6, // real: a moment passes
  tellsAgent: 6, // real: a moment passes
  delivers: 22, // real: a moment passes
  commits: 16, // real: a moment passes
  views: 12, // real: a moment passes
  terminalAnswers: 3,
  terminalPrompts: 2,
  deviceAllows: 7,
  deviceDenies: 4,
  devicePrompts: 6,
  deviceErrs: 2,
  deviceResends: 4,
  losesMessage: 4,
  losesReply: 4,
  repeatsMessage: 4,
  delaysMessage: 3,
  cutsNetwork: 2,
  mendsNetwork: 4,
  cutsViewer: 3,
  killsHost: 2,
  startsHost: 4,
  killsAgent: 1,
  killsServer: 2,
  startsServer: 4,
  failsCommit: 2,
  losesBell: 1,
  backsUp: 2,
  restores: 1,
  revokes: 1,
  zombieSpeaks: 2,
} as const

export type Kind = keyof typeof weights
/** `a` and `b` choose among what is there: a message, a decision, a device. */
export type Step = { kind: Kind; a: number; b: number }

export const kinds = Object.keys(weights) as Kind[]
export const faults: ReadonlySet<Kind> = new Set(kinds.slice(kinds.indexOf('losesMessage')))
const table: Kind[] = kinds.flatMap((kind) => Array.from({ length: weights[kind] }, () => kind))

export const largestStep = 0x7fffffff

/** Every number up to `largestStep` is a step. */
export const stepOf = (number: number): Step => ({
  kind: table[number % table.length] as Kind,
  a: (number >>> 8) & 0xff,
  b: (number >>> 17) & 0xff,
})
