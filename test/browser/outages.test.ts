// The server goes, the workstation goes: the page says so with an age, comes back by itself, and nothing happens twice.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Desk, type DeskPhone, openDesk } from '../kit/desk.ts'

let desk: Desk
let phone: DeskPhone
beforeAll(async () => {
  desk = await openDesk()
  phone = await desk.phone()
  await phone.pairs()
  await desk.works()
})
afterAll(() => desk?.close())

describe('a server that is restarted in the middle of an open permission', () => {
  it('[E1][D1] the page reconnects by itself, the decision is still there, is answered and settles once', async () => {
    const asked = desk.agent.asks({ title: 'Migrate', command: 'npm run migrate' })
    await phone.sees(/Answer$/)
    const start = await desk.stopsServer()
    await phone.sees(/^Reconnecting \d+ s$/)
    desk.agent.says('Said while the server was away.')
    await start()
    await phone.sees('Live')
    await phone.sees('Said while the server was away.')
    await phone.taps(/Answer$/)
    await phone.sees('npm run migrate')
    await phone.taps('Allow')
    expect(await asked.answered()).toBe('allow')
    await phone.sees(/^Answered on this phone \d\d:\d\d: Allow$/)
    const settled = desk.session.view().transcript.items.filter((item) => item.is === 'decisionSettled')
    expect(settled).toHaveLength(1)
    await phone.closes()
  })

  it('[C5] an answer given while the server is away is kept, and sent once when it is back', async () => {
    const asked = desk.agent.asks({ title: 'Clean', command: 'npm run clean' })
    await phone.taps(/Answer$/)
    await phone.sees('npm run clean')
    const start = await desk.stopsServer()
    await phone.taps('Deny')
    await phone.sees(/^Kept on this phone \d\d:\d\d$/)
    await start()
    expect(await asked.answered()).toBe('deny')
    await phone.sees(/^Answered on this phone \d\d:\d\d: Deny$/)
    await phone.closes()
  })
})

describe('a workstation that is cut off', () => {
  it('[B6] the page says since when it is offline, and that it is live again', async () => {
    const asked = desk.agent.asks({ title: 'Deploy', command: 'npm run deploy' })
    await phone.sees(/Answer$/)
    desk.wire.cut()
    await desk.forgetsHeartbeat()
    await phone.page.reload()
    await phone.sees(/atlas is offline/)
    await phone.taps(/Answer$/)
    await phone.taps('Allow')
    await phone.sees(/^Sent \d\d:\d\d, waiting for atlas$/)
    await desk.session.answer(desk.session.view().decisions[0]?.id ?? '', { is: 'option', optionId: 'deny' })
    expect(await asked.answered()).toBe('deny')
    desk.agent.says('Not deployed.')
    desk.wire.mend()
    await phone.sees(/^Answered at the terminal \d\d:\d\d: Deny$/)
    await phone.sees(/Your Allow came second/)
    await phone.closes()
    await phone.sees('Live')
    await phone.sees('Not deployed.')
  })

  it('[C5] a prompt sent meanwhile waits in words, and runs once when the workstation is back', async () => {
    desk.wire.cut()
    await desk.forgetsHeartbeat()
    await phone.page.reload()
    await phone.sees(/atlas is offline/)
    await phone.writes('Prompt', 'Deploy tomorrow')
    await phone.taps('Send')
    await phone.sees(/^Saved \d\d:\d\d\. atlas is offline since/)
    desk.wire.mend()
    await phone.sees(/^Queued on atlas \d\d:\d\d, after this turn/)
    desk.agent.ends()
    expect((await desk.agent.prompted()).text).toBe('Deploy tomorrow')
    expect(desk.agent.promptCount()).toBe(2)
  })
})
