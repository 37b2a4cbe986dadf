// Signing in on the screen: the first owner by the printed link, others by invitation, a passkey from any browser; and what a browser may do that
// no workstation trusts yet. Chromium's virtual authenticator is the finger.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { randomText } from '../../protocol/bytes.ts'
import { exportPublicKey, generateKeys } from '../../protocol/keys.ts'
import { commitment } from '../../protocol/pairing.ts'
import { openFirstLink } from '../../server/auth/sign-in/links.ts'
import { startBrowser, type TestBrowser } from '../kit/browser.ts'
import { type Desk, type DeskPhone, openDesk } from '../kit/desk.ts'
import { builtPages } from '../kit/pages.ts'
import { steps } from '../kit/people.ts'
import { createPhone, type Phone } from '../kit/phone.ts'
import { startServer, type TestServer } from '../kit/server.ts'
import { plugIn, type VirtualAuthenticator } from '../kit/virtual-authenticator.ts'

const lastLink = async (phone: Phone) => (await phone.page.locator('dialog[open] code').first().textContent()) ?? ''

describe('a server that nobody owns', () => {
  let server: TestServer
  let browser: TestBrowser
  let owner: Phone
  let finger: VirtualAuthenticator
  let guest: Phone
  let invitation = ''
  const url = () => `http://localhost:${server.port}`
  const code = () => server.database.transaction((tx) => openFirstLink(tx, { isAlone: true }))
  beforeAll(async () => {
    server = await startServer({ pages: await builtPages() })
    browser = await startBrowser()
    owner = await createPhone(await browser.phone('Pixel 8'), url(), true)
    guest = await createPhone(await browser.desktop(), url(), false)
    finger = await plugIn(owner.page)
    await plugIn(guest.page)
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  it('[F9] is owned by whoever opens its link and makes a passkey; the code does not stay in the address', async () => {
    await owner.opens('/')
    await owner.taps('Sign in')
    await owner.sees(/^Nobody has a passkey for this server yet\./)
    await owner.opens(`/sign-in#${await code()}`)
    await owner.sees('This server is yours')
    expect(new URL(owner.page.url()).hash).toBe('')
    await owner.writes('Your name', 'Ann')
    await owner.taps('Make a passkey')
    await owner.sees('This phone may look, not steer')
    expect(await finger.count()).toBe(1)
    expect(await code()).toBeNull()
    await owner.opens('/settings')
    await owner.sees(/^Ann · own_/)
  })

  it('[F9] a used link says so, and leads to the sign-in', async () => {
    await guest.opens(`/sign-in#${'x'.repeat(27)}`)
    await guest.sees('This link is not good any more')
    await guest.taps('To the sign-in')
    await guest.sees('Sign in with a passkey')
  })

  it('[F9] its owner invites somebody, with their passkey; the link is shown once', async () => {
    await owner.taps(/^Signing in/)
    await owner.taps(/^Invite somebody/)
    await owner.writes('Their name', 'Bob')
    await finger.recognises(false)
    await owner.taps('Invite')
    await owner.sees(/^The passkey was not confirmed/)
    await finger.recognises(true)
    await owner.taps('Invite')
    await owner.sees('The link for Bob')
    invitation = await lastLink(owner)
    await owner.taps('I have it')
    await owner.sees(/^Not used yet\. Good until /)
    expect(await owner.page.getByText(invitation).count()).toBe(0)
  })

  it('[F9][F7] whoever takes it up is a person of their own', async () => {
    await guest.opens(`/sign-in#${invitation.split('#')[1]}`)
    await guest.sees('You are invited')
    await guest.sees(/^Ann made this link\./)
    await guest.taps('Make a passkey')
    await guest.sees('This computer may look, not steer')
    await guest.opens('/settings')
    await guest.sees(/^Bob · own_/)
    await owner.opens('/settings/sign-in')
    await owner.sees(/^Used /)
  })

  it('[F9] an invitation is taken back', async () => {
    await owner.taps(/^Invite somebody/)
    await owner.writes('Their name', 'Eve')
    await owner.taps('Invite')
    const link = await lastLink(owner)
    await owner.taps('I have it')
    await owner.taps('Revoke')
    await owner.sees(/^Revoked /)
    const eve = await createPhone(await browser.desktop(), url(), false)
    await eve.opens(`/sign-in#${link.split('#')[1]}`)
    await eve.sees('This link is not good any more')
    await eve.close()
  })

  it('[F9] from then on the passkey signs in, and only its person does', async () => {
    await owner.opens('/settings')
    await owner.taps('Unpair this phone')
    await owner.taps('Unpair')
    await owner.sees('This phone is not paired')
    await owner.taps('Sign in')
    await finger.recognises(false)
    await owner.taps('Sign in with a passkey')
    await owner.sees('The passkey was not confirmed')
    await finger.recognises(true)
    await owner.taps('Try again')
    await owner.taps('Sign in with a passkey')
    await owner.sees('This phone may look, not steer')
    await owner.opens('/settings')
    await owner.sees(/^Ann · own_/)
    expect(owner.complaints.filter((said) => !said.startsWith('Failed to load resource'))).toEqual([])
  })

  it('[F9][T4] a workstation is let in from a browser that has only signed in: its code, the same match code, and the passkey', async () => {
    const { gql } = server
    const publicKey = await exportPublicKey((await generateKeys(true)).publicKey)
    const nonce = randomText(32)
    const input = {
      name: 'laptop',
      platform: 'linux',
      publicKey,
      commitment: await commitment('ENROL_HOST', publicKey, nonce),
    }
    type Asked = { requestEnrolment: { code: string; token: string; pairing: { id: string } } }
    const { requestEnrolment: asked } = await gql<Asked>(
      null,
      'mutation($input: RequestEnrolmentInput!) { requestEnrolment(input: $input) { code token pairing { id } } }',
      { input },
    )
    await owner.opens('/login')
    await owner.page.locator('dialog[open]').getByRole('textbox').fill(asked.code)
    await owner.taps('Add it')
    const state = async () => {
      type Now = { pairing: { state: string } }
      return (await gql<Now>(asked.token, 'query($id: ID!) { pairing(id: $id) { state } }', { id: asked.pairing.id }))
        .pairing.state
    }
    await expect.poll(state).toBe('JOINED')
    await steps(gql).reveal(asked.token, asked.pairing.id, nonce)
    await owner.sees('Does laptop show the same code?')
    await owner.sees(/^It asks from .* and says it is linux\./)
    await owner.sees(/^Your passkey is asked for/)
    await finger.recognises(false)
    await owner.taps('Same code, add it')
    await owner.sees(/^The passkey was not confirmed/)
    expect(await state()).toBe('REVEALED')
    await finger.recognises(true)
    await owner.taps('Same code, add it')
    await owner.sees('laptop has joined')
    expect(await state()).toBe('CONFIRMED')
  })

  it('[F9] taking a passkey away asks once, and one more is made with one that is there; the same authenticator makes no second', async () => {
    await owner.opens('/settings/sign-in')
    await owner.taps(/^Remove /)
    await owner.sees(/^Nobody signs in with it any more\./)
    await owner.taps('Cancel')
    await owner.taps(/^Add one here/)
    await owner.sees(/already/)
    expect(await finger.count()).toBe(1)
  })
})

describe('a browser that has signed in and that no workstation trusts', () => {
  let desk: Desk
  let trusted: DeskPhone
  let signed: DeskPhone
  beforeAll(async () => {
    desk = await openDesk({ byName: true, ceiling: 'FULL' })
    trusted = await desk.desktop()
    await trusted.pairs('FULL')
    signed = await desk.phone()
    await plugIn(signed.page)
    const terminal = await desk.server.enrolledHost('attic')
    type Made = { createInvitation: { code: string } }
    const { createInvitation } = await desk.server.gql<Made>(
      terminal.token,
      'mutation { createInvitation(input: {kind: PASSKEY, name: "me"}) { code } }',
    )
    await signed.opens(`/sign-in#${createInvitation.code}`)
    await signed.sees('A passkey to sign in with')
    await signed.taps('Make a passkey')
    await signed.sees('This phone may look, not steer')
  })
  afterAll(() => desk?.close())

  it('[T4][T5] sees the sessions, and says in one sentence how it may do more', async () => {
    await signed.sees(/^To let it do more, type offdesk devices trust "Pixel 8" at the workstation, or open/)
    await signed.opens(desk.path)
    await signed.sees('This phone may look, not steer')
    expect(await signed.page.getByLabel('Prompt', { exact: true }).count()).toBe(0)
  })

  it('[T5] a device that a workstation trusts lets it in, with as much as it chooses', async () => {
    await trusted.opens('/settings/devices')
    await trusted.taps(/^Pixel 8/)
    await trusted.sees(/^It has signed in and may look\./)
    await trusted.taps(/^Steer/)
    await trusted.taps(/^Trust on atlas/)
    await trusted.sees(/^Signed and sent to atlas\./)
    await signed.opens('/')
    await signed.seesNo('This phone may look, not steer')
    await signed.opens(desk.path)
    await signed.writes('Prompt', 'Make the tests pass')
    await signed.taps('Send')
    expect((await desk.agent.prompted()).text).toBe('Make the tests pass')
    await signed.sees(/^Applied \d\d:\d\d$/)
    expect(signed.complaints).toEqual([])
  })

  it('[F9] whoever comes from offdesk login without being anybody signs in first, and is led back to the code', async () => {
    const other = await desk.phone()
    await other.opens('/login')
    await other.sees(/^A workstation asks to be let in\./)
    await other.taps('Sign in')
    await other.sees('Sign in with a passkey')
    await other.close()
    await trusted.opens('/login')
    await trusted.sees('Add a workstation')
    await trusted.page.getByRole('textbox').first().waitFor()
  })
})
