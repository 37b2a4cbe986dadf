// Events on their way into the journal, in order. While the disk refuses they wait in memory and the session goes on; beyond a bound they are
// lost, counted, and the loss is said in the journal when there is room again (E1). Knows no agent and no server.
import { type EventBody, kindOf } from '../agent/translate/event-body.ts'
import { JournalError } from '../journal/failure.ts'
import { limits as journalLimits } from '../journal/limits.ts'
import { withBodies } from './large.ts'
import { limits } from './limits.ts'
import type { SessionJournal } from './session-journal.ts'
import type { JournalView } from './view.ts'

export type Keeping = {
  /** Resolves when it is durable, or when the disk refuses just now; never rejects. */
  write(body: EventBody, at: string): Promise<void>
  /** Runs `act` when everything written so far is in the journal or waits for the disk, and before anything written later. */
  inOrder<T>(act: () => Promise<T>): Promise<T>
  /** Tries what waits once more, and gives it up. */
  close(): Promise<void>
}

type Event = { body: EventBody; at: string }
type Waiting = Event & { bytes: number }

/** So many of the largest events fit one flush. */
const maxTogether = Math.floor(journalLimits.maxFlushBytes / journalLimits.maxEventBytes)

export function createKeeping(options: {
  journal: Pick<SessionJournal, 'append' | 'bodies'>
  epoch: number
  /** After every change of what the journal can do. */
  onJournal: (journal: JournalView) => void
  retryMs?: number
  maxWaitingBytes?: number
}): Keeping {
  const { journal, epoch, retryMs = limits.diskRetryMs, maxWaitingBytes = limits.maxWaitingBytes } = options
  let tail: Promise<unknown> = Promise.resolve()
  const waiting: Waiting[] = []
  let waitingBytes = 0
  let lost: { count: number; since: string; until: string } | null = null
  let refusal: string | null = null
  let timer: NodeJS.Timeout | undefined
  /** Events that will be written together, when what is being written now is on the disk. */
  let gathering: { events: Event[]; done: Promise<void> } | null = null

  function gather(): { events: Event[]; done: Promise<void> } {
    const events: Event[] = []
    const done = tail.then(() => {
      if (gathering?.events === events) gathering = null
      return putAll(events)
    })
    tail = done
    return { events, done }
  }

  /** The body as the journal will take it: what no form of it can be kept is a tombstone, and never wedges a session (E7). */
  async function prepared(body: EventBody): Promise<EventBody> {
    try {
      const small = await withBodies(body, journal.bodies)
      if (Buffer.byteLength(JSON.stringify(small)) <= journalLimits.maxEventBytes) return small
      return tombstone(body, `An event of more than ${journalLimits.maxEventBytes} bytes is not kept.`)
    } catch (error) {
      if (isOfDisk(error)) throw error
      return tombstone(body, error instanceof Error ? error.message : String(error))
    }
  }

  /** One flush of the journal: all of them are in it afterwards, or none. */
  async function append(events: readonly Event[]): Promise<void> {
    const ready: Event[] = []
    for (const { body, at } of events) ready.push({ body: await prepared(body), at })
    const results = await Promise.allSettled(ready.map(({ body, at }) => journal.append(epoch, body, at)))
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  async function putAll(events: readonly Event[]): Promise<void> {
    for (let from = 0; from < events.length; from += maxTogether) {
      const group = events.slice(from, from + maxTogether)
      if (refusal === null) {
        try {
          await append(group)
          continue
        } catch (error) {
          refusedBy(error)
        }
      }
      for (const event of group) hold(event)
      tell()
    }
  }

  function refusedBy(error: unknown): void {
    refusal = error instanceof Error ? error.message : String(error)
    timer ??= setTimeout(() => {
      timer = undefined
      tail = tail.then(drain)
    }, retryMs).unref()
  }

  function hold({ body, at }: Event): void {
    const bytes = bytesOf(body)
    // Text and output leave room for what opens, settles and ends: losing that would leave a reader waiting.
    const mayWait = streams.has(kindOf(body)) ? maxWaitingBytes / 2 : maxWaitingBytes
    if (waitingBytes + bytes <= mayWait) {
      waiting.push({ body, at, bytes })
      waitingBytes += bytes
    } else lost = { count: (lost?.count ?? 0) + 1, since: lost?.since ?? at, until: at }
  }

  /** Everything that waits, then what was lost; stops at the first refusal. */
  async function drain(): Promise<void> {
    try {
      for (let [first] = waiting; first !== undefined; [first] = waiting) {
        await append([first])
        waiting.shift()
        waitingBytes -= first.bytes
      }
      if (lost !== null) await append([{ body: lossOf(lost), at: new Date().toISOString() }])
      lost = null
      refusal = null
    } catch (error) {
      refusedBy(error)
    }
    tell()
  }

  function tell(): void {
    if (refusal === null) {
      options.onJournal({ state: 'ok', message: null })
      return
    }
    const missing = lost === null ? '' : ` ${lost.count} events could not be kept and will be missing on devices.`
    const message = `${refusal} The session goes on here; devices see what waits when there is room.${missing}`
    options.onJournal({ state: 'failed', message })
  }

  return {
    write(body, at) {
      gathering ??= gather()
      gathering.events.push({ body, at })
      return gathering.done
    },
    inOrder<T>(act: () => Promise<T>): Promise<T> {
      // What is written from now on comes after it.
      gathering = null
      const mine = tail.then(act)
      tail = mine.catch(() => undefined)
      return mine
    },
    async close() {
      clearTimeout(timer)
      timer = undefined
      await tail
      if (refusal !== null) await drain()
      clearTimeout(timer)
    },
  }
}

const streams: ReadonlySet<string> = new Set([
  'agentText',
  'agentThought',
  'contentShown',
  'toolCallChanged',
  'usageChanged',
  'slashCommandsChanged',
  'planChanged',
  'other',
])

const tombstone = (body: EventBody, reason: string): EventBody => ({
  tombstone: { replacedKind: kindOf(body), reason },
})

/** One that cannot be said as JSON is a tombstone once there is room. */
function bytesOf(body: EventBody): number {
  try {
    return Buffer.byteLength(JSON.stringify(body))
  } catch {
    return 0
  }
}

const isOfDisk = (error: unknown) =>
  error instanceof JournalError && (error.fault.startsWith('DISK_') || error.fault === 'CLOSED')

const lossOf = ({ count, since, until }: { count: number; since: string; until: string }): EventBody => ({
  noticeShown: {
    severity: 'error',
    title: `${count} events are missing here: the disk of the workstation was full. They were shown at its terminal only.`,
    description: `From ${since} to ${until}.`,
  },
})
