// A phone without a network: the shell opens, the last transcript is there with its age, and what was said is kept and sent once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Desk, type DeskPhone, openDesk } from '../kit/desk.ts'

let desk: Desk
let phone: DeskPhone
beforeAll(async () => {
  desk = await openDesk()
  phone = await desk.phone()
  await phone.pairs()
  await phone.page.evaluate('navigator.serviceWorker.ready.then(() => undefined)')
  await desk.works()
})
afterAll(() => desk?.close())

describe('a phone in a tunnel', () => {
  it('[C5] says so, keeps an answer and a prompt, and sends each once afterwards', async () => {
    const asked = desk.agent.asks({ title: 'Install', command: 'npm ci' })
    await phone.taps(/Answer$/)
    await phone.sees('npm ci')
    await phone.context.setOffline(true)
    await phone.taps('Allow')
    await phone.sees(/^Kept on this phone \d\d:\d\d$/)
    await phone.presses('Escape')
    await phone.sees('This phone is offline')
    await phone.writes('Prompt', 'Then run the tests')
    await phone.taps('Send')
    await phone.sees(/1, sent in this order/)
    expect(desk.session.view().decisions).toHaveLength(1)
    await phone.context.setOffline(false)
    expect(await asked.answered()).toBe('allow')
    await phone.sees('Live')
    await phone.sees(/^Queued on atlas \d\d:\d\d, after this turn/)
    desk.agent.ends()
    expect((await desk.agent.prompted()).text).toBe('Then run the tests')
    await phone.seesNo('Outbox')
    expect(desk.agent.promptCount()).toBe(2)
  })

  it('[H1] opens without a network from the service worker, with the last transcript and its age', async () => {
    desk.agent.says('The last words before the tunnel.')
    await phone.sees('The last words before the tunnel.')
    // Kept a moment after they came.
    await expect.poll(() => keptText(), { timeout: 10_000 }).toContain('The last words before the tunnel.')
    await phone.context.setOffline(true)
    const answer = await phone.page.reload()
    expect(answer?.fromServiceWorker()).toBe(true)
    await phone.sees('The last words before the tunnel.')
    await phone.sees(/Seen up to/)
    await phone.sees('This phone is offline')
  })

  it('[H1] what was typed after that reload outlives another one, and is sent once', async () => {
    await phone.writes('Prompt', 'Typed in the tunnel')
    await phone.taps('Send')
    await phone.sees(/1, sent in this order/)
    await phone.page.reload()
    await phone.sees('Typed in the tunnel')
    await phone.context.setOffline(false)
    await phone.sees(/^Queued on atlas \d\d:\d\d, after this turn/)
    desk.agent.ends()
    expect((await desk.agent.prompted()).text).toBe('Typed in the tunnel')
    expect(desk.agent.promptCount()).toBe(3)
  })
})

const keptText = () =>
  phone.page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const opening = indexedDB.open('offdesk-transcripts')
        opening.onsuccess = () => {
          const asked = opening.result.transaction('events').objectStore('events').getAll()
          asked.onsuccess = () => resolve(JSON.stringify(asked.result))
        }
      }),
  )
