// The list of sessions on a phone: what needs me is first; names, archive and delete are facts of the server that need no workstation.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Desk, type DeskPhone, openDesk } from '../kit/desk.ts'
import type { EnrolledHost } from '../kit/people.ts'
import { publishSession } from '../kit/session.ts'

let desk: Desk
let phone: DeskPhone
let away: EnrolledHost
const titles = () => phone.page.getByRole('link').filter({ hasText: 'Session' }).allTextContents()

/** A session of a workstation that never comes back. */
async function leaves(title: string): Promise<void> {
  const { gql } = desk.server
  const { id } = await publishSession(gql, away)
  await gql(away.token, 'mutation($id: ID!, $title: String!) { renameSession(id: $id, name: $title) { id } }', {
    ...{ id, title },
  })
}

/** A finger on the row of that session, that many pixels to the left (and down), lifted at the end. */
async function drags(device: DeskPhone, title: string, left: number, down = 0): Promise<void> {
  const box = await device.page.locator('.row', { hasText: title }).boundingBox()
  if (!box) throw new Error(`${title} is not there`)
  const finger = await device.context.newCDPSession(device.page)
  const at = { x: box.x + box.width * 0.8, y: box.y + box.height / 2 }
  const touches = (type: 'touchStart' | 'touchMove' | 'touchEnd', share: number) =>
    finger.send('Input.dispatchTouchEvent', {
      ...{ type, touchPoints: type === 'touchEnd' ? [] : [{ x: at.x - left * share, y: at.y + down * share }] },
    })
  await touches('touchStart', 0)
  for (let step = 1; step <= 12; step++) await touches('touchMove', step / 12)
  // It rests before it is lifted: after a flick Chromium takes the next tap for the end of the flight.
  for (let step = 0; step < 12; step++) {
    await device.page.evaluate(() => new Promise(requestAnimationFrame))
    await touches('touchMove', 1)
  }
  await touches('touchEnd', 1)
  await finger.detach()
}

beforeAll(async () => {
  desk = await openDesk()
  away = await desk.server.enrolledHost('attic')
  for (const letter of ['A', 'B', 'C', 'D']) await leaves(`Session ${letter}`)
  phone = await desk.phone()
  await phone.pairs()
  await phone.opens('/')
})
afterAll(() => desk?.close())

describe('the list of sessions', () => {
  it('[B4] a finger to the left archives, says so, and can be undone; a short one or one that scrolls does nothing', async () => {
    await phone.sees('Session B')
    await drags(phone, 'Session B', 60)
    await drags(phone, 'Session B', 8, 120)
    await phone.sees('Session B')
    expect(new URL(phone.page.url()).pathname).toBe('/')
    await drags(phone, 'Session B', 220)
    await phone.sees('Session B is in the archive.')
    await expect.poll(() => titles().then((all) => all.join())).not.toContain('Session B')
    await phone.taps('Undo')
    await expect.poll(() => titles().then((all) => all.join())).toContain('Session B')
    // It was a finger on the row, not on its link; a tap still opens it.
    expect(new URL(phone.page.url()).pathname).toBe('/')
    // The visible way to the same.
    await phone.taps('More for Session B')
    await phone.control('Archive').waitFor()
    await phone.presses('Escape')
  })

  it('[H2] with reduced motion the row is simply gone and simply back', async () => {
    const calm = await desk.phone({ reducedMotion: 'reduce' })
    await calm.pairs()
    await calm.opens('/')
    await calm.sees('Session B')
    await drags(calm, 'Session B', 220)
    await calm.sees('Session B is in the archive.')
    const moving = () =>
      calm.page.evaluate(() => document.getAnimations().map((one) => (one as CSSTransition).transitionProperty))
    expect((await moving()).filter((property) => property === 'transform')).toEqual([])
    await calm.page.locator('.row', { hasText: 'Session B' }).waitFor({ state: 'detached' })
    await calm.taps('Undo')
    await calm.seesNo('Session B is in the archive.')
    await calm.close()
  })

  it('[B4] rows do not change places while a finger is down, also while it scrolls', async () => {
    const order = async () => (await titles()).flatMap((text) => /Session [A-E]/.exec(text) ?? [])
    await expect.poll(() => order()).toHaveLength(4)
    const before = await order()
    const finger = await phone.context.newCDPSession(phone.page)
    const at = await phone.page.locator('.row', { hasText: 'Session A' }).boundingBox()
    if (!at) throw new Error('Session A is not there')
    await finger.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x: 180, y: at.y + 20 }] })
    await finger.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [{ x: 180, y: at.y - 40 }] })
    await leaves('Session E')
    // The page has heard of it: the list it keeps on the phone has it.
    const isKept = () =>
      phone.page.evaluate(
        () =>
          new Promise<boolean>((resolve) => {
            const opening = indexedDB.open('keyval-store')
            opening.onsuccess = () => {
              const asked = opening.result.transaction('keyval').objectStore('keyval').get('offdesk-sessions')
              asked.onsuccess = () => resolve(JSON.stringify(asked.result).includes('Session E'))
            }
          }),
      )
    await expect.poll(isKept).toBe(true)
    expect(await order()).toEqual(before)
    await finger.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
    await phone.sees('Session E')
    await finger.detach()
  })

  it('[C7] several are archived at once, are found in the archive and come back', async () => {
    await phone.sees('Session A')
    await phone.taps('More')
    await phone.taps('Select')
    await phone.tapsOn('Session A')
    await phone.tapsOn('Session B')
    await phone.sees('2 sessions')
    await phone.taps('Archive')
    await phone.seesNo('Session A')
    await phone.seesNo('Session B')
    await phone.sees('Session C')
    await phone.taps('More')
    await phone.taps('Show the archive')
    await phone.sees('Session A')
    await phone.sees('Session B')
    await phone.taps('More')
    await phone.taps('Select')
    await phone.tapsOn('Session A')
    await phone.taps('Take out')
    await phone.seesNo('Session A')
    await phone.taps('More')
    await phone.taps('Show sessions')
    await phone.sees('Session A')
  })

  it('[C7] deleting asks once, says how many, and nothing of them is left on the server', async () => {
    await phone.taps('More')
    await phone.taps('Select')
    await phone.tapsOn('Session C')
    await phone.tapsOn('Session D')
    await phone.taps('Delete')
    await phone.sees('Delete 2 sessions?')
    await phone.taps('Delete 2 sessions')
    await phone.seesNo('Session C')
    await phone.seesNo('Session D')
    // Rows are links again once nothing is selected.
    await expect.poll(async () => (await titles()).join()).toContain('Session A')
    type Found = { sessions: { edges: { node: { title: string } }[] } }
    const { sessions } = await desk.server.gql<Found>(
      away.token,
      '{ sessions(first: 50) { edges { node { title } } } }',
    )
    const left = sessions.edges.map(({ node }) => node.title)
    expect(left).not.toContain('Session C')
    expect(left).not.toContain('Session D')
  })

  it('[B1] what waits for me stands first, whenever it was begun', async () => {
    await desk.works()
    desk.agent.asks({ title: 'make', command: 'make all' })
    await phone.sees('Waiting for you')
    const first = phone.page.getByRole('link', { name: /Make the tests pass/ }).first()
    expect(await first.getAttribute('href')).toContain('?d=')
    const places = await phone.page.getByRole('link').allTextContents()
    expect(places.findIndex((text) => text.includes('Make the tests pass'))).toBeLessThan(
      places.findIndex((text) => text.includes('Session A')),
    )
  })
})
