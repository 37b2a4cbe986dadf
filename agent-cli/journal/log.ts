// A session's event log: numbers events densely from 1 and makes them durable before anyone may see them (E1, E2).
// Knows numbers, epochs and digests; the body is opaque and already well-formed (E7).
import type { Disk } from './disk.ts'
import { JournalError } from './failure.ts'
import { limits } from './limits.ts'
import { digestOf } from './lines.ts'
import type { Damage, Segment } from './segment.ts'
import { openSegments, type SegmentSizes } from './segments.ts'
import { textOf } from './verify.ts'
import { createWaiters } from './waiters.ts'

/** One published event. `json` is the exact text on disk and `digest` its SHA-256 (E2); `bytes` is the length of `json` in UTF-8. */
export interface LoggedEvent {
  seq: number
  epoch: number
  at: string
  body: unknown
  digest: string
  json: string
  bytes: number
}

/** What an append is told: the number it got and the digest of its bytes. */
export interface Appended {
  seq: number
  digest: string
  bytes: number
}

export interface EventLog {
  /**
   * Publishes an event: resolves once it is on disk, with the next number. Calls keep their order. A refused append (JournalError:
   * TOO_LARGE, DISK_FULL …) takes no number and leaves the log usable. `at` defaults to now.
   */
  append(epoch: number, body: unknown, at?: string): Promise<Appended>
  /**
   * Durable events after `after`, in order, within both limits, but at least one if there is one; the first is `firstSeq` at the
   * earliest. One that is damaged on the disk comes as a tombstone of its number that says so (E7).
   */
  read(after: number, maxEvents?: number, maxBytes?: number): Promise<LoggedEvent[]>
  /** Resolves when an event past `after` is durable, at once if it is. Rejects with the signal's reason, or CLOSED. */
  waitFor(after: number, signal?: AbortSignal): Promise<void>
  /** Number of the first event that is still here; what is before it was confirmed by the server (E5). 1 for an empty log. */
  readonly firstSeq: number
  /** Number of the last durable event; 0 for none. */
  readonly lastSeq: number
  /** Lets go of what the server has confirmed up to `ackedSeq`, but for the keep-back (E5). Never rejects. */
  trim(ackedSeq: number): Promise<void>
  /** Bytes of torn tails that opening removed; they were never acknowledged. */
  readonly droppedBytes: number
  /** What opening found unreadable, in sentences; the files were left as they are. */
  readonly warnings: readonly string[]
  /** Finishes appends under way, ends every wait, closes the files. */
  close(): Promise<void>
}

export type LogOptions = SegmentSizes & { disk?: Disk; now?: () => Date }

/**
 * Opens or makes the log. The caller holds the session's lock. Damage is named in `warnings`; what contradicts itself throws
 * JournalError CORRUPT, a later version's log TOO_NEW, and the files stay untouched.
 */
