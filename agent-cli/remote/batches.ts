// What goes to the server next: the journal's events from a number on, wrapped, as many as one batch may hold, and fewer where a batch was not
// taken (E3, E7). Sends nothing.
import type { LoggedEvent } from '../journal/log.ts'
import type { EventInput } from './session-operations.ts'
import { gone, type Wrapping, wrapped } from './wrapping.ts'

export type Batch = {
  readonly events: EventInput[]
  /** As JSON, about. */
  readonly bytes: number
}

export type BatchLimits = Pick<Wrapping, 'knownKinds' | 'maxEventBytes'> & {
  readonly maxBatchEvents: number
  readonly maxBatchBytes: number
}

export type Batches = {
  next(after: number, limits: BatchLimits): Promise<Batch>
  /** The server will never take this number: a tombstone goes in its place. False when that was refused too. */
  refuse(seq: number, why: string): boolean
  /**
   * What the server cannot take as a batch names no number: half of it is tried, until one event is left, which then goes as `other`, and
   * as a tombstone if not even so (E7, peer 14). False when there is nothing left to try.
   */
  narrow(untaken: Batch, why: string): boolean
}

type Log = {
  read(after: number, maxEvents?: number, maxBytes?: number): Promise<LoggedEvent[]>
  readonly firstSeq: number
}

const maxReasonChars = 1_000
/** A journal line holds more than what is sent of it, but for the digest and the names of the fields. */
const envelopeBytes = 128

export function createBatches(log: Log): Batches {
  const refused = new Map<number, string>()
  const unread = new Set<number>()
  /** Up to this number batches are kept small, because one was not taken. */
  let careful = { untilSeq: 0, maxEvents: 1 }

  async function sized(after: number, maxEvents: number, limits: BatchLimits): Promise<[EventInput, number][]> {
    const missing = Math.min(log.firstSeq - 1 - after, maxEvents)
    const at = new Date().toISOString()
    if (missing > 0) {
      const events = Array.from({ length: missing }, (_, index) => gone(after + 1 + index, at))
      return events.map((event) => [event, bytesOf(event)])
    }
    const how = { ...limits, refused, unread }
    const found = await log.read(after, maxEvents, limits.maxBatchBytes)
    return found.map((event) => {
      const input = wrapped(event, how)
      return [input, input.body === event.body ? event.bytes + envelopeBytes : bytesOf(input)]
    })
  }

  return {
    async next(after, limits) {
      const maxEvents = after < careful.untilSeq ? careful.maxEvents : limits.maxBatchEvents
      const events: EventInput[] = []
      let bytes = 0
      for (const [event, size] of await sized(after, maxEvents, limits)) {
        if (events.length > 0 && (bytes + size > limits.maxBatchBytes || events.length >= maxEvents)) break
        events.push(event)
        bytes += size
      }
      return { events, bytes }
    },
    refuse(seq, why) {
      if (refused.has(seq)) return false
      refused.set(seq, why.slice(0, maxReasonChars))
      return true
    },
    narrow({ events }, why) {
      const [first, ...rest] = events
      const last = rest.at(-1)
      if (first === undefined || refused.has(first.seq)) return false
      if (last !== undefined) careful = { untilSeq: last.seq, maxEvents: Math.ceil(events.length / 2) }
      else if (unread.has(first.seq)) refused.set(first.seq, why.slice(0, maxReasonChars))
      else unread.add(first.seq)
      return true
    },
  }
}

const bytesOf = (event: EventInput) => Buffer.byteLength(JSON.stringify(event)) + 1
