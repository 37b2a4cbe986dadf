// Several surfaces on one decision: who comes late sees all of it, who comes second is told who was first.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Desk, type DeskPhone, openDesk } from '../kit/desk.ts'

let desk: Desk
let pixel: DeskPhone
let galaxy: DeskPhone
beforeAll(async () => {
  desk = await openDesk()
})
afterAll(() => desk?.close())

const settlements = () => desk.session.view().transcript.items.filter((item) => item.is === 'decisionSettled').length
const decisionId = () => desk.session.view().decisions[0]?.id ?? ''
const allow = { is: 'option', optionId: 'allow' } as const

describe('a phone that joins late', () => {
  it('[B2] sees what was said before and answers what was asked before it was there, and before remote was on', async () => {
    await desk.session.remote.off()
    await desk.works()
    const asked = desk.agent.asks({ title: 'Asked before remote', command: 'make early' })
    await desk.until((view) => view.decisions.length === 1, 'the permission')
    await desk.session.remote.on({ share: true })
    desk.agent.says('Said before you came.')
    pixel = await desk.phone()
    await pixel.pairs()
    await pixel.sees('Said before you came.')
    await pixel.taps(/Answer$/)
    await pixel.sees('make early')
    await pixel.taps('Allow')
    expect(await asked.answered()).toBe('allow')
    await pixel.closes()
  })
})

describe('two phones and the terminal on one permission', () => {
  it('[D2][D3] the terminal wins while the workstation is cut off: one effect, and both phones are told who answered, where', async () => {
    galaxy = await desk.phone({ model: 'Galaxy S24' })
    await galaxy.pairs()
    const before = settlements()
    const asked = desk.agent.asks({ title: 'Push', command: 'git push --force' })
    await pixel.taps(/Answer$/)
    await galaxy.taps(/Answer$/)
    await pixel.sees('git push --force')
    desk.wire.cut()
    await pixel.taps('Allow')
    await pixel.sees(/^Sent \d\d:\d\d, waiting for atlas$/)
    await galaxy.sees('Answered on Pixel 8, waiting for atlas. A Deny still replaces an Allow.')
    await galaxy.taps('Deny')
    await galaxy.sees(/^Sent \d\d:\d\d, waiting for atlas$/)
    await desk.session.answer(decisionId(), allow)
    expect(await asked.answered()).toBe('allow')
    desk.wire.mend()
    for (const phone of [pixel, galaxy]) await phone.sees(/^Answered at the terminal \d\d:\d\d: Allow$/)
    await pixel.sees(/Your Allow came second \(\d\d:\d\d:\d\d\)\. It was not applied\./)
    await galaxy.sees(
      /Your Deny came second \(\d\d:\d\d:\d\d\)\. It was not applied\. To stop the command, cancel the turn\./,
    )
    expect(settlements() - before).toBe(1)
    await pixel.closes()
    await galaxy.closes()
  })

  it('[C7] all three at the same moment: one effect at the agent, and every surface names the same winner', async () => {
    for (let round = 0; round < 3; round++) {
      const before = settlements()
      const asked = desk.agent.asks({ title: `Round ${round}`, command: `echo ${round}` })
      const buttons = await Promise.all(
        [pixel, galaxy].map(async (phone) => {
          await phone.taps(/Answer$/)
          await phone.control('Allow').click({ trial: true })
          const place = await phone.control('Allow').boundingBox()
          return { phone, x: (place?.x ?? 0) + 20, y: (place?.y ?? 0) + 20 }
        }),
      )
      const [stands] = await Promise.all([
        desk.session.answer(decisionId(), allow),
        ...buttons.map(({ phone, x, y }) => phone.page.touchscreen.tap(x, y)),
      ])
      expect(await asked.answered()).toBe('allow')
      const winner = stands?.origin.surface === 'TERMINAL' ? 'terminal' : stands?.origin.deviceName
      for (const [phone, model] of [
        [pixel, 'Pixel 8'],
        [galaxy, 'Galaxy S24'],
      ] as const) {
        const where = winner === 'terminal' ? 'at the terminal' : winner === model ? 'on this phone' : `on ${winner}`
        await phone.sees(new RegExp(`^Answered ${where} \\d\\d:\\d\\d: Allow$`))
        await phone.closes()
      }
      expect(settlements() - before).toBe(1)
    }
    expect([...pixel.complaints, ...galaxy.complaints]).toEqual([])
  })
})
