// What a device may not do: revoked it closes and says so, limited it shows why.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Desk, type DeskPhone, openDesk } from '../kit/desk.ts'

let desk: Desk
let owner: DeskPhone
let lost: DeskPhone
beforeAll(async () => {
  desk = await openDesk()
  owner = await desk.phone()
  await owner.pairs()
  lost = await desk.phone({ model: 'Galaxy S24' })
  await lost.pairs()
  await desk.works()
})
afterAll(() => desk?.close())

/** A second for the server (T3), one for a busy machine to draw it. */
const AT_ONCE_MS = 2_000

describe('a lost phone', () => {
  it('[T3] that is revoked from another one closes at once, says so, and shows nothing of the session', async () => {
    desk.agent.says('A secret of this session.')
    await lost.sees('A secret of this session.')
    await owner.opens('/settings/devices')
    await owner.taps(/^Galaxy S24/)
    await owner.taps('Revoke')
    await owner.taps('Revoke')
    await lost.page.getByText('This device may no longer connect').waitFor({ timeout: AT_ONCE_MS })
    await lost.seesNo('A secret of this session.')
    // Nor does it come back.
    await lost.page.reload()
    await lost.sees('This device may no longer connect')
    await lost.sees(/“Galaxy S24”/)
    expect(await lost.page.getByText('A secret of this session.').count()).toBe(0)
  })

  it('[T3] can be paired again at the terminal, with another key', async () => {
    await lost.taps('Pair this device again')
    await lost.control('Pair this phone').waitFor()
    await lost.pairs()
    await lost.sees('A secret of this session.')
  })
})

describe('a device that may only look', () => {
  let viewer: DeskPhone
  it('[A5][T7] has no composer, and says why', async () => {
    viewer = await desk.phone({ model: 'Tablet' })
    await viewer.pairs('VIEW')
    await viewer.sees('A secret of this session.')
    expect(await viewer.page.getByLabel('Prompt', { exact: true }).count()).toBe(0)
    await viewer.taps('Why?')
    await viewer.sees('You cannot send prompts here: view only')
    await viewer.presses('Escape')
    expect(await viewer.control('Cancel turn').count()).toBe(0)
  })

  it('[D5] sees what is asked with every answer locked, Deny too', async () => {
    const asked = desk.agent.asks({ title: 'Look', command: 'cat secrets' })
    await viewer.taps(/Answer$/)
    await viewer.sees('cat secrets')
    for (const name of ['Allow', 'Deny']) expect(await viewer.control(name).isDisabled()).toBe(true)
    await viewer.sees(/Here this device may go up to view\./)
    await desk.session.answer(desk.session.view().decisions[0]?.id ?? '', { is: 'option', optionId: 'deny' })
    expect(await asked.answered()).toBe('deny')
    await viewer.sees(/^Answered at the terminal \d\d:\d\d: Deny$/)
    expect(viewer.complaints).toEqual([])
  })
})
