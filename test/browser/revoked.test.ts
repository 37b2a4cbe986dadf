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

/** Every key that lies in this browser's storage for the page, with its place: `offdesk/identity`. */
const keptBy = (device: DeskPhone): Promise<string[]> =>
  device.page.evaluate(async () => {
    const all = Object.keys(localStorage).map((name) => `localStorage/${name}`)
    for (const { name = '' } of await indexedDB.databases()) {
      const opening = indexedDB.open(name)
      const keys = await new Promise<string[]>((resolve) => {
        opening.onsuccess = () => {
          const stores = [...opening.result.objectStoreNames]
          const found: string[] = []
          if (stores.length === 0) return resolve(found)
          const reading = opening.result.transaction(stores)
          for (const store of stores) {
            const asking = reading.objectStore(store).getAllKeys()
            asking.onsuccess = () => found.push(...asking.result.map((key) => `${name}/${key}`))
          }
          reading.oncomplete = () => resolve(found)
        }
      })
      opening.result.close()
      // The service worker's own precache bookkeeping holds names of the app's files only.
      if (name.startsWith('workbox')) continue
      all.push(...keys)
    }
    return all
  })

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
    await lost.page.getByText('This phone may no longer connect').waitFor({ timeout: AT_ONCE_MS })
    await lost.seesNo('A secret of this session.')
    // Nor does it come back.
    await lost.page.reload()
    await lost.sees('This phone may no longer connect')
    await lost.sees(/“Galaxy S24”/)
    expect(await lost.page.getByText('A secret of this session.').count()).toBe(0)
  })

  it('[T3] can be paired again at the terminal, with another key', async () => {
    await lost.taps('Pair this phone again')
    await lost.control('Pair this phone').waitFor()
    await lost.pairs()
    await lost.sees('A secret of this session.')
  })
})

describe('what a device kept', () => {
  it('[T3] is gone from it when a revoked one removes what is stored', async () => {
    const left = await desk.phone({ model: 'Moto G' })
    await left.pairs()
    await left.sees('A secret of this session.')
    await left.context.setOffline(true)
    await left.sees(/is offline/)
    await left.writes('Prompt', 'A prompt that never left')
    await left.taps('Send')
    await left.writes('Prompt', 'A draft')
    for (const place of [
      'offdesk/',
      'offdesk-transcripts/',
      'keyval-store/',
      'offdesk-outbox/',
      'localStorage/offdesk-draft:',
    ])
      await expect.poll(() => keptBy(left)).toEqual(expect.arrayContaining([expect.stringContaining(place)]))
    await owner.opens('/settings/devices')
    await owner.taps(/^Moto G/)
    await owner.taps('Revoke')
    await owner.taps('Revoke')
    await left.context.setOffline(false)
    await left.sees('This phone may no longer connect')
    expect(await keptBy(left)).not.toEqual([])
    await left.taps('Remove what is stored here')
    await left.sees('This phone is not paired')
    await expect.poll(() => keptBy(left)).toEqual([])
  })

  it('[T3] is gone when it is unpaired, also what its page was writing down just then', async () => {
    const left = await desk.phone({ model: 'Fairphone' })
    await left.pairs()
    await left.sees('A secret of this session.')
    await left.writes('Prompt', 'Another draft')
    await left.page.evaluate(() => localStorage.setItem('offdesk-dismissed:a', '["b"]'))
    await expect.poll(() => keptBy(left)).toEqual(expect.arrayContaining([expect.stringContaining('keyval-store/')]))
    await left.opens('/settings')
    await left.taps('Unpair this phone')
    await left.taps('Unpair')
    await left.sees('This phone is not paired')
    await expect.poll(() => keptBy(left), { timeout: 5_000 }).toEqual([])
    await left.page.reload()
    await left.sees('This phone is not paired')
    expect(await keptBy(left)).toEqual([])
  })
})

describe('a device that may only look', () => {
  let viewer: DeskPhone
  it('[A5][T7] has no composer, and says why', async () => {
    viewer = await desk.phone({ model: 'Tablet' })
    await viewer.pairs('VIEW')
    await viewer.sees('A secret of this session.')
    expect(await viewer.page.getByLabel('Prompt', { exact: true }).count()).toBe(0)
    // What the server has to add comes when the sheet is closed, and does not open it again.
    let lets = () => {}
    const late = new Promise<void>((resolve) => {
      lets = resolve
    })
    await viewer.page.route('**/graphql', async (route) => {
      if (route.request().postData()?.includes('WhyNot')) await late
      await route.continue()
    })
    const added = viewer.page.waitForResponse((one) => one.request().postData()?.includes('WhyNot') ?? false)
    await viewer.taps('Why?')
    await viewer.sees('You cannot send prompts here: view only')
    await viewer.presses('Escape')
    await viewer.seesNo('You cannot send prompts here: view only')
    lets()
    await (await added).finished()
    await viewer.page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    )
    expect(await viewer.page.getByRole('dialog').count()).toBe(0)
    await viewer.page.unroute('**/graphql')
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
