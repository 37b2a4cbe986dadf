// A session's files opened as one: what is published (numbered, E1), what is withheld while remote is off (E8), facts, ledger, bodies.
// Knows when to publish, not what the events mean.
import { join } from 'node:path'
import type { EventBody } from '../agent/translate/event-body.ts'
import { type Bodies, openBodies } from '../journal/bodies.ts'
import { type Ledger, openLedger } from '../journal/ledger.ts'
import { type EventLog, openLog } from '../journal/log.ts'
import { createMeta, type Meta, openMeta, type SessionFacts } from '../journal/meta.ts'
import { openPublished, type PublishedLog } from '../journal/published.ts'
import { createSessionFolder, openSessionFolder } from '../journal/session-folder.ts'

export type SessionJournal = {
  readonly id: string
  readonly meta: Meta
  readonly log: EventLog
  /** The log under the numbers that others see. */
  readonly published: PublishedLog
  readonly ledger: Ledger
  readonly bodies: Bodies
  /** What was found unreadable, in sentences. */
  readonly warnings: readonly string[]
  readonly isPublishing: boolean
  /** Durable when it resolves. Calls keep their order. */
  append(epoch: number, body: EventBody, at: string): Promise<void>
  /** From now on events are published. What was withheld is published too (`share`) or becomes one HistoryWithheld (E8). */
  startPublishing(epoch: number, share: boolean): Promise<void>
  stopPublishing(): void
  close(): Promise<void>
}

type NewFacts = Omit<SessionFacts, 'id' | 'createdAt' | 'epoch'>

/** Makes a session's folder, or opens the one of `sessionId`; the caller owns it until `close`. Throws JournalError. */
export async function openSessionJournal(
  dataDir: string,
  of: { sessionId: string } | { facts: NewFacts },
): Promise<SessionJournal> {
  const isOld = 'sessionId' in of
  const folder = isOld
    ? { id: of.sessionId, ...(await openSessionFolder(dataDir, of.sessionId)) }
    : await createSessionFolder(dataDir)
  const { id, paths, lock } = folder
  try {
    const createdAt = new Date().toISOString()
    const meta = isOld
      ? await openMeta(paths.meta, lock)
      : await createMeta(paths.meta, lock, { ...(of.facts as SessionFacts), id, createdAt, epoch: 0 })
    const log = await openLog(paths.log)
    const published = await openPublished(log, paths.renumbered)
    const withheld = await openLog(join(paths.folder, 'withheld.log'))
    const ledger = await openLedger(paths.ledger)
    const bodies = await openBodies(paths.bodies)
    const close = async () => {
      await Promise.all([log.close(), withheld.close(), ledger.close()])
      await lock.close()
    }
    const warnings = [...log.warnings, ...withheld.warnings, ...ledger.warnings]
    return { ...switching({ meta, log, withheld }), id, meta, log, published, ledger, bodies, warnings, close }
  } catch (error) {
    await lock.close()
    throw error
  }
}

function switching({ meta, log, withheld }: { meta: Meta; log: EventLog; withheld: EventLog }) {
  let isPublishing = false

  async function share(epoch: number, from: number): Promise<void> {
    for (let after = from; after < withheld.lastSeq; ) {
      const events = await withheld.read(after)
      await Promise.all(events.map(({ body, at }) => log.append(epoch, body, at)))
      after = events.at(-1)?.seq ?? withheld.lastSeq
    }
  }

  async function withhold(epoch: number, from: number): Promise<void> {
    const [first] = await withheld.read(from, 1)
    const [last] = await withheld.read(withheld.lastSeq - 1, 1)
    if (!first || !last) return
    const count = withheld.lastSeq - from
    await log.append(epoch, { historyWithheld: { count, since: first.at, until: last.at } } satisfies EventBody)
  }

  return {
    get isPublishing() {
      return isPublishing
    },
    async append(epoch: number, body: EventBody, at: string) {
      await (isPublishing ? log : withheld).append(epoch, body, at)
    },
    async startPublishing(epoch: number, sharing: boolean) {
      if (isPublishing) return
      const from = typeof meta.facts.withheldTold === 'number' ? meta.facts.withheldTold : 0
      // First noted, then told: after a crash in between the history stays here, which is what was not asked to leave.
      await meta.update({ withheldTold: withheld.lastSeq, remote: true })
      if (withheld.lastSeq > from) await (sharing ? share(epoch, from) : withhold(epoch, from))
      isPublishing = true
      void withheld.trim(withheld.lastSeq)
    },
    stopPublishing() {
      isPublishing = false
    },
  }
}
