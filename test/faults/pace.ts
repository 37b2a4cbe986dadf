/** How busy the people and the agent of a session are: under faults, in a storm of one kind, at rest. Knows no process. */

export type Pace = {
  /** At most so many texts at once between two questions; 0 lets the agent only answer, and nobody prompts. */
  readonly texts: number
  /** How often a turn speaks and asks, at least and at most. */
  readonly steps: readonly [number, number]
  /** How likely questions are at each step, and at most how many at once. */
  readonly asks: number
  readonly atOnce: number
  /** Commands of phones at that session that wait for their end, at most. */
  readonly open: number
  /** How likely the one at the terminal answers soon, beside the phones. */
  readonly terminal: number
}

export type Mood = 'texts' | 'questions' | 'events' | 'races' | 'commands' | 'rest'

/** `texts` of a round: how much an agent may say at once while faults are done. */
export const paceOf = (mood: Mood, texts: number): Pace => PACES[mood](texts)

const PACES: Record<Mood, (texts: number) => Pace> = {
  // One agent writes much, the others ask much: what stands behind ten thousand events waits for them, and would measure only that.
  texts: (texts) => ({ texts, steps: [2, 6], asks: 0.2, atOnce: 1, open: 4, terminal: 0.15 }),
  questions: (texts) => ({ texts: Math.min(texts, 12), steps: [2, 6], asks: 0.95, atOnce: 6, open: 4, terminal: 0.15 }),
  events: () => ({ texts: 1200, steps: [4, 6], asks: 0, atOnce: 1, open: 2, terminal: 0 }),
  // Both phones answer within 40 ms of each other; every third time the terminal is as quick.
  races: () => ({ texts: 1, steps: [10, 14], asks: 1, atOnce: 2, open: 1, terminal: 0.35 }),
  commands: () => ({ texts: 1, steps: [1, 1], asks: 0, atOnce: 1, open: 6, terminal: 0 }),
  rest: () => ({ texts: 0, steps: [1, 1], asks: 0, atOnce: 1, open: 0, terminal: 0.15 }),
}
