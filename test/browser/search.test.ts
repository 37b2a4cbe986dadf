// Words in a session of 100,000 events: found by the server, listed with what stands around them, and a tap goes to the place.
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { event } from '../../server/db/schema.ts'
import { type Desk, type DeskPhone, openDesk } from '../kit/desk.ts'
import { publishSession } from '../kit/session.ts'

const COUNT = 100_000
/** Where the rare words stand. */
const PLACES = [7, 50_000, 99_990]
let desk: Desk
let phone: DeskPhone
let path: string
beforeAll(async () => {
  desk = await openDesk()
  const session = await publishSession(desk.server.gql, await desk.server.enrolledHost('barn'))
  await session.push(...[1, 2].map((number) => ({ agentText: { messageId: `m${number}`, text: `Line ${number}` } })))
  // Pushed one by one they would take minutes; here what matters is that they are there.
  await desk.database.transaction(async (tx) => {
    const rare = sql.join(
      PLACES.map((seq) => sql`${seq}`),
      sql`, `,
    )
    await tx.execute(sql`
      insert into ${event} (session_id, seq, epoch, at, kind, digest, format, payload)
      select ${session.id}, n, 1, now() - interval '1 second' * (${COUNT} - n), 'AgentText', decode(repeat('ee', 32), 'hex'), 'json',
        convert_to(json_build_object('messageId', 'm' || n, 'text',
          'Line ' || n || case when n in (${rare}) then ' hides a Brass Key, so to speak' else '' end)::text, 'UTF8')
      from generate_series(3, ${COUNT}) n`)
    await tx.execute(sql`update session set last_seq = ${COUNT} where id = ${session.id}`)
  })
  path = `/s/${session.id}`
  phone = await desk.phone()
  await phone.pairs()
})
afterAll(() => desk?.close())

/** Numbers of the lines on the screen of that device, from top to bottom. */
const lines = (device: DeskPhone) =>
  device.page.evaluate(() => {
    const log = document.querySelector('[role=log]')?.getBoundingClientRect()
    return [...document.querySelectorAll('.tr-place')]
      .map((place) => ({
        number: Number(/Line (\d+)/.exec(place.textContent)?.[1]),
        at: place.getBoundingClientRect(),
      }))
      .filter(({ number, at }) => number > 0 && log && at.bottom > log.top && at.top < log.bottom)
      .sort((a, b) => a.at.top - b.at.top)
      .map(({ number }) => number)
  })
const rising = (numbers: number[]) => numbers.every((one, at) => at === 0 || one === (numbers[at - 1] ?? 0) + 1)
/** As a reader does: until there is nothing more to wish for. */
const scrollsTo = async (device: DeskPhone, where: 'start' | 'end', claim: (numbers: number[]) => boolean) => {
  const scroll = () =>
    device.page.getByRole('log').evaluate((log, to) => log.scrollTo(0, to === 'end' ? log.scrollHeight : 0), where)
  await expect.poll(async () => (claim(await lines(device)) ? true : scroll().then(() => lines(device)))).toBe(true)
}

describe('search in a session of 100,000 events', () => {
  it('[B3] finds words from its end to its beginning, newest first, with the words around', async () => {
    await phone.opens(path)
    await phone.sees(/^Line 100000/)
    await phone.taps(/^More for/)
    await phone.taps('Search')
    await phone.writes('Search in this session', 'brass key')
    await phone.sees('3 places')
    const rows = phone.page.locator('dialog[open] button.row-main')
    expect(await rows.allInnerTexts()).toEqual([
      expect.stringMatching(/^Line 99990 hides a Brass Key, so to speak/),
      expect.stringMatching(/^Line 50000 hides/),
      expect.stringMatching(/^Line 7 hides/),
    ])
    expect(await phone.page.locator('dialog[open] mark').allInnerTexts()).toEqual(Array(3).fill('Brass Key'))
  })

  it('[B3] a tap goes to the place, in order and without a gap; older and newer pages come as the reader goes', async () => {
    await phone.tapsOn(/^Line 50000/)
    await expect.poll(() => lines(phone)).toContain(50_000)
    expect(rising(await lines(phone))).toBe(true)
    await phone.sees('2 of 3')
    await scrollsTo(phone, 'start', (numbers) => (numbers[0] ?? COUNT) < 49_881)
    await scrollsTo(phone, 'end', (numbers) => (numbers.at(-1) ?? 0) > 50_120)
    expect(rising(await lines(phone))).toBe(true)
    await phone.taps('Older place')
    await expect.poll(() => lines(phone)).toContain(7)
    await scrollsTo(phone, 'start', (numbers) => numbers[0] === 1)
    expect(await phone.control('Older place').isDisabled()).toBe(true)
  })

  it('[B3] and back to the end, where what comes next is followed again', async () => {
    await phone.taps('To the end')
    await expect.poll(async () => (await lines(phone)).at(-1)).toBe(COUNT)
    expect(await phone.control('Older place').count()).toBe(0)
  })

  it('[B3] says when nothing holds the words', async () => {
    await phone.taps(/^More for/)
    await phone.taps('Search')
    await phone.writes('Search in this session', 'unicorn')
    await phone.sees('Nothing here holds “unicorn”.')
    expect(phone.complaints).toEqual([])
  })

  it('[H2] by keys alone: Ctrl+F, words, Enter; the place has the focus', async () => {
    const desktop = await desk.desktop()
    await desktop.pairs()
    await desktop.opens(path)
    await desktop.sees(/^Line 100000/)
    await desktop.presses('Control+f')
    await expect.poll(() => desktop.page.evaluate(() => document.activeElement?.getAttribute('type'))).toBe('search')
    await desktop.page.keyboard.type('brass key')
    await desktop.sees('3 places')
    await desktop.presses('Enter')
    await expect.poll(() => desktop.page.evaluate(() => document.activeElement?.textContent)).toMatch(/^Line 99990 /)
    expect(desktop.complaints).toEqual([])
  })
})
