// Steering from the phone: prompts now and queued, edited and withdrawn, modes, cancel. Nothing is called done before the host says so.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Desk, type DeskPhone, openDesk } from '../kit/desk.ts'

let desk: Desk
let phone: DeskPhone
beforeAll(async () => {
  desk = await openDesk()
  phone = await desk.phone()
  await phone.pairs()
})
afterAll(() => desk?.close())

const sends = async (text: string) => {
  await phone.writes('Prompt', text)
  await phone.taps('Send')
}

describe('prompts from the phone', () => {
  it('[C4] a prompt reaches the idle agent once and is called applied only then', async () => {
    await sends('Make the tests pass')
    expect((await desk.agent.prompted()).text).toBe('Make the tests pass')
    await phone.sees(/^Applied \d\d:\d\d$/)
    desk.agent.says('I will look at the tests.')
    await phone.sees('I will look at the tests.')
  })

  it('[C6] a prompt for after the turn waits on the host, is edited, and runs with its new words', async () => {
    await sends('Then lint')
    await phone.sees(/^Queued on atlas \d\d:\d\d, after this turn/)
    await phone.taps('Edit')
    await phone.writes('Prompt', 'Then lint and format')
    await phone.taps('Save the edit')
    // The sheet has a field of the same name: until it is closed, what is written goes there.
    await phone.control('Save the edit').waitFor({ state: 'detached' })
    await phone.sees('Then lint and format')
    await desk.until((view) => view.prompts.some((one) => one.text === 'Then lint and format'), 'the edited prompt')
    desk.agent.ends()
    expect((await desk.agent.prompted()).text).toBe('Then lint and format')
  })

  it('[C6] a queued prompt that is withdrawn never reaches the agent', async () => {
    await sends('Drop the table')
    await phone.taps('Withdraw')
    await phone.sees('Withdrawn: Drop the table')
    expect(desk.session.view().prompts.map((one) => one.text)).not.toContain('Drop the table')
    expect(desk.agent.promptCount()).toBe(2)
  })

  it('[C6] Now interrupts where the agent cannot be steered: cancel, then the prompt', async () => {
    await phone.taps('Now')
    await sends('Stop that, revert it')
    await desk.agent.cancelled()
    expect((await desk.agent.prompted()).text).toBe('Stop that, revert it')
    expect(desk.agent.promptCount()).toBe(3)
  })
})

describe('modes and cancel', () => {
  it('[C5] shows what was asked beside what is in effect, until the agent has followed', async () => {
    await phone.taps('Mode: default')
    await phone.taps(/^plan/)
    expect(await desk.agent.modeSet()).toBe('plan')
    await phone.control('Mode: plan').waitFor()
    await desk.until((view) => view.mode.effective?.id === 'plan', 'plan mode')
    // The agent is the authority: what it does by itself is shown, too.
    desk.agent.switchesMode('default')
    await phone.control('Mode: default').waitFor()
  })

  it('[T4] autopilot stays locked for a device that may only steer', async () => {
    await phone.taps('Mode: default')
    const autopilot = phone.page.getByRole('menuitemradio', { name: /Needs .*; this device may less/ })
    expect(await autopilot.isDisabled()).toBe(true)
    await phone.presses('Escape')
  })

  it('[C6] Cancel turn stops the turn and says what it stopped', async () => {
    desk.agent.starts('npm test', { rawInput: { command: 'npm test -- --watch' } })
    await phone.sees('npm test -- --watch')
    await phone.taps('Cancel turn')
    await desk.agent.cancelled()
    await phone.sees(/^Turn cancelled \d\d:\d\d/)
    await phone.sees(/Stopped: npm test -- --watch\./)
    await phone.seesNo('Cancel turn')
    expect(phone.complaints).toEqual([])
  })
})
