/** The push in one statement: what it stores is what the long way stores, and whatever needs a look it leaves alone. */
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { session } from '../../server/db/schema.ts'
import { appendEvents, type Batch, weighPlain } from '../../server/store/append-events.ts'
import { endSession } from '../../server/store/attachments.ts'
import { type EventRow, listEvents } from '../../server/store/events.ts'
import { pushEvents } from '../../server/store/push-events.ts'
import type { PushedEvent } from '../../server/store/pushed-event.ts'
import { deleteSession, findSession, lockSession } from '../../server/store/sessions.ts'
import {
  attach,
  event,
  newDecisionId,
  type OpenSession,
  opened,
  type Person,
  type Place,
  person,
  places,
  silent,
  text,
  texts,
} from './place.ts'

describe.each(places)('a push in one statement on %s', (name, open) => {
  let place: Place
  let who: Person
  beforeAll(async () => {
    place = await open()
    who = await person(place.database)
  }, 60_000)
  afterAll(() => place?.close())

  const short = async (batches: Batch[]) => {
    if (!batches.every(({ events }) => weighPlain(events).isPlain)) return batches.map(() => null)
    const appended = await place.database.read((tx) => appendEvents(tx, batches))
    return appended.map((one) => one?.lastSeq ?? null)
  }
  const batchOf = ({ id: sessionId, epoch, attachmentId }: OpenSession, events: PushedEvent[], by: Person = who) => ({
    ...{ sessionId, epoch, attachmentId, events, by },
  })
  const append = async (...one: Parameters<typeof batchOf>) => (await short([batchOf(...one)]))[0] ?? null
  const stored = (sessionId: string): Promise<EventRow[]> =>
    place.other.read((tx) => listEvents(tx, sessionId, { after: null, before: null, limit: 500, backward: false }))
  const seqs = async (sessionId: string) => (await stored(sessionId)).map((row) => row.seq)
  const lastSeq = async (sessionId: string) =>
    (await place.other.read((tx) => findSession(tx, who.ownerId, sessionId)))?.lastSeq

  it('[E9] stores byte for byte what came, on the short way and on the long', async () => {
    const words = [
      'plain',
      '"quoted" \\ back\\u0041slash',
      'line\nbreak\u2028\ttab',
      'é ü 漢字 🙂 \u{10FFFF}',
      '',
      "it's {a: 1}",
      'control \u001e\u0001 characters',
    ]
    const batch = words.map((one, index) => text(index + 1, one))
    const tool = { toolCallId: 't1', kind: 'read', title: 'Read', status: 'completed', rawInput: '{"path":"a"}' }
    batch.push(event(batch.length + 1, 'ToolCallChanged', tool))
    const other = { ...text(batch.length + 1), kind: 'Later', format: 'other' as const, known: null }
    batch.push(other, { ...other, seq: other.seq + 1, kind: 'NULL' })
    const [short, long] = [await attach(place.database, who), await attach(place.database, who)]
    expect(await append(short, batch)).toBe(batch.length)
    const { id: sessionId, epoch, attachmentId } = long
    await place.database.transaction((tx) =>
      pushEvents(tx, silent, who, { sessionId, epoch, attachmentId, events: batch }),
    )
    const shape = (rows: EventRow[]) =>
      rows.map(({ sessionId: _, receivedAt, payload, ...row }) => ({
        ...{ ...row, isRecent: Math.abs(Date.now() - receivedAt.getTime()) < 60_000 },
        payload: Buffer.from(payload).toString('hex'),
      }))
    const rows = await stored(short.id)
    expect(rows.map(({ payload }) => Buffer.from(payload).toString('utf8'))).toEqual(batch.map(({ json }) => json))
    expect(shape(rows)).toEqual(shape(await stored(long.id)))
    expect(await lastSeq(short.id)).toBe(batch.length)
  })

  it('[E3] batches of several sessions are one statement, each whole or not at all, with the same bytes', async () => {
    const made = () => attach(place.database, who)
    const [fine, gap, foreign, fenced, alsoFine] = [
      await made(),
      await made(),
      await made(),
      await made(),
      await made(),
    ]
    const sessions = [fine, gap, foreign, fenced, alsoFine]
    const stranger = await person(place.database)
    const odd = [text(1, 'line\nbreak "quoted" \\u0041 é 漢字 🙂'), text(2, "it's {a: 1}")]
    const batches = [
      batchOf(fine, odd),
      batchOf(gap, texts(2, 3)),
      batchOf(foreign, texts(1, 2), stranger),
      batchOf({ ...fenced, epoch: fenced.epoch + 1 }, texts(1, 2)),
      batchOf(alsoFine, texts(1, 3)),
    ]
    expect(await short(batches)).toEqual([2, null, null, null, 3])
    expect(await Promise.all(sessions.map(({ id }) => seqs(id)))).toEqual([[1, 2], [], [], [], [1, 2, 3]])
    const alone = await attach(place.database, who)
    await append(alone, odd)
    const payloads = async (id: string) => (await stored(id)).map((row) => Buffer.from(row.payload).toString())
    expect(await payloads(fine.id)).toEqual(await payloads(alone.id))
    expect(await payloads(fine.id)).toEqual(odd.map(({ json }) => json))
  })

  it('[E5] no event is stored without its session, alone or among others, on the short way or on the long', async () => {
    const there = await attach(place.database, who)
    const nowhere = { ...there, id: 'ses_never_was_there_never_was' }
    expect(await append(nowhere, texts(1, 2))).toBeNull()
    expect(await short([batchOf(nowhere, texts(1, 2)), batchOf(there, texts(1, 2))])).toEqual([null, 2])
    const { epoch, attachmentId } = there
    const long = place.database.transaction((tx) =>
      pushEvents(tx, silent, who, { sessionId: nowhere.id, epoch, attachmentId, events: texts(1, 2) }),
    )
    await expect(long).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await seqs(nowhere.id)).toEqual([])
  })

  it('[E2] a repetition, an overlap and a gap are left to the long way, and nothing of them is stored', async () => {
    const session = await attach(place.database, who)
    expect(await append(session, texts(1, 3))).toBe(3)
    // The number before the lowest would be none, and no answer to anybody in the statement.
    const lowest = [text(-2_147_483_648)]
    for (const batch of [texts(1, 3), texts(3, 5), texts(5, 6), [text(4), text(6)], lowest, []])
      expect(await append(session, batch)).toBeNull()
    expect(await seqs(session.id)).toEqual([1, 2, 3])
    expect(await append(session, texts(4, 4))).toBe(4)
  })

  it('[E4] another epoch, another attachment, another host or owner stores nothing', async () => {
    const session = await attach(place.database, who)
    const stranger = await person(place.database)
    expect(await append({ ...session, epoch: 2 }, texts(1, 1))).toBeNull()
    expect(await append({ ...session, attachmentId: 'att_other' }, texts(1, 1))).toBeNull()
    expect(await append(session, texts(1, 1), stranger)).toBeNull()
    expect(await append(session, texts(1, 1), { ...who, hostId: stranger.hostId })).toBeNull()
    expect(await seqs(session.id)).toEqual([])
    const newer = await attach(place.database, who, { id: session.id, epoch: 2 })
    expect(await append(session, texts(1, 1))).toBeNull()
    expect(await append(newer, texts(1, 1))).toBe(1)
  })

  it('[E5] an ended and a deleted session take nothing', async () => {
    const [ended, deleted] = [await attach(place.database, who), await attach(place.database, who)]
    const end = { sessionId: ended.id, epoch: 1, reason: 'done' }
    await place.database.transaction((tx) => endSession(tx, silent, who, end))
    await place.database.transaction((tx) => deleteSession(tx, silent, { ownerId: who.ownerId, id: deleted.id }))
    expect(await append(ended, texts(1, 1))).toBeNull()
    expect(await append(deleted, texts(1, 1))).toBeNull()
    expect(await seqs(ended.id)).toEqual([])
    expect(await seqs(deleted.id)).toEqual([])
  })

  it('[E6] [E7] what changes other rows, refers to a body, or can never be stored is left to the long way', async () => {
    const session = await attach(place.database, who)
    const body = { digest: 'b'.repeat(64), mediaType: 'text/plain', size: 70_000 }
    const batches = [
      [text(1), opened(2, newDecisionId())],
      [text(1), event(2, 'TurnStarted', { turnId: 't1', promptId: null })],
      [event(1, 'AgentText', { messageId: 'm', text: 'preview', textBody: body })],
      [text(1), { ...text(2), problem: 'it holds a NUL character' }],
      [text(1), { ...text(2), bytes: 300_000 }],
    ]
    for (const batch of batches) expect(await append(session, batch)).toBeNull()
    expect(await seqs(session.id)).toEqual([])
  })

  it('[E2] [E3] of twenty pushes of the same numbers at once one is stored whole', async () => {
    const session = await attach(place.database, who)
    const ends = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        append(
          session,
          [1, 2, 3].map((seq) => text(seq, `from ${n}`)),
        ),
      ),
    )
    expect(ends.filter((end) => end !== null)).toEqual([3])
    const rows = await stored(session.id)
    expect(rows.map((row) => row.seq)).toEqual([1, 2, 3])
    expect(
      new Set(
        rows.map(
          (row) =>
            Buffer.from(row.payload)
              .toString()
              .match(/from \d+/)?.[0],
        ),
      ).size,
    ).toBe(1)
  })

  // An embedded one runs one transaction at a time: nobody can hold a row there while a statement runs.
  if (name === 'PostgreSQL')
    it('[peers 2] a session that somebody else has locked is left out, and holds no other up', async () => {
      const [held, free] = [await attach(place.database, who), await attach(place.database, who)]
      await place.other.transaction(async (tx) => {
        await lockSession(tx, held.id)
        expect(await short([batchOf(held, texts(1, 2)), batchOf(free, texts(1, 2))])).toEqual([null, 2])
      })
      expect(await short([batchOf(held, texts(1, 2)), batchOf(free, texts(3, 4))])).toEqual([2, 4])
    })

  it('[E5] what the row of a session left behind, when somebody removed it, is shown to nobody and does not stand in the way of its refill', async () => {
    const its = await attach(place.database, who)
    await append(its, [text(1), text(2)])
    await place.database.transaction((tx) => tx.delete(session).where(eq(session.id, its.id)))
    const again = await attach(place.database, who, { id: its.id })
    expect(await seqs(its.id)).toEqual([])
    expect(await append(again, [text(1, 'anew')])).toBe(1)
  })
})
