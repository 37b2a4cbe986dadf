import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { event as eventTable, session as sessionTable } from '../../server/db/schema.ts'
import { endSession } from '../../server/store/attachments.ts'
import { findDecisionRows } from '../../server/store/decisions.ts'
import { eventsAfter, listEvents, readStored, sessionWithEvents } from '../../server/store/events.ts'
import { payloadText } from '../../server/store/payload.ts'
import { waitingPrompts } from '../../server/store/prompts.ts'
import { deleteSession, findSession } from '../../server/store/sessions.ts'
import {
  attach,
  event,
  newDecisionId,
  opened,
  type Person,
  type Place,
  person,
  places,
  push,
  refusalOf,
  settled,
  silent,
  text,
  texts,
} from './place.ts'

describe.each(places)('events on %s', (_name, open) => {
  let place: Place
  let who: Person
  beforeAll(async () => {
    place = await open()
    who = await person(place.database)
  })
  afterAll(() => place?.close())

  const stored = (sessionId: string) =>
    place.database.read((tx) => listEvents(tx, sessionId, { after: null, before: null, limit: 500, backward: false }))
  const seqs = async (sessionId: string) => (await stored(sessionId)).map((row) => row.seq)

  it('[E2] a repeated batch is acknowledged and stored once', async () => {
    const session = await attach(place.database, who)
    expect(await push(place.database, who, session, texts(1, 3))).toBe(3)
    expect(await push(place.database, who, session, texts(1, 3))).toBe(3)
    expect(await push(place.database, who, session, texts(2, 5))).toBe(5)
    expect(await push(place.database, who, session, [])).toBe(5)
    expect(await seqs(session.id)).toEqual([1, 2, 3, 4, 5])
  })

  it('[E2] a number with another content is a conflict and a gap names the number expected', async () => {
    const session = await attach(place.database, who)
    await push(place.database, who, session, texts(1, 2))
    const conflict = push(place.database, who, session, [text(1), text(2, 'another'), text(3)])
    expect(await refusalOf(conflict)).toEqual({ code: 'EVENT_CONFLICT', seq: 2 })
    expect(await refusalOf(push(place.database, who, session, [text(4)]))).toEqual({
      code: 'EVENT_GAP',
      expectedSeq: 3,
    })
    const hole = push(place.database, who, session, [text(3), text(5)])
    expect(await refusalOf(hole)).toEqual({ code: 'EVENT_GAP', expectedSeq: 4 })
    expect(await seqs(session.id)).toEqual([1, 2])
  })

  it('[E3] a batch is all or nothing: a body that is missing at its end leaves nothing of it', async () => {
    const session = await attach(place.database, who)
    const digest = 'b'.repeat(64)
    const referring = event(2, 'AgentText', {
      ...{ messageId: 'm', text: 'preview' },
      textBody: { digest, mediaType: 'text/plain', size: 70_000 },
    })
    const decisionId = newDecisionId()
    const batch = [opened(1, decisionId), referring]
    expect(await refusalOf(push(place.database, who, session, batch))).toEqual({ code: 'BODY_MISSING', digest })
    expect(await seqs(session.id)).toEqual([])
    const row = await place.database.read((tx) => findSession(tx, who.ownerId, session.id))
    expect(row).toMatchObject({ lastSeq: 0, revision: 1 })
    expect(await place.database.read((tx) => findDecisionRows(tx, [`${session.id}/${decisionId}`]))).toEqual([])
  })

  it('[E7] a poison event is named, and a tombstone under its number lets the session go on', async () => {
    const session = await attach(place.database, who)
    const poison = { ...text(2), problem: 'it holds a NUL character' }
    const refused = await refusalOf(push(place.database, who, session, [text(1), poison, text(3)]))
    expect(refused).toMatchObject({ code: 'EVENT_REFUSED', seq: 2 })
    expect(await seqs(session.id)).toEqual([])
    const grave = event(2, 'Tombstone', { reason: 'it holds a NUL character', replacedKind: 'AgentText' })
    expect(await push(place.database, who, session, [text(1), grave, text(3)])).toBe(3)
  })

  it('[E7] what was acknowledged once is acknowledged again, though today it would be refused', async () => {
    const session = await attach(place.database, who)
    await push(place.database, who, session, texts(1, 2))
    const now = [text(1), { ...text(2), problem: 'stricter than yesterday' }, text(3)]
    expect(await push(place.database, who, session, now)).toBe(3)
  })

  it('[E7] an event above the limit is refused by its own number, not as a batch', async () => {
    const session = await attach(place.database, who)
    const large = text(2, 'x'.repeat(300 * 1024))
    expect(await refusalOf(push(place.database, who, session, [text(1), large]))).toMatchObject({
      code: 'EVENT_REFUSED',
      seq: 2,
    })
    const many = Array.from({ length: 6 }, (_, index) => text(index + 1, 'x'.repeat(200 * 1024)))
    expect(await refusalOf(push(place.database, who, session, many))).toEqual({ code: 'TOO_LARGE', limit: 1024 * 1024 })
  })

  it('[E4] a newer epoch fences the older, and another attachment of the same epoch is refused', async () => {
    const first = await attach(place.database, who)
    await push(place.database, who, first, texts(1, 2))
    const second = await attach(place.other, who, { id: first.id, epoch: 2 })
    expect(second.lastSeq).toBe(2)
    expect(await refusalOf(push(place.database, who, first, [text(3)]))).toEqual({
      code: 'EPOCH_FENCED',
      currentEpoch: 2,
    })
    expect(await refusalOf(attach(place.database, who, first))).toEqual({ code: 'EPOCH_FENCED', currentEpoch: 2 })
    const thief = attach(place.database, who, { id: first.id, epoch: 2, attachmentId: 'att_another' })
    expect(await refusalOf(thief)).toEqual({ code: 'ATTACHMENT_TAKEN' })
    expect(await push(place.database, who, second, [text(3)])).toBe(3)
  })

  it('[E4] starting the same attachment again changes nothing', async () => {
    const session = await attach(place.database, who)
    await push(place.database, who, session, [event(1, 'TurnStarted', { turnId: 't1' })])
    const before = await place.database.read((tx) => findSession(tx, who.ownerId, session.id))
    await attach(place.other, who, session)
    expect(await place.database.read((tx) => findSession(tx, who.ownerId, session.id))).toEqual(before)
  })

  it('[E4] ten attachments that start one session at once under the same epoch end with one', async () => {
    const { id } = await attach(place.database, who)
    const starts = Array.from({ length: 10 }, (_, index) =>
      attach(index % 2 ? place.database : place.other, who, { id, epoch: 2, attachmentId: `att_racing_${index}` }),
    )
    const results = await Promise.allSettled(starts)
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
  })

  it('[E2] twenty pushes of overlapping batches at once leave every number once', async () => {
    const session = await attach(place.database, who)
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        push(index % 2 ? place.database : place.other, who, session, texts(1, 1 + (index % 7))),
      ),
    )
    expect(results.every((result) => result.status === 'fulfilled')).toBe(true)
    expect(await seqs(session.id)).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  it('[E5] a deleted session leaves a marker and is never refilled', async () => {
    const session = await attach(place.database, who)
    await push(place.database, who, session, [...texts(1, 3), opened(4, newDecisionId())])
    const where = { ownerId: who.ownerId, id: session.id }
    await place.database.transaction((tx) => deleteSession(tx, silent, where))
    await place.database.transaction((tx) => deleteSession(tx, silent, where))
    expect(await seqs(session.id)).toEqual([])
    expect(await refusalOf(push(place.database, who, session, texts(1, 3)))).toEqual({ code: 'SESSION_DELETED' })
    const again = attach(place.database, who, { id: session.id, epoch: 9 })
    expect(await refusalOf(again)).toEqual({ code: 'SESSION_DELETED' })
  })

  it('[E5] a journal replayed into an empty server rebuilds session, decisions and prompts', async () => {
    const decisionId = newDecisionId()
    const origin = { surface: 'TERMINAL' }
    const journal = [
      event(1, 'PromptChanged', { promptId: 'p1', state: 'RUNNING', text: 'Fix it\nplease', delivery: 'NOW', origin }),
      event(2, 'TurnStarted', { turnId: 't1' }),
      opened(3, decisionId),
      settled(4, decisionId),
      event(5, 'PromptChanged', { promptId: 'p2', state: 'HELD', text: 'Next', delivery: 'AFTER_TURN', origin }),
      event(6, 'TurnEnded', { turnId: 't1', stopReason: 'error', errorMessage: 'no more tokens' }),
    ]
    const rebuilt = []
    for (const batches of [[journal], journal.map((one) => [one])]) {
      const session = await attach(place.database, who)
      for (const batch of batches) await push(place.database, who, session, batch)
      const row = await place.database.read((tx) => findSession(tx, who.ownerId, session.id))
      const [decision] = await place.database.read((tx) => findDecisionRows(tx, [`${session.id}/${decisionId}`]))
      const prompts = await place.database.read((tx) => waitingPrompts(tx, [session.id]))
      rebuilt.push({
        ...{ state: row?.state, detail: row?.stateDetail, title: row?.promptTitle, lastSeq: row?.lastSeq },
        ...{ decision: decision?.state, outcome: decision?.outcome, prompts: prompts.map((one) => one.id) },
      })
    }
    expect(rebuilt[0]).toEqual({
      ...{ state: 'STOPPED', detail: 'no more tokens', title: 'Next', lastSeq: 6 },
      ...{ decision: 'SETTLED', outcome: 'ANSWERED', prompts: ['p1', 'p2'] },
    })
    expect(rebuilt[1]).toEqual(rebuilt[0])
  })

  it('[E9] what this server does not know is kept word for word, and a payload that rots nulls nothing', async () => {
    const session = await attach(place.database, who)
    const json = JSON.stringify({ json: '{"a":1}', jsonBody: null })
    const written = { json, bytes: json.length }
    await push(place.database, who, session, [
      { ...text(1), kind: 'HologramShown', format: 'other', ...written, known: null, refs: null },
      { ...text(2), kind: 'AgentText', format: 'other', ...written, known: null, refs: null },
      text(3),
    ])
    await place.database.transaction((tx) =>
      tx
        .update(eventTable)
        .set({ payload: new Uint8Array([255, 0, 1]) })
        .where(eq(eventTable.seq, 3)),
    )
    await push(place.database, who, session, [text(4)])
    const rows = await stored(session.id)
    expect(rows.map((row) => readStored(row)?.kind ?? null)).toEqual([null, null, null, 'AgentText'])
    const of = { ownerId: who.ownerId, sessionId: session.id, after: 0, limit: 9 }
    const followed = await place.database.read((tx) => eventsAfter(tx, of))
    expect(followed).toEqual({ rows, lastSeq: 4 })
    expect(payloadText(rows[2]?.payload ?? '')).toBe('\ufffd\0\u0001')
    expect(rows[0]).toMatchObject({ kind: 'HologramShown', format: 'other', epoch: 1 })
    expect(payloadText(rows[0]?.payload ?? '')).toBe('{"json":"{\\"a\\":1}","jsonBody":null}')
  })

  it('[E1] an ended session takes nothing new, acknowledges what it has, and a higher epoch opens it again', async () => {
    const session = await attach(place.database, who)
    await push(place.database, who, session, texts(1, 2))
    const end = { sessionId: session.id, epoch: 1, reason: 'quit' }
    await place.database.transaction((tx) => endSession(tx, silent, who, end))
    expect(await push(place.database, who, session, texts(1, 2))).toBe(2)
    expect(await refusalOf(push(place.database, who, session, [text(3)]))).toEqual({ code: 'SESSION_ENDED' })
    const next = await attach(place.database, who, { id: session.id, epoch: 2 })
    expect(await push(place.database, who, next, [text(3)])).toBe(3)
  })

  it('[T1] the session of another owner or host is not there', async () => {
    const stranger = await person(place.database)
    const session = await attach(place.database, who)
    expect(await refusalOf(push(place.database, stranger, session, [text(1)]))).toEqual({ code: 'NOT_FOUND' })
    expect(await refusalOf(attach(place.database, stranger, session))).toEqual({ code: 'NOT_FOUND' })
    expect(await place.database.read((tx) => findSession(tx, stranger.ownerId, session.id))).toBeNull()
  })

  it('[E10] pages follow the numbers from either end', async () => {
    const session = await attach(place.database, who)
    await push(place.database, who, session, texts(1, 9))
    const page = async (after: number | null, before: number | null, limit: number, backward: boolean) =>
      (await place.database.read((tx) => listEvents(tx, session.id, { after, before, limit, backward }))).map(
        (row) => row.seq,
      )
    expect(await page(null, null, 3, false)).toEqual([1, 2, 3])
    expect(await page(null, null, 3, true)).toEqual([7, 8, 9])
    expect(await page(null, 7, 3, true)).toEqual([4, 5, 6])
    expect(await page(3, 6, 10, false)).toEqual([4, 5])
  })

  it('[B3] a session and a page of its events are one statement, the same as two', async () => {
    const session = await attach(place.database, who)
    await push(place.database, who, session, texts(1, 5))
    const filled = {
      name: 'Ünïcode "quoted"',
      branch: null,
      archivedAt: new Date('2026-01-02T03:04:05.060Z'),
      planSeq: 3,
    }
    const rotten = { payload: new Uint8Array([0]) }
    await place.database.transaction(async (tx) => {
      await tx.update(sessionTable).set(filled).where(eq(sessionTable.id, session.id))
      await tx
        .update(eventTable)
        .set(rotten)
        .where(and(eq(eventTable.sessionId, session.id), eq(eventTable.seq, 2)))
    })
    const of = { ownerId: who.ownerId, sessionId: session.id }
    for (const page of [
      { after: null, before: null, limit: 2, backward: true },
      { after: null, before: 4, limit: 9, backward: true },
      { after: 1, before: null, limit: 2, backward: false },
      { after: 5, before: null, limit: 2, backward: false },
    ]) {
      const both = await place.database.read((tx) => sessionWithEvents(tx, of, page))
      const [row, rows] = await place.database.read(
        async (tx) => [await findSession(tx, who.ownerId, session.id), await listEvents(tx, session.id, page)] as const,
      )
      expect(both).toEqual({ session: row, rows })
      expect(row).toMatchObject(filled)
    }
    const page = { after: null, before: null, limit: 2, backward: true }
    const stranger = await person(place.database)
    const seenBy = (ownerId: string) =>
      place.database.read((tx) => sessionWithEvents(tx, { ownerId, sessionId: session.id }, page))
    expect(await seenBy(stranger.ownerId)).toBeNull()
    await place.database.transaction((tx) => deleteSession(tx, silent, { ownerId: who.ownerId, id: session.id }))
    expect(await seenBy(who.ownerId)).toBeNull()
  })
})
