// A place in a transcript: which item a number belongs to, and pages on either side.
import { describe, expect, it } from 'vitest'
import type { EventSource } from '../../../../pwa/features/transcript/event-source.ts'
import { createPlace, itemOf, type Place } from '../../../../pwa/features/transcript/place.ts'
import { said, script } from './script.ts'

const events = script(Array.from({ length: 1000 }, (_, at) => said(`Line ${at + 1}`, `m${at + 1}`)))
const source: EventSource = {
  follow: () => undefined,
  back: () => Promise.resolve(),
  async page({ last, before = Number.MAX_SAFE_INTEGER }) {
    const older = events.filter(({ seq }) => seq < before)
    return { events: older.slice(-last), hasOlder: older.length > last }
  },
  async newer({ first, after }) {
    const newer = events.filter(({ seq }) => seq > after)
    return { events: newer.slice(0, first), hasNewer: newer.length > first }
  },
}
const there = (place: Place) => expect.poll(() => place.current().loading).toBeNull()

describe('a place', () => {
  it('[B3] holds the events on both sides of its number, without a gap', async () => {
    const place = createPlace({ source, seq: 500 })
    await there(place)
    const { firstSeq, lastSeq, items } = place.current().transcript
    expect(items).toHaveLength(lastSeq - firstSeq + 1)
    expect(firstSeq).toBeLessThan(500)
    expect(lastSeq).toBeGreaterThan(500)
    await Promise.all([place.older(), place.newer()])
    await place.newer()
    const grown = place.current().transcript
    expect(grown.firstSeq).toBeLessThan(firstSeq)
    expect(grown.lastSeq).toBeGreaterThan(lastSeq)
    expect(grown.items).toHaveLength(grown.lastSeq - grown.firstSeq + 1)
  })

  it('[B3] knows where the transcript begins and ends', async () => {
    const [first, last] = [1, 1000].map((seq) => createPlace({ source, seq }))
    if (!first || !last) throw new Error('no place')
    await there(first)
    await there(last)
    expect(first.current()).toMatchObject({ hasOlder: false, hasNewer: true })
    expect(last.current()).toMatchObject({ hasOlder: true, hasNewer: false })
  })

  it('[B3] finds the item of a number, also where an item is made of many events', () => {
    const pieces = script([said('One ', 'a'), said('message', 'a'), said('Another', 'b')])
    expect(itemOf(pieces, 1)).toBe(itemOf(pieces, 2))
    expect(itemOf(pieces, 3)).not.toBe(itemOf(pieces, 2))
    expect(itemOf([], 3)).toBeNull()
  })
})
