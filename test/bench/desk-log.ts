/** The journal's place in a scenario: events of 1 KB in memory, as the pusher reads them. What the disk of a workstation costs is not measured. */
import { createHash, randomBytes } from 'node:crypto'
import type { EventLog, LoggedEvent } from '../../agent-cli/journal/log.ts'

const EVENT_BYTES = 1024
const words = randomBytes(3000).toString('base64url')

/** 1,024 bytes of JSON with number, time and digest. The digest is that of its bytes, as in a journal. */
export function makeEvent(seq: number): LoggedEvent {
  const at = new Date().toISOString()
  const from = (seq * 7) % 2000
  const text = words.slice(from, from + EVENT_BYTES - 165 - String(seq).length)
  const body = { agentText: { messageId: 'm1', text } }
  const json = JSON.stringify({ seq, epoch: 1, at, body })
  return { seq, epoch: 1, at, body, digest: createHash('sha256').update(json).digest('hex'), json, bytes: json.length }
}

export type DeskLog = Pick<EventLog, 'read' | 'waitFor' | 'firstSeq' | 'lastSeq' | 'trim'> & {
  /** Hands the next event over. Returns its number. */
  hand(): number
}

export function createDeskLog(): DeskLog {
  const events = new Map<number, LoggedEvent>()
  const waiting = new Set<() => void>()
  let lastSeq = 0
  return {
    get lastSeq() {
      return lastSeq
    },
    hand() {
      lastSeq += 1
      events.set(lastSeq, makeEvent(lastSeq))
      for (const wake of waiting) wake()
      return lastSeq
    },
    firstSeq: 1,
    // Nothing is kept back: no server here comes back behind.
    async trim(upTo) {
      for (const seq of events.keys()) {
        if (seq > upTo) return
        events.delete(seq)
      }
    },
    waitFor: (after, signal) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (lastSeq <= after && !signal?.aborted) return
          waiting.delete(look)
          signal?.removeEventListener('abort', look)
          if (signal?.aborted) reject(signal.reason)
          else resolve()
        }
        waiting.add(look)
        signal?.addEventListener('abort', look, { once: true })
        look()
      }),
    read: async (after, maxEvents = 500, maxBytes = Number.POSITIVE_INFINITY) => {
      const found: LoggedEvent[] = []
      let bytes = 0
      for (let seq = after + 1; found.length < maxEvents; seq++) {
        const event = events.get(seq)
        bytes += event?.bytes ?? 0
        if (event === undefined || (found.length > 0 && bytes > maxBytes)) break
        found.push(event)
      }
      return found
    },
  }
}
