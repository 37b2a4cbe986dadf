// Plans on the phone: read, commented, rejected with the words, approved into the mode that was chosen.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Desk, type DeskPhone, openDesk } from '../kit/desk.ts'

const PLAN = '# Port the store\n\n1. Read the **old** store\n2. Write the new one\n3. Remove the old one\n'
const options = [
  { optionId: 'then-default', name: 'Yes, ask me', kind: 'allow_once' },
  { optionId: 'then-autopilot', name: 'Yes, on your own', kind: 'allow_always' },
  { optionId: 'reject', name: 'No, keep planning', kind: 'reject_once' },
]

let desk: Desk
let phone: DeskPhone
beforeAll(async () => {
  desk = await openDesk({ ceiling: 'FULL' })
  phone = await desk.phone()
  await phone.pairs('FULL')
})
afterAll(() => desk?.close())

const proposes = () =>
  desk.agent.asks({ title: 'Ready to code?', kind: 'switch_mode', options, toolCall: { rawInput: { plan: PLAN } } })

describe('a plan on the phone', () => {
  it('[D7] Reject with a comment: the agent gets the rejection, and the words as the next prompt where it cannot be steered', async () => {
    await desk.works('Plan it')
    const asked = proposes()
    await phone.taps(/Answer$/)
    await phone.sees('Read the old store')
    await phone.tapsOn('Write the new one')
    await phone.writes('Comment on 2. Write the new one', 'Behind a flag, please')
    await phone.taps('Keep comment')
    await phone.sees(
      /This agent takes no words with an approval\. Your comment goes only with Reject, as the next prompt\./,
    )
    await phone.taps('No, keep planning with 1 comment')
    expect(await asked.answered()).toBe('reject')
    desk.agent.ends()
    const next = await desk.agent.prompted()
    expect(next.text).toContain('Behind a flag, please')
    expect(next.text).toContain('2. Write the new one')
    desk.agent.ends()
  })

  it('[C3] [T4] into autopilot it is named as the agent names it, and without a passkey it is refused with what to do', async () => {
    await phone.page.reload()
    await desk.works('Plan it again')
    const asked = proposes()
    await phone.taps(/Answer$/)
    await phone.taps('Autopilot')
    await phone.sees(/The agent calls it “Yes, on your own”/)
    await phone.taps('Approve, then autopilot')
    await phone.sees('“Approve, then autopilot” needs your passkey')
    await phone.page.getByText('Close', { exact: true }).tap()
    await phone.taps('No, keep planning')
    expect(await asked.answered()).toBe('reject')
    await phone.closes()
    desk.agent.ends()
  })

  it('[C3] starts at the least that is offered: interactive', async () => {
    await desk.works('And once more')
    const asked = proposes()
    await phone.taps(/Answer$/)
    await phone.taps('Approve, then interactive')
    expect(await asked.answered()).toBe('then-default')
    expect(phone.complaints).toEqual([])
  })
})
