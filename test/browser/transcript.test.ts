// A long transcript: opens at its tail, pages back without a jump, follows the end only while the reader is there.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Desk, type DeskPhone, openDesk } from '../kit/desk.ts'
import { type PublishedSession, publishSession } from '../kit/session.ts'

const COUNT = 5000
let desk: Desk
let phone: DeskPhone
let session: PublishedSession
beforeAll(async () => {
  desk = await openDesk()
  // From another workstation of the same person: only its transcript is of interest here.
  session = await publishSession(desk.server.gql, await desk.server.enrolledHost('barn'))
  for (let from = 1; from <= COUNT; from += 500)
    await session.push(...Array.from({ length: 500 }, (_, index) => line(from + index)))
  phone = await desk.phone()
  await phone.pairs()
})
afterAll(() => desk?.close())

// Of different heights, as real ones are.
const line = (number: number) => ({
  agentText: { messageId: `m${number}`, text: `Line ${number}${' and some more words'.repeat(number % 7)}` },
})
/** Numbers and places of the lines on the screen, from top to bottom. */
const lines = () =>
  phone.page.evaluate(() => {
    const log = document.querySelector('[role=log]')?.getBoundingClientRect()
    return [...document.querySelectorAll('.tr-place')]
      .map((place) => ({ number: Number(/Line (\d+)/.exec(place.textContent)?.[1]), y: place.getBoundingClientRect() }))
      .filter(({ number, y }) => number > 0 && log && y.bottom > log.top && y.top < log.bottom)
      .map(({ number, y }) => ({ number, top: Math.round(y.top) }))
      .sort((a, b) => a.top - b.top)
  })
const scrollTo = (where: number) =>
  phone.page.getByRole('log').evaluate((log, top) => {
    log.scrollTop = top
  }, where)
const rising = (numbers: number[]) => numbers.every((one, at) => at === 0 || one === (numbers[at - 1] ?? 0) + 1)

describe('a transcript of 5,000 events', () => {
  it('[B3] opens at its tail, in order and without a gap', async () => {
    await phone.opens(`/s/${session.id}`)
    await phone.sees(new RegExp(`^Line ${COUNT}`))
    const numbers = (await lines()).map((one) => one.number)
    expect(numbers.at(-1)).toBe(COUNT)
    expect(rising(numbers)).toBe(true)
  })

  it('[B3] pages back without a jump: the line under the eye stays where it is', async () => {
    await scrollTo(700)
    for (let page = 0; page < 3; page++) {
      const height = () => phone.page.getByRole('log').evaluate((log) => log.scrollHeight)
      const before = await height()
      await scrollTo(700)
      await expect.poll(async () => (await lines()).length).toBeGreaterThan(2)
      const [eye] = await lines()
      await expect.poll(height, { timeout: 10_000 }).toBeGreaterThan(before)
      await expect
        .poll(async () => (await lines()).find((one) => one.number === eye?.number)?.top)
        .toSatisfy((top: number) => Math.abs(top - (eye?.top ?? 0)) <= 3)
      expect(rising((await lines()).map((one) => one.number))).toBe(true)
    }
  })

  it('[B3] what comes while the reader is elsewhere moves nothing, and is said; a tap leads there', async () => {
    const before = await lines()
    await session.push(line(COUNT + 1))
    await phone.control('New below').waitFor()
    expect(await lines()).toEqual(before)
    await phone.taps('New below')
    await phone.sees(new RegExp(`^Line ${COUNT + 1}`))
    await phone.control('New below').waitFor({ state: 'detached' })
  })

  it('[B3] follows the end while the reader is there, also when the last line grows', async () => {
    for (let number = COUNT + 2; number < COUNT + 12; number++) await session.push(line(number))
    await expect.poll(async () => (await lines()).at(-1)?.number).toBe(COUNT + 11)
    await session.push({ agentText: { messageId: `m${COUNT + 11}`, text: '\n\nA long end. '.repeat(60) } })
    await expect
      .poll(() =>
        phone.page.getByRole('log').evaluate((log) => log.scrollHeight - log.clientHeight - log.scrollTop <= 2),
      )
      .toBe(true)
    expect(await phone.control('New below').count()).toBe(0)
    expect(phone.complaints).toEqual([])
  })
})

describe('a reader at the end on a desktop', () => {
  it('[B3] stays there when a panel opens, grows and closes above the composer', async () => {
    const desktop = await desk.desktop()
    await desktop.pairs()
    await desk.works()
    for (let number = 1; number < 30; number++) {
      desk.agent.says(`Paragraph ${number}${' with words'.repeat(number)}\n\n`, { messageId: `p${number}` })
      desk.agent.reports(desk.agent.starts(`Step ${number}`), `Done ${number}`)
    }
    const toGo = () =>
      desktop.page.getByRole('log').evaluate((log) => Math.round(log.scrollHeight - log.clientHeight - log.scrollTop))
    await desktop.sees(/^Paragraph 29/)
    await expect.poll(toGo).toBeLessThanOrEqual(2)
    for (let round = 0; round < 2; round++) {
      const asked = desk.agent.asks({ title: 'Run', command: 'echo one\n'.repeat(4) })
      await desktop.control(/^Allow/).waitFor()
      await expect.poll(toGo).toBeLessThanOrEqual(2)
      await desktop.taps(/^Allow/)
      await asked.answered()
      await desktop.closes()
      const form = desk.agent.asksForm('Which?', { one: { type: 'string', enum: ['a', 'b', 'c', 'd'] } })
      await desktop.sees('Send answer')
      await expect.poll(toGo).toBeLessThanOrEqual(2)
      await desktop.taps('Decline')
      await form.answered()
      await desktop.closes()
      await expect.poll(toGo).toBeLessThanOrEqual(2)
    }
    expect(await desktop.control('New below').count()).toBe(0)
  })
})
