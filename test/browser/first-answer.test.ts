// From the QR to an answered question, as a person with no manual does it: counted in taps.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Desk, openDesk } from '../kit/desk.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
})
afterAll(() => desk?.close())

describe('a phone that has never been here', () => {
  it('[H3] goes from the QR to an answered question in at most 6 taps', async () => {
    await desk.works()
    const asked = desk.agent.asksForm('Which port?', {
      port: { type: 'string', title: 'Which port?', enum: ['3000', '8080'] },
    })
    const phone = await desk.phone()
    const { link, pairing } = await desk.opensPairing()
    await phone.opens(link)
    await phone.taps('Pair this phone')
    const match = phone.page.getByRole('img', { name: /^Match code/ })
    // [A3] six signs, equal on both sides, or the key press throws.
    const code = ((await match.textContent()) ?? '').replaceAll(/\s/g, '')
    expect(code).toMatch(/^[0-9A-Z]{6}$/)
    await desk.confirms(pairing, code)
    await phone.taps(/Answer/)
    await phone.taps('8080')
    await phone.taps('Send answer')
    expect(await asked.answered()).toBe('accept')
    expect(await asked.raw()).toMatchObject({ content: { port: '8080' } })
    await phone.sees(/Answered on this phone .*8080/)
    expect(phone.tapCount).toBeLessThanOrEqual(6)
    expect(phone.complaints).toEqual([])
  })
})
