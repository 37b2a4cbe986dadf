import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { event as eventTable } from '../../server/db/schema.ts'
import { listEvents } from '../../server/store/events.ts'
import { attach, type Person, type Place, person, places, push, texts } from './place.ts'

describe.each(places)('pages of events on %s', (_name, open) => {
  let place: Place
  let who: Person
  beforeAll(async () => {
    place = await open()
    who = await person(place.database)
  })
  afterAll(() => place?.close())

  const stored = (sessionId: string) =>
    place.database.read((tx) => listEvents(tx, sessionId, { after: null, before: null, limit: 500, backward: false }))

  it('[B3] a page is what its rows hold, whatever stands in their names and payloads', async () => {
    const session = await attach(place.database, who)
    await push(place.database, who, session, texts(1, 4))
    const whose = eq(eventTable.sessionId, session.id)
    const bytes = (told: string) => new TextEncoder().encode(told)
    const column = (seq: number, values: { kind?: string; payload?: Uint8Array; at?: Date }) =>
      place.database.transaction((tx) =>
        tx
          .update(eventTable)
          .set(values)
          .where(and(whose, eq(eventTable.seq, seq))),
      )
    const expectSame = async () => {
      const told = await stored(session.id)
      const rows = await place.database.read((tx) => tx.select().from(eventTable).where(whose).orderBy(eventTable.seq))
      const plain = (row: (typeof told)[number]) => ({ ...row, payload: Buffer.from(row.payload).toString('latin1') })
      expect(told.map(plain)).toEqual(rows.map(plain))
      const some = await place.database.read((tx) =>
        listEvents(tx, session.id, { after: null, before: 4, limit: 2, backward: true }),
      )
      expect(some.map(plain)).toEqual(rows.slice(1, 3).map(plain))
    }
    await expectSame()
    await column(2, { kind: '  a kind of  its own ', at: new Date('1969-12-31T23:59:59.999Z') })
    await column(3, { payload: bytes('{"text":"Ünïcode 🂡 \r\n\t"}'), at: new Date('9998-01-02T03:04:05.067Z') })
    await expectSame()
    // What stands between two events: in a payload, in a name, in both at once, and as all of a payload.
    await column(1, { payload: bytes('x\u001ey') })
    await expectSame()
    await column(2, { kind: 'a\u001eb', payload: new Uint8Array() })
    await expectSame()
    await column(1, { payload: bytes('\u001e') })
    await column(4, { payload: new Uint8Array([0xff, 0x1e, 0]) })
    await expectSame()
  })
})
