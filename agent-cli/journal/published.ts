// The numbers a session's events have outside this machine. They are the journal's own, until it is found that another process wrote events of its
// own under the same numbers before it was fenced: from there on this journal goes on above them (docs/decisions/0009). Changes no event.
import { readIfThere, replaceFile } from './disk.ts'
import { JournalError } from './failure.ts'
import { digestOf } from './lines.ts'
import type { EventLog, LoggedEvent } from './log.ts'

export interface PublishedLog extends Pick<EventLog, 'read' | 'waitFor' | 'trim'> {
  readonly firstSeq: number
  readonly lastSeq: number
  /** Null for a number whose event is not here: another's, damaged, or let go after it was confirmed. */
  digestAt(seq: number): Promise<string | null>
  /**
   * Of what is here, the server has the events up to `commonSeq` and others up to `serverLastSeq`: those after `commonSeq` are published above
   * them. Durable when it resolves; nothing that was confirmed changes its number.
   */
  continueAbove(commonSeq: number, serverLastSeq: number): Promise<void>
}

/** Events of the journal past `after` are published `shift` numbers higher; the numbers between are another's. */
type Step = { readonly after: number; readonly shift: number }

/** Throws JournalError CORRUPT: without the file, events would be published a second time. */
export async function openPublished(log: EventLog, path: string): Promise<PublishedLog> {
  /** By `after`, the shifts rising. */
  let steps = parse(await readIfThere(path), path)
  const openedAt = new Date().toISOString()

  const shiftOf = (journalSeq: number) => steps.findLast(({ after }) => after < journalSeq)?.shift ?? 0
  const outside = (journalSeq: number) => journalSeq + shiftOf(journalSeq)
  /** The last event here whose number outside is at most `seq`. */
  function inside(seq: number): number {
    const step = steps.findLast(({ after, shift }) => after + shift <= seq)
    const next = steps[step === undefined ? 0 : steps.indexOf(step) + 1]
    const own = seq - (step?.shift ?? 0)
    return next === undefined ? own : Math.min(own, next.after)
  }

  function foreign(seq: number): LoggedEvent {
    const json = `{"seq":${seq},"foreign":true}`
    const body = { tombstone: { replacedKind: 'unknown', reason: foreignReason } }
    return { seq, epoch: 0, at: openedAt, body, digest: digestOf(json), json, bytes: json.length }
  }

  const published: PublishedLog = {
    get firstSeq() {
      return outside(log.firstSeq)
    },
    get lastSeq() {
      const last = steps.at(-1)
      return Math.max(outside(log.lastSeq), last === undefined ? 0 : last.after + last.shift)
    },
    async read(after, maxEvents = Number.POSITIVE_INFINITY, maxBytes) {
      const from = inside(after + 1)
      const isOwn = outside(from) === after + 1
      const next = steps.find((step) => step.after >= from)
      if (isOwn) {
        const most = Math.min(maxEvents, (next?.after ?? Number.POSITIVE_INFINITY) - from + 1)
        const events = await log.read(from - 1, Number.isFinite(most) ? most : undefined, maxBytes)
        return events.map((event) => ({ ...event, seq: outside(event.seq) }))
      }
      const end = next === undefined ? after : next.after + next.shift
      const count = Math.max(0, Math.min(maxEvents, end - after))
      return Array.from({ length: count }, (_, at) => foreign(after + 1 + at))
    },
    async waitFor(after, signal) {
      if (after >= published.lastSeq) await log.waitFor(inside(after), signal)
    },
    trim: (ackedSeq) => log.trim(inside(ackedSeq)),
    async digestAt(seq) {
      const from = inside(seq)
      if (outside(from) !== seq || from < log.firstSeq || from > log.lastSeq) return null
      const [event] = await log.read(from - 1, 1)
      return event === undefined || event.epoch === 0 ? null : event.digest
    },
    async continueAbove(commonSeq, serverLastSeq) {
      const after = inside(commonSeq)
      const more = serverLastSeq - commonSeq
      const before = steps.filter((step) => step.after < after)
      const from = { after, shift: shiftOf(after + 1) + more }
      const later = steps.filter((step) => step.after > after).map((step) => ({ ...step, shift: step.shift + more }))
      const next = [...before, from, ...later]
      await replaceFile(path, Buffer.from(`${JSON.stringify(next)}\n`))
      steps = next
    },
  }
  return published
}

const foreignReason =
  'Another process wrote this event before a newer one took the session over; this machine never had it.'

function parse(bytes: Buffer | undefined, path: string): readonly Step[] {
  if (bytes === undefined) return []
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    if (Array.isArray(value) && value.every(isStep)) return value
  } catch {}
  throw new JournalError('CORRUPT', `${path} is damaged. It was left as it is.`, { path, line: 1 })
}

const isStep = (value: unknown): value is Step =>
  typeof value === 'object' &&
  value !== null &&
  'after' in value &&
  'shift' in value &&
  Number.isSafeInteger(value.after) &&
  Number.isSafeInteger(value.shift)