export async function openLog(path: string, options: LogOptions = {}): Promise<EventLog> {
  const { now = () => new Date(), ...sizes } = options
  const closedError = () => new JournalError('CLOSED', `${path} is closed.`, { path })
  const waiters = createWaiters({ last: () => segments.active.lastSeq, closedError })
  const segments = await openSegments(path, { ...sizes, onDurable: () => waiters.wake() })
  const openedAt = now().toISOString()
  let closed = false
  /** Appends take their place in a file one after another, so that none overtakes a change of files. */
  let placing: Promise<unknown> = Promise.resolve()

  function parsed(seq: number, raw: Buffer | null): LoggedEvent {
    const bytes = raw === null ? undefined : textOf(raw)
    // The disk may have changed since opening; what no longer fits its checksum does not leave the house.
    if (bytes === undefined) return damaged(seq, openedAt)
    const json = bytes.toString('utf8')
    const { epoch, at, body } = JSON.parse(json) as { epoch: number; at: string; body: unknown }
    return { seq, epoch, at, body, digest: (raw ?? bytes).toString('latin1', 0, 64), json, bytes: bytes.byteLength }
  }

  return {
    async append(epoch, body, at = now().toISOString()) {
      if (closed) throw closedError()
      const bodyJson = bodyText(body, path)
      const placed = placing.then(async () => {
        await segments.rollIfFull()
        return { appending: segments.active.append((seq) => eventText(seq, epoch, at, bodyJson)) }
      })
      placing = placed.catch(() => undefined)
      const { seq, line } = await (await placed).appending
      return { seq, digest: line.digest, bytes: line.bytes - 66 }
    },
    async read(after, maxEvents = limits.readEvents, maxBytes = limits.readBytes) {
      const events: LoggedEvent[] = []
      let seq = Math.max(after + 1, segments.all[0]?.firstSeq ?? 1)
      let bytes = 0
      for (const segment of [...segments.all]) {
        // A file between two others is gone: its numbers are as lost as damaged ones.
        for (; seq < segment.firstSeq && events.length < maxEvents; seq += 1) events.push(damaged(seq, openedAt))
        const from = seq
        for (; seq <= segment.lastSeq && events.length + seq - from < maxEvents; seq += 1) {
          bytes += segment.sizeOf(seq)
          if (bytes > maxBytes && events.length + seq - from > 0) break
        }
        if (seq > from) {
          const raw = await segment.read(from, seq - 1)
          for (const [at, line] of raw.entries()) events.push(parsed(from + at, line))
        }
        if (seq <= segment.lastSeq) break
      }
      return events
    },
    waitFor: (after, signal) => waiters.waitFor(after, signal),
    get firstSeq() {
      return segments.all[0]?.firstSeq ?? 1
    },
    get lastSeq() {
      return segments.active.lastSeq
    },
    trim: (ackedSeq) => segments.trim(ackedSeq),
    droppedBytes: segments.all.reduce((sum, { droppedBytes }) => sum + droppedBytes, 0),
    warnings: warningsOf(path, segments.all),
    async close() {
      if (closed) return
      closed = true
      await placing
      await segments.close()
      waiters.close()
    },
  }
}

function warningsOf(path: string, all: readonly Segment[]): string[] {
  return all.flatMap((segment, at) => {
    const expected = (all[at - 1]?.lastSeq ?? segment.firstSeq - 1) + 1
    const missing = { path, line: 1, fromSeq: expected, toSeq: segment.firstSeq - 1 }
    return [...(segment.firstSeq > expected ? [missing] : []), ...segment.damage].map(warningOf)
  })
}

function warningOf({ path, line, fromSeq, toSeq }: Damage): string {
  const lost = fromSeq === toSeq ? `Event ${fromSeq}` : `Events ${fromSeq} to ${toSeq}`
  const what = toSeq < fromSeq ? 'No event was lost' : `${lost} cannot be read any more; their place says so`
  return `${path} is damaged at line ${line}. ${what}. The file was left as it is: check this disk.`
}

const damageReason = 'The journal on the workstation is damaged here: this event can no longer be read.'

/** The digest is that of a text of its own: the same number is the same event whenever it is pushed (E2). */
function damaged(seq: number, at: string): LoggedEvent {
  const json = `{"seq":${seq},"damaged":true}`
  const body = { tombstone: { replacedKind: 'unknown', reason: damageReason } }
  return { seq, epoch: 0, at, body, digest: digestOf(json), json, bytes: json.length }
}

/** Serialised when the caller asks, so that a body changed later by its owner cannot change what was measured. */
function bodyText(body: unknown, path: string): string {
  const text = JSON.stringify(body) ?? 'null'
  if (Buffer.byteLength(text) <= limits.maxEventBytes) return text
  const message = `An event of more than ${limits.maxEventBytes} bytes was refused; its content belongs in a body.`
  throw new JournalError('TOO_LARGE', message, { path })
}

function eventText(seq: number, epoch: number, at: string, bodyJson: string): string {
  return `{"seq":${seq},"epoch":${epoch},"at":${JSON.stringify(at)},"body":${bodyJson}}`
}
