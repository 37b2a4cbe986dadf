/** The two databases that one contract holds for, and people and sessions in them. Speaks the store's language, no GraphQL. */
import { randomText } from '../../protocol/bytes.ts'
import { createDatabase, type Database, type Tx } from '../../server/db/database.ts'
import { device, host, owner } from '../../server/db/schema.ts'
import { appendEvents, weighPlain } from '../../server/store/append-events.ts'
import { startSession } from '../../server/store/attachments.ts'
import { type EventKind, readEvent } from '../../server/store/event-kinds.ts'
import { pushEvents } from '../../server/store/push-events.ts'
import type { PushedEvent } from '../../server/store/pushed-event.ts'
import { type Ring, sessionTopic, type Topic } from '../../server/store/topic.ts'
import { startPostgres } from '../kit/postgres.ts'
import { memoryDatabase } from '../kit/seed.ts'

export type Place = {
  database: Database
  /** The same data through another handle: on PostgreSQL as another server process has it. */
  other: Database
  close(): Promise<void>
}

/** Name and opener of each: `describe.each(places)`. */
export const places: [string, () => Promise<Place>][] = [
  [
    'PGlite',
    async () => {
      const database = await memoryDatabase()
      return { database, other: database, close: () => database.close() }
    },
  ],
  [
    'PostgreSQL',
    async () => {
      const server = await startPostgres()
      const url = await server.create()
      const database = await createDatabase({ url })
      const other = await createDatabase({ url })
      return {
        database,
        other,
        close: async () => {
          await Promise.all([database.close(), other.close()])
          await server.stop()
        },
      }
    },
  ],
]

export const silent: Ring = () => {}

/** A ring that remembers what it was asked for. */
export function listeningRing(): { ring: Ring; rung: Topic[] } {
  const rung: Topic[] = []
  return { rung, ring: (...topics) => void rung.push(...topics) }
}

export type Person = {
  ownerId: string
  hostId: string
  phone: { id: string; name: string; rung: 'FULL' }
  tablet: { id: string; name: string; rung: 'FULL' }
}

const id = (kind: string): string => `${kind}_${randomText(17).slice(0, 22)}`

/** An owner with a host and two devices, unlike any before. */
export async function person(database: Database): Promise<Person> {
  const ownerId = id('own')
  const hostId = id('hst')
  const devices = ['phone', 'tablet'].map((name) => ({ id: id('dev'), name, rung: 'FULL' as const }))
  await database.transaction(async (tx) => {
    await tx.insert(owner).values({ id: ownerId, name: 'Dev' })
    await tx.insert(host).values({ id: hostId, ownerId, name: 'desk', publicKey: 'key' })
    for (const one of devices)
      await tx.insert(device).values({ ...one, ownerId, kind: 'BROWSER', tokenHash: one.id, confirmed: true })
  })
  const [phone, tablet] = devices
  if (!phone || !tablet) throw new Error('two devices were made')
  return { ownerId, hostId, phone, tablet }
}

export type OpenSession = { id: string; epoch: number; attachmentId: string }

export async function attach(
  database: Database,
  who: Person,
  how: { id?: string; epoch?: number; attachmentId?: string; firstSeq?: number } = {},
): Promise<OpenSession & { lastSeq: number }> {
  const open = { id: how.id ?? id('ses'), epoch: how.epoch ?? 1, attachmentId: how.attachmentId ?? id('att') }
  const row = await database.transaction((tx) =>
    startSession(tx, silent, {
      ...open,
      ownerId: who.ownerId,
      hostId: who.hostId,
      agent: { id: 'demo', name: 'Demo', version: null },
      cwd: '/home/dev/project',
      repository: null,
      branch: null,
      ceiling: 'FULL',
      createdAt: new Date(),
      firstSeq: how.firstSeq ?? 1,
      name: null,
    }),
  )
  return { ...open, lastSeq: row.lastSeq }
}

/** An event as the edge of the server makes it. The digest stands for the content, as a journal's line would. */
export function event(seq: number, kind: EventKind, content: object, how: Partial<PushedEvent> = {}): PushedEvent {
  const read = readEvent(kind, content)
  if ('problem' in read) throw new Error(read.problem)
  const json = JSON.stringify(read.value.value)
  const digest = Buffer.from(`${kind}${JSON.stringify(content)}`)
    .toString('hex')
    .padEnd(64, '0')
    .slice(-64)
  const base = {
    seq,
    at: new Date('2026-01-31T12:00:00.000Z'),
    kind,
    format: 'json' as const,
    json,
    bytes: Buffer.byteLength(json),
    digest,
  }
  return { ...base, known: read.value, refs: read.value.value, problem: null, ...how }
}

export const text = (seq: number, words = `word ${seq}`): PushedEvent =>
  event(seq, 'AgentText', { messageId: 'm1', text: words })

export const texts = (from: number, to: number): PushedEvent[] =>
  Array.from({ length: to - from + 1 }, (_, index) => text(from + index))

const permissionOptions = [
  { id: 'once', name: 'Allow once', kind: 'allow_once', rung: 'ANSWER' },
  { id: 'no', name: 'Deny', kind: 'reject_once', rung: 'ANSWER' },
]

export const opened = (seq: number, decisionId: string): PushedEvent =>
  event(seq, 'DecisionOpened', {
    ...{ decisionId, kind: 'PERMISSION', title: 'Run rm', evidence: 'rm -rf build', evidenceDigest: 'a'.repeat(64) },
    ...{ options: permissionOptions, wordsGo: 'SAME_TURN' },
  })

export const settled = (seq: number, decisionId: string, commandId: string | null = null): PushedEvent =>
  event(seq, 'DecisionSettled', {
    ...{ decisionId, outcome: 'ANSWERED', optionId: 'once', optionName: 'Allow once' },
    origin: { surface: commandId ? 'DEVICE' : 'TERMINAL', commandId },
  })

/** As the server takes a batch: in one statement where that is enough, else the long way. */
export async function push(
  database: Database,
  who: Person,
  session: OpenSession,
  events: PushedEvent[],
  ring: Ring = silent,
): Promise<number> {
  const { id: sessionId, epoch, attachmentId } = session
  const batch = { sessionId, epoch, attachmentId, events }
  const [appended] = weighPlain(events).isPlain
    ? await database.read((tx) => appendEvents(tx, [{ ...batch, by: who }]))
    : []
  if (!appended) return database.transaction((tx) => pushEvents(tx, ring, who, batch))
  ring(sessionTopic(sessionId))
  return appended.lastSeq
}

/** The code and numbers of the refusal that `work` ends with. Throws when it ends well. */
export async function refusalOf(work: Promise<unknown>): Promise<{ code: string; [number: string]: unknown }> {
  try {
    await work
  } catch (error) {
    if (error instanceof Error && 'code' in error && 'numbers' in error)
      return { code: String(error.code), ...(error.numbers as object) }
    throw error
  }
  throw new Error('it was not refused')
}

export const reading = <T>(database: Database, work: (tx: Tx) => Promise<T>): Promise<T> => database.read(work)
export const newDecisionId = (): string => id('dec')
export const newKey = (): string => randomText(16)
