import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { command as commandTable } from '../../server/db/schema.ts'
import { type Bell, createBell } from '../../server/live/bell.ts'
import { tail } from '../../server/live/tail.ts'
import { write } from '../../server/live/write.ts'
import { createCommand } from '../../server/store/commands.ts'
import { expireNext } from '../../server/store/delivery.ts'
import { listEvents } from '../../server/store/events.ts'
import { pushEvents } from '../../server/store/push-events.ts'
import { sessionTopic, type Topic } from '../../server/store/topic.ts'
import {
  attach,
  newKey,
  type OpenSession,
  type Person,
  type Place,
  person,
  places,
  push,
  text,
  texts,
} from './place.ts'

describe.each(places)('live on %s', (_name, open) => {
  let place: Place
  let who: Person
  /** Of the process that writes, and of the one that reads. */
  let writing: Bell
  let reading: Bell
  beforeAll(async () => {
    place = await open()
    who = await person(place.database)
    writing = await createBell(place.database.signals)
    reading = place.other === place.database ? writing : await createBell(place.other.signals)
  })
  afterAll(async () => {
    await writing?.close()
    await reading?.close()
    await place?.close()
  })

  const publish = (session: OpenSession, from: number, to: number) =>
    write({ database: place.database, bell: writing }, (tx, ring) =>
      pushEvents(tx, ring, who, { ...session, sessionId: session.id, events: texts(from, to) }),
    )

  /** Follows a session's numbers from the other process, as a subscription does. Nothing but a ring can wake it within the test. */
  function follow(session: OpenSession, signal: AbortSignal, limit = 50) {
    let cursor = 0
    return tail({
      ...{ bell: reading, topics: [sessionTopic(session.id)], signal, safetySeconds: 600 },
      read: async () => {
        const page = { after: cursor, before: null, limit, backward: false }
        const rows = await place.other.read((tx) => listEvents(tx, session.id, page))
        cursor = rows.at(-1)?.seq ?? cursor
        return rows.length > 0 ? rows.map((row) => row.seq) : null
      },
    })
  }

  it('[L3] a reader in another process gets every number once and in order while it is written', async () => {
    const session = await attach(place.database, who)
    const ended = new AbortController()
    const seen: number[] = []
    const reader = (async () => {
      for await (const seqs of follow(session, ended.signal)) {
        seen.push(...seqs)
        if (seen.length >= 120) return
      }
    })()
    for (let batch = 0; batch < 40; batch++) await publish(session, batch * 3 + 1, batch * 3 + 3)
    await reader
    expect(seen).toEqual(Array.from({ length: 120 }, (_, index) => index + 1))
  })

  it('[L5] a slow reader costs a cursor: it finds all of it when it pulls, page by page', async () => {
    const session = await attach(place.database, who)
    const tailing = follow(session, new AbortController().signal, 7)
    await publish(session, 1, 100)
    const seen: number[] = []
    let pages = 0
    while (seen.length < 100) {
      const { value } = await tailing.next()
      seen.push(...(value ?? []))
      pages++
    }
    expect([seen.length, pages]).toEqual([100, 15])
    await tailing.return?.()
  })

  it('[L4] ending a reader ends its wait at once', async () => {
    const session = await attach(place.database, who)
    const tailing = follow(session, new AbortController().signal)
    const waiting = tailing.next()
    await tailing.return?.()
    expect(await waiting).toEqual({ done: true, value: undefined })
    const revoked = new AbortController()
    const second = follow(session, revoked.signal).next()
    revoked.abort(new RangeError('revoked'))
    await expect(second).rejects.toThrow('revoked')
    const left = new AbortController()
    const third = follow(session, left.signal).next()
    left.abort()
    expect((await third).done).toBe(true)
  })

  it('[L2] nothing rings for what was rolled back', async () => {
    const session = await attach(place.database, who)
    const watch = reading.watch(sessionTopic(session.id))
    const failing = write({ database: place.database, bell: writing }, async (tx, ring) => {
      await pushEvents(tx, ring, who, { ...session, sessionId: session.id, events: [text(1)] })
      throw new RangeError('after the insert')
    })
    await expect(failing).rejects.toThrow('after the insert')
    expect(
      await place.database.read((tx) =>
        listEvents(tx, session.id, { after: null, before: null, limit: 9, backward: false }),
      ),
    ).toEqual([])
    await publish(session, 1, 1)
    expect(await watch.rung(5000)).toBe(true)
    watch.close()
  })

  it('[L1] hundreds of topics rung at once all arrive, though one message holds few of them', async () => {
    const topics = Array.from({ length: 700 }, (_, index): Topic => `session:ses_${'x'.repeat(20)}${index}`)
    const watches = topics.map((topic) => reading.watch(topic))
    writing.ring(...topics)
    const rung = await Promise.all(watches.map((watch) => watch.rung(5000)))
    expect(rung.every(Boolean)).toBe(true)
    for (const watch of watches) watch.close()
  })

  it('[L3] a lost ring delays and loses nothing: the safety poll finds it', async () => {
    const session = await attach(place.database, who)
    let cursor = 0
    const tailing = tail({
      ...{ bell: reading, topics: [], signal: new AbortController().signal, safetySeconds: 0.05 },
      read: async () => {
        const page = { after: cursor, before: null, limit: 9, backward: false }
        const rows = await place.other.read((tx) => listEvents(tx, session.id, page))
        cursor = rows.at(-1)?.seq ?? cursor
        return rows.length > 0 ? rows.map((row) => row.seq) : null
      },
    })
    const next = tailing.next()
    await push(place.database, who, session, texts(1, 2))
    expect((await next).value).toEqual([1, 2])
    await tailing.return?.()
  })

  it('[C5] what is overdue is ended by a round of any process, once, and its watchers are rung', async () => {
    const session = await attach(place.database, who)
    const made = await place.database.transaction((tx) =>
      createCommand(tx, () => {}, {
        ...{ ownerId: who.ownerId, hostId: who.hostId, sessionId: session.id, device: who.phone, key: newKey() },
        ...{ kind: 'CancelTurn', value: { turnId: null }, proof: null, expiresInSeconds: 300 },
      }),
    )
    const past = { expiresAt: sql`now() - interval '1 second'` }
    await place.database.transaction((tx) => tx.update(commandTable).set(past).where(eq(commandTable.id, made.id)))
    const watch = reading.watch(sessionTopic(session.id))
    const round = async (database: Place['database'], bell: Bell) => {
      while (await write({ database, bell }, expireNext));
    }
    await Promise.all([round(place.database, writing), round(place.other, reading)])
    expect(await watch.rung(5000)).toBe(true)
    const [row] = await place.database.read((tx) => tx.select().from(commandTable).where(eq(commandTable.id, made.id)))
    expect(row).toMatchObject({ state: 'EXPIRED', revision: made.revision + 1 })
    expect(await place.database.transaction((tx) => expireNext(tx, () => {}))).toBe(false)
    watch.close()
  })
})
