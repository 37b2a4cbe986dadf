// What gives away the terminal's own decisions needs the person's passkey: made on the phone, pinned by a key press, asked for with the very
// command. Chromium's virtual authenticator is the finger; one without user verification is a stolen, unlocked phone.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { claudeLike } from '../kit/agent/manner.ts'
import { type Desk, type DeskPhone, openDesk } from '../kit/desk.ts'
import { createGoverned } from '../kit/governed.ts'
import { plugIn, type VirtualAuthenticator } from '../kit/virtual-authenticator.ts'

let desk: Desk
let phone: DeskPhone
let finger: VirtualAuthenticator
beforeAll(async () => {
  desk = await openDesk({ byName: true, ceiling: 'FULL', manner: claudeLike })
  phone = await desk.phone()
  finger = await plugIn(phone.page)
  await phone.pairs('FULL')
  await desk.works()
})
afterAll(() => desk?.close())

const asks = () =>
  desk.agent.asks({
    title: 'Build',
    command: 'npm run build',
    options: [
      { optionId: 'allow', name: 'Allow once', kind: 'allow_once' },
      { optionId: 'always', name: 'Always allow npm', kind: 'allow_always' },
      { optionId: 'deny', name: 'Deny', kind: 'reject_once' },
    ],
  })

describe('a phone without a passkey', () => {
  it('[T4] is told why an always-allow needs one, makes one, and waits for the key press at the terminal', async () => {
    const asked = asks()
    await phone.taps(/Answer$/)
    await phone.taps(/^Always allow npm Needs a passkey\./)
    await phone.sees('“Always allow npm” needs your passkey')
    await phone.taps('Make a passkey')
    await expect.poll(() => finger.count()).toBe(1)
    await phone.taps('Let it count on atlas')
    const match = phone.page.getByRole('img', { name: /^Match code/ })
    await desk.pins(((await match.textContent()) ?? '').replaceAll(/\s/g, ''))
    await phone.sees('It counts on atlas now')
    await phone.taps('Back to the question')
    // With it, the very command is vouched for; server and workstation have both looked.
    await phone.taps(/^Always allow npm Asks for your passkey\./)
    expect(await asked.answered()).toBe('always')
    await phone.sees(/^Answered on this phone \d\d:\d\d: Always allow npm$/)
    await phone.closes()
  })
})

describe('a stolen, unlocked phone', () => {
  it('[T4][D5] allows nothing of the upper rungs, and can always deny', async () => {
    await finger.recognises(false)
    const asked = asks()
    await phone.taps(/Answer$/)
    await phone.taps(/^Always allow npm/)
    await phone.sees(/^Your Always allow npm was not sent\./)
    expect(desk.session.view().decisions).toHaveLength(1)
    await phone.taps('Deny')
    expect(await asked.answered()).toBe('deny')
    await phone.closes()
  })

  it('[T4] switches to no autopilot, and a mode that asks stays free', async () => {
    await phone.taps(/^Mode: /)
    await phone.taps(/^Bypass permissions|^Autopilot|^bypass/i)
    await phone.sees(/The passkey was not confirmed/)
    await phone.taps('Dismiss')
    await finger.recognises(true)
  })

  it('[T4] with an authenticator that knows nobody, gets no passkey at all', async () => {
    const thief = await desk.phone({ model: 'Moto G' })
    await thief.pairs('FULL')
    const token = await plugIn(thief.page, { verifies: false })
    await thief.opens('/settings/passkeys')
    await thief.taps('Make a passkey')
    await thief.sees(/not confirmed|cannot use a passkey/)
    expect(await token.count()).toBe(0)
    await thief.control('Make a passkey').waitFor()
    await thief.close()
  })
})

describe('an organisation that asks who looks', () => {
  it('[T4][D5][F4] what is shown goes away at once; a thief denies and sees nothing; one passkey brings it back', async () => {
    const acme = await createGoverned(desk.server)
    await acme.apply(acme.organisationId, { remoteControl: 'VIEW_AND_CONTROL' })
    await acme.join()
    desk.agent.says('Something only its owner reads.')
    await phone.opens(desk.path)
    await phone.sees('Something only its owner reads.')
    await acme.apply(acme.organisationId, {
      ...{ remoteControl: 'VIEW_AND_CONTROL', stepUp: { from: 'VIEW', viewMinutes: 720 } },
    })
    await phone.sees('Verify to look')
    await phone.sees(/rule of the admins of the organisation Blue.* for 12 hours/)
    expect(await phone.page.getByText('Something only its owner reads.').count()).toBe(0)
    // Also after a new start, with all that lies on the phone.
    await phone.opens(desk.path)
    await phone.sees('Verify to look')
    await finger.recognises(false)
    await phone.taps('Verify')
    await phone.sees(/^The passkey was not confirmed/)
    const asked = asks()
    await phone.sees('A permission waits')
    expect(await phone.page.getByText('npm run build').count()).toBe(0)
    await phone.taps('Deny')
    expect(await asked.answered()).toBe('deny')
    await finger.recognises(true)
    await phone.taps('Verify')
    await phone.sees('Something only its owner reads.')
    // It wakes thirteen hours later with a socket that nobody has found dead: what is painted first has nothing of it. The server, by its own clock, then says that it may.
    const painted = await phone.page.evaluate(() => {
      const wall = Date.now
      Date.now = () => wall() + 13 * 3_600_000
      document.dispatchEvent(new Event('visibilitychange'))
      return new Promise<string>((resolve) =>
        requestAnimationFrame(() => {
          Date.now = wall
          resolve(document.body.innerText)
        }),
      )
    })
    expect(painted).toContain('Verify to look')
    expect(painted).not.toContain('Something only its owner reads.')
    await phone.sees('Something only its owner reads.')
    await acme.apply(acme.organisationId, { remoteControl: 'VIEW_AND_CONTROL' })
  })
})

describe('the app lock', () => {
  it('[F8] needs a passkey, falls at once when asked to, and stays over a new start', async () => {
    await phone.opens('/settings')
    await phone.taps('1')
    await phone.taps('Lock now')
    await phone.sees('Offdesk is locked')
    await phone.page.reload()
    await phone.sees('Offdesk is locked')
    await phone.taps('Unlock')
    await phone.sees('App lock')
  })

  it('[F8] falls when nobody touches the phone, shows nothing, and opens for its owner alone', async () => {
    desk.agent.says('A secret of this session.')
    await phone.page.clock.install()
    await phone.opens(desk.path)
    await phone.sees('A secret of this session.')
    await phone.page.clock.fastForward(61_000)
    await phone.sees('Offdesk is locked')
    expect(await phone.page.getByText('A secret of this session.').count()).toBe(0)
    await finger.recognises(false)
    await phone.taps('Unlock')
    await phone.sees(/^It was not confirmed that this is you/)
    await finger.recognises(true)
    await phone.taps('Unlock')
    await phone.sees('A secret of this session.')
    expect(phone.complaints).toEqual([])
  })
})
