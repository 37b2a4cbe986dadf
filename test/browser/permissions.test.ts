// Permissions and questions answered on the phone: what reaches the agent, and what the phone says of it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Desk, type DeskPhone, openDesk } from '../kit/desk.ts'

let desk: Desk
let phone: DeskPhone
beforeAll(async () => {
  desk = await openDesk({ manner: { steering: true } })
  phone = await desk.phone()
  await phone.pairs()
  await desk.works()
})
afterAll(() => desk?.close())

describe('a permission on the phone', () => {
  it('[C1] shows the whole command and its folder, and Allow once reaches the agent as the option it offered', async () => {
    const command = 'find . -name "*.orig" -print0 | xargs -0 rm -v && npm test -- --runInBand'
    const asked = desk.agent.asks({ title: 'Clean up', command })
    await phone.taps(/Answer$/)
    await phone.sees(command)
    await phone.sees(desk.session.view().session.cwd)
    await phone.taps('Allow')
    expect(await asked.answered()).toBe('allow')
    await phone.sees(/^Answered on this phone \d\d:\d\d: Allow$/)
    await phone.closes()
  })

  it('[T4] keeps Always allow visible but locked above the rung, and says why', async () => {
    const asked = desk.agent.asks({ title: 'Write', command: 'touch x' })
    await phone.taps(/Answer$/)
    await phone.taps('Why?')
    await phone.sees(/“Always allow” needs .*/)
    await phone.taps('Deny')
    expect(await asked.answered()).toBe('deny')
    await phone.sees(/^Answered on this phone \d\d:\d\d: Deny$/)
    await phone.closes()
  })

  it('[D7] Deny with a reason: the agent gets the denial, then the words in the same turn, as the screen said', async () => {
    const asked = desk.agent.asks({ title: 'Delete', command: 'rm -rf build' })
    await phone.taps(/Answer$/)
    await phone.taps('Deny with a reason')
    await phone.sees('The agent reads it in this turn, right after the denial.')
    await phone.writes('Reason', 'Keep build, remove dist instead')
    await phone.taps('Deny and send')
    expect(await asked.answered()).toBe('deny')
    expect(await desk.agent.steered()).toContain('Keep build, remove dist instead')
    await phone.sees('Keep build, remove dist instead')
    await phone.closes()
  })

  it('[D6] offers two options of one kind by their own names, each with its own id', async () => {
    const options = [
      { optionId: 'file', name: 'Allow this file', kind: 'allow_once' },
      { optionId: 'folder', name: 'Allow this folder', kind: 'allow_once' },
      { optionId: 'no', name: 'No', kind: 'reject_once' },
    ]
    const asked = desk.agent.asks({ title: 'Edit', command: 'sed -i s/a/b/ x', options })
    await phone.taps(/Answer$/)
    await phone.taps('Allow this folder')
    expect(await asked.answered()).toBe('folder')
    await phone.sees(/: Allow this folder$/)
    await phone.closes()
  })
})

describe('a question on the phone', () => {
  it('[C2] takes a choice, then words of one’s own, and sends nothing before the last', async () => {
    const asked = desk.agent.asksForm('Two things', {
      store: { type: 'string', title: 'Which store?', enum: ['sqlite', 'postgres'] },
      store_custom: { type: 'string' },
      retries: { type: 'integer', title: 'How many retries?', minimum: 0, maximum: 5 },
    })
    await phone.taps(/Answer$/)
    await phone.sees('Question 1 of 2')
    await phone.writes('Your own answer', 'a plain file')
    await phone.taps('Next question')
    await phone.writes('How many retries?', '9')
    await phone.taps('Send answer')
    await phone.sees(/at most 5|up to 5|5 or less|to 5/)
    await phone.writes('How many retries?', '3')
    await phone.taps('Send answer')
    expect(await asked.raw()).toMatchObject({
      action: 'accept',
      content: { store_custom: 'a plain file', retries: 3 },
    })
    await phone.closes()
  })

  it('[C2] takes free text, and Decline is an answer', async () => {
    const first = desk.agent.asksForm('What is it called?', { name: { type: 'string', title: 'Name' } })
    await phone.taps(/Answer$/)
    await phone.writes('Name', 'Grüße, “Ölpumpe”\nzweite Zeile')
    await phone.taps('Send answer')
    expect(await first.raw()).toMatchObject({ action: 'accept', content: { name: 'Grüße, “Ölpumpe”\nzweite Zeile' } })
    await phone.closes()
    const second = desk.agent.asksForm('And now?', { name: { type: 'string', title: 'Name' } })
    await phone.taps(/Answer$/)
    await phone.taps('Decline')
    expect(await second.answered()).toBe('decline')
    await phone.closes()
    expect(phone.complaints).toEqual([])
  })
})
