// Events on their way into the journal, in order. While the disk refuses they wait in memory and the session goes on; beyond a bound they are
// lost, counted, and the loss is said in the journal when there is room again (E1). Knows no agent and no server.
import { type EventBody, kindOf } from '../agent/translate/event-body.ts'
import { JournalError } from '../journal/failure.ts'
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

type Waiting = { body: EventBody; at: string; bytes: number }

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

  async function append(body: EventBody, at: string): Promise<void> {
    try {
      await journal.append(epoch, await withBodies(body, journal.bodies), at)
    } catch (error) {
      if (isOfDisk(error)) throw error
      // One bad event never wedges a session (E7): what no form of it can be kept is replaced here.
      const reason = error instanceof Error ? error.message : String(error)
      await journal.append(epoch, { tombstone: { replacedKind: kindOf(body), reason } }, at)
    }
  }

  async function put(body: EventBody, at: string): Promise<void> {
    if (refusal === null) {
      try {
        return await append(body, at)
      } catch (error) {
        refusedBy(error)
      }
    }
    hold(body, at)
    tell()
  }

  function refusedBy(error: unknown): void {
    refusal = error instanceof Error ? error.message : String(error)
    timer ??= setTimeout(() => {
      timer = undefined
      tail = tail.then(drain)
    }, retryMs).unref()
  }

  function hold(body: EventBody, at: string): void {
    const bytes = Buffer.byteLength(JSON.stringify(body))
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
        await append(first.body, first.at)
        waiting.shift()
        waitingBytes -= first.bytes
      }
      if (lost !== null) await append(lossOf(lost), new Date().toISOString())
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
      const mine = tail.then(() => put(body, at))
      tail = mine
      return mine
    },
    inOrder<T>(act: () => Promise<T>): Promise<T> {
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

const isOfDisk = (error: unknown) =>
  error instanceof JournalError && (error.fault.startsWith('DISK_') || error.fault === 'CLOSED')

const lossOf = ({ count, since, until }: { count: number; since: string; until: string }): EventBody => ({
  noticeShown: {
    severity: 'error',
    title: `${count} events are missing here: the disk of the workstation was full. They were shown at its terminal only.`,
    description: `From ${since} to ${until}.`,
  },
})
