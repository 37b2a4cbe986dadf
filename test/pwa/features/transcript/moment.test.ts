// The place of a moment in a transcript: found by looking at few events, also where retention has taken the beginning.
import { describe, expect, it } from 'vitest'
import type { EventSource } from '../../../../pwa/features/transcript/event-source.ts'
import { seqAt } from '../../../../pwa/features/transcript/moment.ts'
import { said, script } from './script.ts'

const all = script(Array.from({ length: 1000 }, (_, at) => said(`Line ${at + 1}`, `m${at + 1}`)))
const timeOf = (seq: number) => Date.parse(all[seq - 1]?.at ?? '')
let asked = 0
const sourceOf = (events: typeof all): EventSource => ({
  follow: () => undefined,
  back: () => Promise.resolve(),
  newer: () => Promise.reject(new Error('not asked')),
  async page({ last, before = Number.MAX_SAFE_INTEGER }) {
    asked += 1
    const older = events.filter(({ seq }) => seq < before)
    return { events: older.slice(-last), hasOlder: older.length > last }
  },
})
const whole = sourceOf(all)
const { signal } = new AbortController()

describe('the place of a moment', () => {
  it.each([1, 2, 499, 500, 999, 1000])('[C4] is the event of that very moment: %i', async (seq) => {
    expect(await seqAt(whole, timeOf(seq), signal)).toBe(seq)
  })

  it('[C4] is the last event before it, where nothing happened in it', async () => {
    expect(timeOf(501) - timeOf(500)).toBeGreaterThan(1)
    expect(await seqAt(whole, timeOf(501) - 1, signal)).toBe(500)
    expect(await seqAt(whole, timeOf(1000) + 60_000, signal)).toBe(1000)
    expect(await seqAt(whole, timeOf(1) - 60_000, signal)).toBe(1)
  })

  it('[B3] is found with few questions', async () => {
    asked = 0
    await seqAt(whole, timeOf(377), signal)
    expect(asked).toBeLessThanOrEqual(12)
  })

  it('[E5] is the first event that is left, where its own is gone', async () => {
    const left = sourceOf(all.slice(600))
    expect(await seqAt(left, timeOf(300), signal)).toBe(601)
    expect(await seqAt(left, timeOf(700), signal)).toBe(700)
    expect(await seqAt(sourceOf([]), timeOf(300), signal)).toBeNull()
  })

  it('ends with its signal', async () => {
    const over = new AbortController()
    const found = seqAt(whole, timeOf(300), over.signal)
    over.abort(new Error('over'))
    await expect(found).rejects.toThrow('over')
  })
})
