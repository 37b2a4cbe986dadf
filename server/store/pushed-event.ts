/** One event on its way into the store, and the refusal of one that can never be stored (E7). Knows no table. */
import type { KnownEvent } from './event-kinds.ts'
import { refuse } from './refused.ts'

/** As it came, already read. `problem` says why it can never be stored; it counts only if its number is new. */
export type PushedEvent = {
  seq: number
  at: Date
  digest: string
  kind: string
  format: 'json' | 'other'
  /** The payload: JSON text, and how many bytes it has in UTF-8. */
  json: string
  bytes: number
  known: KnownEvent | null
  refs: unknown
  problem: string | null
}

export const refusedEvent = (seq: number, reason: string) =>
  refuse('EVENT_REFUSED', `Event ${seq} can never be stored: ${reason}. Publish a tombstone under its number.`, {
    rule: 'E7: one bad event never wedges a session',
    level: 'server',
    numbers: { seq, reason },
  })
