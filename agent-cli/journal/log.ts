// A session's event log: numbers events densely from 1 and makes them durable before anyone may see them (E1, E2).
// Knows numbers, epochs and digests; the body is opaque and already well-formed (E7).
import { dirname, join } from 'node:path'
import type { Disk } from './disk.ts'
import { JournalError } from './failure.ts'
import { limits } from './limits.ts'
import { digestOf, type Line, openLines } from './lines.ts'
import { openTombstones } from './tombstones.ts'
import { corrupt } from './verify.ts'

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
   * Puts another body under a number the server refuses for good, so that the numbers behind it can go on (E7). The new digest counts
   * from now on; the original stays in the file. Throws NOT_FOUND for a number that is not there.
   */
  bury(seq: number, body: unknown): Promise<Appended>
  /** Durable events after `after`, in order, within both limits, but at least one if there is one. */
  read(after: number, maxEvents?: number, maxBytes?: number): Promise<LoggedEvent[]>
  /** Resolves when an event past `after` is durable, at once if it is. Rejects with the signal's reason, or CLOSED. */
  waitFor(after: number, signal?: AbortSignal): Promise<void>
  /** Number of the last durable event; 0 for none. Nothing is ever trimmed: a server that comes back behind is refilled from 1 (E5). */
  readonly lastSeq: number
  /** Bytes of a torn tail that opening removed; they were never acknowledged. */
  readonly droppedBytes: number
  /** Finishes appends under way, ends every wait, closes the file. */
  close(): Promise<void>
}

interface Waiter {
  after: number
  resolve: () => void
  reject: (error: unknown) => void
}

/** Opens or makes the log. The caller holds the session's lock. Throws JournalError; CORRUPT leaves the file untouched. */
export async function openLog(path: string, options: { disk?: Disk; now?: () => Date } = {}): Promise<EventLog> {
  const now = options.now ?? (() => new Date())
  /** ends[n] is the offset just behind event n, so event n lies between ends[n-1] and ends[n]. */
  const ends: number[] = [0]
  const waiters = new Set<Waiter>()
  let closed = false
  /** Number of the last event handed to the disk, durable or not. */
  let lastBuilt = 0

  const lines = await openLines(path, {
    ...(options.disk === undefined ? {} : { disk: options.disk }),
    onFound(line, lineNumber) {
      if (!line.json.startsWith(`{"seq":${ends.length},`)) throw corrupt(path, lineNumber)
      ends.push(line.offset + line.bytes)
    },
    onDurable(line) {
      ends.push(line.offset + line.bytes)
      const last = ends.length - 1
      for (const waiter of waiters) {
        if (waiter.after >= last) continue
        waiters.delete(waiter)
        waiter.resolve()
      }
    },
    onDropped(count) {
      lastBuilt -= count
    },
  })
  lastBuilt = ends.length - 1
  const tombstones = await openTombstones(tombstonesPath(path), options.disk).catch(async (error: unknown) => {
    await lines.close()
    throw error
  })

  function closedError(): JournalError {
    return new JournalError('CLOSED', `${path} is closed.`, { path })
  }

  async function read(
    after: number,
    maxEvents: number = limits.readEvents,
    maxBytes: number = limits.readBytes,
  ): Promise<LoggedEvent[]> {
    const first = Math.max(0, after) + 1
    const start = ends[first - 1]
    if (start === undefined) return []
    let last = first
    for (let end = ends[last + 1]; end !== undefined && end - start <= maxBytes; end = ends[last + 1]) {
      if (last - first + 1 >= maxEvents) break
      last += 1
    }
    const end = ends[last]
    if (end === undefined) return []
    const block = await lines.read(start, end - start)
    const events: LoggedEvent[] = []
    for (let seq = first; seq <= last; seq += 1) {
      const from = (ends[seq - 1] ?? 0) - start
      const to = (ends[seq] ?? 0) - start
      const tombstone = tombstones.at(seq)
      events.push(
        tombstone === undefined
          ? parseLine(block.subarray(from, to), path, seq)
          : parseEvent(seq, tombstone.digest, Buffer.from(tombstone.json)),
      )
    }
    return events
  }

  return {
    async append(epoch, body, at = now().toISOString()) {
      const bodyJson = bodyText(body, path)
      let seq = 0
      const line = await lines.append(() => {
        lastBuilt += 1
        seq = lastBuilt
        return eventText(seq, epoch, at, bodyJson)
      })
      return { seq, digest: line.digest, bytes: jsonBytes(line) }
    },
    async bury(seq, body) {
      const bodyJson = bodyText(body, path)
      const [original] = await read(seq - 1, 1)
      if (original?.seq !== seq) throw new JournalError('NOT_FOUND', `There is no event ${seq} to replace.`, { path })
      const line = await tombstones.bury(eventText(seq, original.epoch, original.at, bodyJson))
      return { seq, digest: line.digest, bytes: jsonBytes(line) }
    },
    read,
    waitFor(after, signal) {
      return new Promise((resolve, reject) => {
        if (closed) return reject(closedError())
        if (signal?.aborted) return reject(signal.reason)
        if (ends.length - 1 > after) return resolve()
        const onAbort = () => {
          waiters.delete(waiter)
          reject(signal?.reason)
        }
        const waiter: Waiter = {
          after,
          resolve: () => {
            signal?.removeEventListener('abort', onAbort)
            resolve()
          },
          reject: (error) => {
            signal?.removeEventListener('abort', onAbort)
            reject(error)
          },
        }
        waiters.add(waiter)
        signal?.addEventListener('abort', onAbort, { once: true })
      })
    },
    get lastSeq() {
      return ends.length - 1
    },
    droppedBytes: lines.droppedBytes,
    async close() {
      if (closed) return
      closed = true
      await Promise.all([lines.close(), tombstones.close()])
      for (const waiter of waiters) waiter.reject(closedError())
      waiters.clear()
    },
  }
}

function jsonBytes(line: Line): number {
  return line.bytes - 66
}

function parseLine(raw: Buffer, path: string, seq: number): LoggedEvent {
  const digest = raw.toString('latin1', 0, 64)
  const json = raw.subarray(65, raw.byteLength - 1)
  // The disk may have changed since opening; a digest that no longer fits must not leave the house.
  if (digestOf(json) !== digest) throw corrupt(path, seq)
  return parseEvent(seq, digest, json)
}

function parseEvent(seq: number, digest: string, bytes: Buffer): LoggedEvent {
  const json = bytes.toString('utf8')
  const { epoch, at, body } = JSON.parse(json) as { epoch: number; at: string; body: unknown }
  return { seq, epoch, at, body, digest, json, bytes: bytes.byteLength }
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

/** Beside the log, so that whoever moves the one sees the other. */
function tombstonesPath(path: string): string {
  return join(dirname(path), 'tombstones.log')
}
