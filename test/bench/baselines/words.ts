/** What the baselines and those who drive them say to each other. Shapes only. */

export type Event = { seq: number; at: string; digest: string; body: unknown }
export type Command = { id: string; hostId: string; sessionId: string; text: string }

/** To the relay. `id` comes back with the answer. */
export type Asked = { id: number } & (
  | { ask: 'push'; sessionId: string; events: Event[] }
  | { ask: 'follow'; sessionId: string }
  | { ask: 'serve'; hostId: string }
  | { ask: 'command'; command: Command }
  | { ask: 'page'; sessionId: string; last: number; before: number | null }
)

/** From the relay. */
export type Told =
  | { tell: 'done'; id: number; lastSeq: number }
  | { tell: 'page'; id: number; events: Event[] }
  | { tell: 'events'; events: Event[] }
  | { tell: 'command'; command: Command }
