/** Signing in where nobody is anybody yet: a server's first link, its owner at home with nothing there, invitations, a workstation let in. */
import { openFirstLink } from '../../../server/auth/sign-in/links.ts'
import { openWayBack } from '../../../server/auth/sign-in/recovering.ts'
import { startBrowser } from '../../kit/browser.ts'
import { knocks } from '../../kit/joining.ts'
import { builtPages } from '../../kit/pages.ts'
import { createPhone, type Phone } from '../../kit/phone.ts'
import { startServer, type TestServer } from '../../kit/server.ts'
import { plugIn } from '../../kit/virtual-authenticator.ts'
import { type Complaint, createStudio, type Eye } from './studio.ts'

export async function signIn(out: string, complaints: Complaint[]): Promise<void> {
  const browser = await startBrowser()
  const servers = new Map<string, TestServer>()
  const pages = await builtPages()
  // A server of its own for each: there is one owner.
  const studio = await createStudio<Phone>(out, complaints, async ({ name, isPhone, look }) => {
    const server = await startServer({ pages })
    servers.set(name, server)
    const context = isPhone ? await browser.phone('Pixel 8', look) : await browser.desktop(look)
    const device = await createPhone(context, `http://localhost:${server.port}`, isPhone)
    await plugIn(device.page)
    return device
  })
  const of = ({ name }: Eye): TestServer => {
    const server = servers.get(name)
    if (!server) throw new Error(`no server for ${name}`)
    return server
  }
  const { all, shoot, visits } = studio
  await visits('sign-in-01-nobody', '/sign-in', /^Nobody has a passkey/)
  await all(async (device, eye) => {
    await device.opens(`/sign-in#${await of(eye).database.transaction((tx) => openFirstLink(tx, { isAlone: true }))}`)
    await device.sees('This server is yours')
  })
  await shoot('sign-in-02-first-link')
  await all(async (device) => {
    await device.writes('Your name', 'Ann')
    await device.taps('Make a passkey')
    await device.sees(/may look, not steer$/)
  })
  await shoot('home-1-empty')
  await all(async (device) => {
    await device.opens('/settings/sign-in')
    await device.taps(/^Invite somebody/)
    await device.writes('Their name', 'Bob')
  })
  await shoot('sign-in-03-inviting')
  const links = new Map<string, string>()
  await all(async (device, { name }) => {
    await device.taps('Invite')
    await device.sees('The link for Bob')
    links.set(name, (await device.page.locator('dialog[open] code').first().textContent()) ?? '')
  })
  await shoot('sign-in-04-link')
  await all(async (device) => {
    await device.taps('I have it')
    await device.sees(/^Not used yet\. Good until /)
  })
  await shoot('sign-in-05-signing-in')
  await all(async (device) => {
    await device.opens('/login')
    await device.page.locator('dialog[open]').getByRole('textbox').waitFor()
  })
  await shoot('sign-in-06-add-workstation')
  await all(async (device, eye) => {
    await asksToBeLetIn(device, of(eye))
    await device.sees('Does laptop show the same code?')
  })
  await shoot('sign-in-07-let-in')
  await all(async (device) => {
    await device.taps('Same code, add it')
    await device.sees('laptop has joined')
  })
  await shoot('sign-in-08-joined')
  await all(async (device, { name }) => {
    await device.opens(`/sign-in#${links.get(name)?.split('#')[1]}`)
    await device.sees(/invited/)
  })
  await shoot('sign-in-09-invited-here-already')
  await visits('sign-in-10-is-in-already', '/sign-in', /is in already$/)
  await all(async (device) => {
    await device.opens('/settings')
    await device.taps(/^Unpair this/)
    await device.taps('Unpair')
    await device.sees(/is not paired$/)
  })
  await all(async (device, { name }) => {
    await device.opens(`/sign-in#${links.get(name)?.split('#')[1]}`)
    await device.sees('You are invited')
  })
  await shoot('sign-in-11-invited')
  await visits('sign-in-12-known-server', '/sign-in?with=acme', 'Sign in with a passkey')
  await all(async (device) => {
    await device.taps('Go to its sign-in page')
    await device.sees('Nobody signs in under this name')
  })
  await shoot('sign-in-13-unknown-name')
  await all(async (device) => {
    await device.opens(`/sign-in#${'x'.repeat(27)}`)
    await device.sees('This link is not good any more')
  })
  await shoot('sign-in-14-used-link')
  await all(async (device, eye) => {
    const back = await of(eye).database.transaction(openWayBack)
    await device.opens(`/sign-in#${back?.linkCode}`)
    await device.sees(/passkey/i)
    await device.page.getByRole('textbox').first().waitFor()
  })
  await shoot('sign-in-17-way-back')
  await visits('sign-in-15-login-first', '/login', /A workstation asks to be let in/)
  await visits('sign-in-16-oidc-stale', '/sign-in/oidc/org_x?code=a&state=b', 'Begin again')
  await browser.close()
  for (const server of servers.values()) await server.close()
}

async function asksToBeLetIn(device: Phone, { gql }: TestServer): Promise<void> {
  const { code, state, reveals } = await knocks(gql)
  await device.page.locator('dialog[open]').getByRole('textbox').fill(code)
  await device.taps('Add it')
  for (let left = 600; left > 0 && (await state()) !== 'JOINED'; left--) await device.page.waitForTimeout(100)
  await reveals()
}
