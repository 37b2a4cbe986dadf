import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { event as eventTable } from '../../server/db/schema.ts'
import { limits } from '../../server/store/limits.ts'
import { encodePayload } from '../../server/store/payload.ts'
import { type Found, type SessionSearch, storedSearch } from '../../server/store/search.ts'
import { attach, event, type Person, type Place, person, places, push, text } from './place.ts'

describe.each(places)('search on %s', (_name, open) => {
  let place: Place
  let who: Person
  let search: SessionSearch
  beforeAll(async () => {
    place = await open()
    who = await person(place.database)
    search = storedSearch(place.database)
  })
  afterAll(() => place?.close())

  const { signal } = new AbortController()
  const looks = (sessionId: string, words: string, how: { before?: number; limit?: number } = {}): Promise<Found> =>
    search({ sessionId, words, before: how.before ?? null, limit: how.limit ?? 50 }, signal)
  const seqs = (found: Found) => found.events.map((row) => row.seq)

  it('[B3] finds words in any text, newest first, large or small, also quoted, escaped, and in other letters', async () => {
    const session = await attach(place.database, who)
    const said = ['The Build passed', 'nothing', 'build\nagain', 'say "build" \\ or not', 'ÄRGER über Öl', 'agenttext']
    await push(
      place.database,
      who,
      session,
      said.map((words, index) => text(index + 1, words)),
    )
    expect(seqs(await looks(session.id, 'BUILD'))).toEqual([4, 3, 1])
    expect(seqs(await looks(session.id, '"build" \\'))).toEqual([4])
    expect(seqs(await looks(session.id, 'build\nagain'))).toEqual([3])
    expect(seqs(await looks(session.id, 'ärger ÜBER'))).toEqual([5])
    expect(seqs(await looks(session.id, '%'))).toEqual([])
  })

  it('[B3] takes neither keys nor ids for texts, and no other session’s words', async () => {
    const [mine, other] = [await attach(place.database, who), await attach(place.database, who)]
    await push(place.database, who, mine, [text(1, 'here')])
    await push(place.database, who, other, [text(1, 'there')])
    expect((await looks(mine.id, 'messageId')).events).toEqual([])
    expect((await looks(mine.id, 'm1')).events).toEqual([])
    expect((await looks(mine.id, 'there')).events).toEqual([])
  })

  it('[E9] looks into what this server does not know, and past a payload that has rotted', async () => {
    const session = await attach(place.database, who)
    const json = JSON.stringify({ json: '{"deep":"a needle"}', jsonBody: null })
    const unknown = event(2, 'AgentText', { messageId: 'm', text: '' }, { kind: 'later', format: 'other', json })
    await push(place.database, who, session, [text(1, 'needle'), unknown, text(3, 'hay')])
    await place.database.read((tx) =>
      tx.insert(eventTable).values({
        ...{ sessionId: session.id, seq: 4, epoch: 1, at: new Date(), kind: 'AgentText', digest: 'f'.repeat(64) },
        ...{ format: 'json', payload: new Uint8Array([0xff, 0, 0xc3, 0x28, 0x5c]) },
      }),
    )
    expect(seqs(await looks(session.id, 'needle'))).toEqual([2, 1])
  })

  it('[B3] goes on where it stopped, gives everything once, and looks at no more than its limit in one call', async () => {
    const session = await attach(place.database, who)
    const count = limits.searchEvents + 2_500
    const rows = Array.from({ length: count }, (_, index) => ({
      ...{ sessionId: session.id, seq: index + 1, epoch: 1, at: new Date(), kind: 'AgentText', format: 'json' },
      digest: 'e'.repeat(64),
      payload: encodePayload({ messageId: 'm', text: index % 5000 === 0 ? 'rare word' : 'word' }),
    }))
    for (let from = 0; from < count; from += 2_500)
      await place.database.read((tx) => tx.insert(eventTable).values(rows.slice(from, from + 2_500)))
    const all: number[] = []
    let calls = 0
    for (let before: number | null | undefined; before !== null; calls += 1) {
      const found = await looks(session.id, 'rare', { limit: 2, ...(before === undefined ? {} : { before }) })
      all.push(...seqs(found))
      before = found.searchedTo
    }
    expect(all).toEqual([20_001, 15_001, 10_001, 5_001, 1])
    expect(calls).toBeGreaterThan(1)
    const once = await looks(session.id, 'not there')
    expect(once).toEqual({ events: [], searchedTo: count + 1 - limits.searchEvents })
  })
})
