/** [F2] [E5] Retention on both databases, by a clock of the test's own: what is beyond goes, what is now stays, nothing is refilled. */
import { type SQL, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Bell } from '../../server/live/bell.ts'
import { createBell } from '../../server/live/bell.ts'
import { applyPolicy, bringUnder } from '../../server/policy/applying.ts'
import { retainAll } from '../../server/policy/retaining.ts'
import { endSession } from '../../server/store/attachments.ts'
import { createOrganisation, holdOrganisation } from '../../server/store/organisations.ts'
import { RETENTION_ROWS } from '../../server/store/retention.ts'
import {
  attach,
  event,
  type OpenSession,
  opened,
  type Person,
  type Place,
  person,
  places,
  push,
  refusalOf,
  silent,
  texts,
} from './place.ts'

const by = { actor: 'adm_test', name: 'test' }
const minutesOn = (minutes: number): SQL<Date> => sql<Date>`clock_timestamp() + make_interval(mins => ${minutes}::int)`

describe.each(places)('retention on %s', (_name, open) => {
  let place: Place
  let bell: Bell
  let who: Person
  let chain: string
  beforeAll(async () => {
    place = await open()
    bell = await createBell(null, () => {})
    who = await person(place.database)
    await place.database.transaction(async (tx) => {
      const { id } = await createOrganisation(tx, { name: 'Blue', enterpriseId: null })
      chain = id
      const document = { remoteControl: 'VIEW_AND_CONTROL', sessionRetentionMinutes: 10, auditRetentionMinutes: 10 }
      await applyPolicy(tx, silent, by, { scopeId: id, expectedVersion: 0, document, note: null })
      await bringUnder(tx, silent, by, { organisationId: id, ownerId: who.ownerId })
    })
  })
  afterAll(async () => {
    await bell?.close()
    await place?.close()
  })

  const retain = (now: SQL<Date>) => retainAll({ database: place.database, bell }, new AbortController().signal, now)
  const seqs = async ({ id }: OpenSession): Promise<number[]> => {
    const found = await place.database.read((tx) =>
      tx.execute(sql`select seq from event where session_id = ${id} order by seq`),
    )
    return ((Array.isArray(found) ? found : (found as { rows: unknown[] }).rows) as { seq: number }[]).map(
      ({ seq }) => seq,
    )
  }
  const sessionOf = async ({ id }: OpenSession) => {
    const found = await place.database.read((tx) => tx.execute(sql`select * from session where id = ${id}`))
    return ((Array.isArray(found) ? found : (found as { rows: unknown[] }).rows) as Record<string, unknown>[])[0]
  }

  it('keeps what is young and removes what is not, but for what the session still stands on', async () => {
    const session = await attach(place.database, who)
    const modes = event(1, 'ModeChanged', {
      effective: { id: 'plan', name: 'Plan' },
      requested: null,
      origin: { surface: 'AGENT' },
    })
    await push(place.database, who, session, [modes, ...texts(2, 4)])
    await push(place.database, who, session, [opened(5, `dec_${'a'.repeat(22)}`), ...texts(6, 6)])
    await retain(minutesOn(9))
    expect(await seqs(session)).toEqual([1, 2, 3, 4, 5, 6])
    await retain(minutesOn(11))
    expect(await seqs(session)).toEqual([1, 5])
    expect(await sessionOf(session)).toMatchObject({ first_seq: 7, last_seq: 6, deleted_at: null })
    // The host goes on from where the server stands; what is gone is acknowledged and not stored again (E5).
    expect((await attach(place.database, who, session)).lastSeq).toBe(6)
    expect(await push(place.database, who, session, [...texts(2, 4)])).toBe(6)
    expect(await push(place.database, who, session, texts(7, 8))).toBe(8)
    expect(await seqs(session)).toEqual([1, 5, 7, 8])
  })

  it('removes a long session piece by piece, and of one that is over everything but the marker', async () => {
    const session = await attach(place.database, who)
    for (let at = 0; at < RETENTION_ROWS * 2; at += 500)
      await push(place.database, who, session, texts(at + 1, at + 500))
    await place.database.transaction((tx) =>
      endSession(tx, silent, who, { sessionId: session.id, epoch: 1, reason: 'done' }),
    )
    await retain(minutesOn(11))
    expect(await seqs(session)).toEqual([])
    expect(await sessionOf(session)).toMatchObject({ cwd: '', deleted_at: expect.anything() })
    expect(await refusalOf(attach(place.database, who, session))).toMatchObject({ code: 'SESSION_DELETED' })
  })

  it('removes nothing under a legal hold, nor of whom nobody governs', async () => {
    const free = await person(place.database)
    const [held, theirs] = [await attach(place.database, who), await attach(place.database, free)]
    await push(place.database, who, held, texts(1, 2))
    await push(place.database, free, theirs, texts(1, 2))
    await place.database.transaction((tx) => holdOrganisation(tx, chain, 'test'))
    await retain(minutesOn(1000))
    expect(await seqs(held)).toEqual([1, 2])
    await place.database.transaction((tx) => holdOrganisation(tx, chain, null))
    await retain(minutesOn(1000))
    expect([await seqs(held), await seqs(theirs)]).toEqual([[], [1, 2]])
  })
})
