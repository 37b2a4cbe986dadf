/** By how much this device's clock is ahead: what the Date of an answer says, and never more than is sure. */
import { expect, it } from 'vitest'
import { createServerClock } from '../../../pwa/graphql/server-clock.ts'

const SERVER = Date.parse('2026-11-20T15:00:00Z')
function createScene() {
  let [nowMs, tookMs, date] = [SERVER, 50, new Date(SERVER).toUTCString() as string | null]
  const send = (async () => {
    nowMs += tookMs
    return new Response('', date === null ? {} : { headers: { date } })
  }) as typeof fetch
  const clock = createServerClock(send, () => nowMs)
  return {
    clock,
    async hears(deviceMs: number, how: { tookMs?: number; date?: string | null } = {}) {
      nowMs = deviceMs
      tookMs = how.tookMs ?? 50
      date = how.date === undefined ? new Date(SERVER).toUTCString() : how.date
      await clock.fetch('/graphql')
      return clock.aheadMs()
    },
  }
}

it('is not ahead where the clocks agree, or this one is behind, or nothing has been heard', async () => {
  const { clock, hears } = createScene()
  expect(clock.aheadMs()).toBe(0)
  for (const device of [SERVER, SERVER + 1999, SERVER - 3_600_000]) expect(await hears(device)).toBe(0)
})

it('is ahead by what is sure, and no longer once it was set right', async () => {
  const { hears } = createScene()
  expect(await hears(SERVER + 86_400_000)).toBe(86_400_000 - 2000)
  expect(await hears(SERVER + 500)).toBe(0)
})

it('learns nothing from an answer without a Date, nor from one that was long under way', async () => {
  const { hears } = createScene()
  const ahead = await hears(SERVER + 3_600_000)
  expect(ahead).toBe(3_598_000)
  expect(await hears(SERVER, { date: null })).toBe(ahead)
  expect(await hears(SERVER, { date: 'soon' })).toBe(ahead)
  expect(await hears(SERVER, { tookMs: 10_000 })).toBe(ahead)
})
