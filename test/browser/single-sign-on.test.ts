// An organisation's own sign-in: set up by an admin on the screen, gone through by a person at the provider's real pages, ended with the connection.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBrowser, type TestBrowser } from '../kit/browser.ts'
import { createGoverned, type Governed } from '../kit/governed.ts'
import { createOidcProvider, type OidcProvider, operatorsFile } from '../kit/oidc-provider.ts'
import { builtPages } from '../kit/pages.ts'
import { createPhone, type Phone } from '../kit/phone.ts'
import { startServer, type TestServer } from '../kit/server.ts'

let server: TestServer
let provider: OidcProvider
let file: Awaited<ReturnType<typeof operatorsFile>>
let acme: Governed
let browser: TestBrowser
let admin: Phone
let ada: Phone
beforeAll(async () => {
  provider = await createOidcProvider()
  provider.says('ada', { name: 'Ada' })
  file = await operatorsFile({ [provider.issuer]: { isPrivate: true } })
  server = await startServer({ pages: await builtPages(), oidc: { providersFile: file.path } })
  acme = await createGoverned(server)
  const origin = `http://localhost:${server.port}`
  await provider.knows({ id: 'offdesk', redirectUris: [`${origin}/sign-in/oidc/${acme.organisationId}`] })
  browser = await startBrowser()
  admin = await createPhone(await browser.phone('Pixel 8'), origin, true)
  ada = await createPhone(await browser.phone('Pixel 9'), origin, true)
})
afterAll(async () => {
  await browser?.close()
  await server?.close()
  await provider?.close()
  await file?.remove()
})

describe('single sign-on', () => {
  it('[F9][F6] is set up on the screen: what the provider must know is there, and one that does not answer is not kept', async () => {
    await admin.opens('/admin')
    await admin.writes(/^Admin’s token/, acme.admin)
    await admin.taps('Go on')
    await admin.taps('Single sign-on')
    await admin.sees(new RegExp(`/sign-in/oidc/${acme.organisationId}$`))
    await admin.writes('Short name', 'acme')
    await admin.writes('Issuer', `${provider.issuer}/nowhere`)
    await admin.writes('Client id', 'offdesk')
    await admin.taps('Keep it')
    await admin.page.locator('.admin-broken').waitFor()
    await admin.writes('Issuer', provider.issuer)
    await admin.taps('Keep it')
    await admin.sees(/^Kept\. .* answers\.$/)
    await admin.sees(/\/sign-in\?with=acme$/)
  })

  it('[F9] a person signs in at their organisation, and comes back as themselves; nothing of it stays in the address', async () => {
    await ada.opens('/sign-in?with=acme')
    await ada.taps('Go to its sign-in page')
    await ada.page.locator('input[name=login]').fill('ada')
    await ada.page.locator('input[name=password]').fill('x')
    await ada.taps('Sign-in')
    await ada.taps('Continue')
    await ada.sees('This phone may look, not steer')
    expect(new URL(ada.page.url()).search).toBe('')
    await ada.opens('/settings')
    await ada.sees(/^Ada · own_/)
  })

  it('[F9][T4] before a workstation is let in their provider asks them once more, and they come back to its code', async () => {
    await ada.opens('/login')
    await ada.sees('First, Blue asks who you are')
    await ada.taps('Sign in again')
    await ada.page.locator('input[name=login]').fill('ada')
    await ada.page.locator('input[name=password]').fill('x')
    await ada.taps('Sign-in')
    await ada.taps('Continue')
    await ada.sees('Add a workstation')
    await ada.sees(/^Blue has asked who you are\. Good for /)
    await ada.opens('/settings/sign-in')
    await ada.sees(/^People are invited by whoever set this server up, .* Ask them for an invitation\.$/)
    await ada.seesNo('Invite somebody')
  })

  it('[F9] what comes back to another browser is not taken, and leads to the beginning', async () => {
    const other = await createPhone(await browser.desktop(), `http://localhost:${server.port}`, false)
    await other.opens(`/sign-in/oidc/${acme.organisationId}?code=stolen&state=somebodys`)
    await other.sees('Begin again')
    expect(new URL(other.page.url()).search).toBe('')
    await other.taps('To the sign-in')
    await other.writes('Or with your organisation', 'nobody')
    await other.taps('Go to its sign-in page')
    await other.sees('Nobody signs in under this name')
    await other.close()
  })

  it('[F9][T3] whoever signed in by it is out within a second when it is removed', async () => {
    await admin.opens(`/admin/${acme.organisationId}/sign-on`)
    await admin.taps(/^Remove single sign-on/)
    await admin.taps('Remove')
    await admin.sees('Nobody signs in that way any more.')
    await ada.sees('This phone may no longer connect')
    // The provider's own pages ask for fonts of the open net.
    expect(ada.complaints.filter((said) => !said.startsWith('Failed to load resource'))).toEqual([])
  })

  it('[F6][F9] an admin invites somebody into the organisation; the link makes them a member', async () => {
    await admin.opens(`/admin/${acme.organisationId}/members`)
    await admin.writes('Their name', 'Grace')
    await admin.taps('Make a link')
    await admin.sees('The link for Grace')
    const link = (await admin.page.locator('dialog[open] code').first().textContent()) ?? ''
    await admin.taps('I have it')
    await admin.sees(/^Not used yet\./)
    const grace = await createPhone(await browser.desktop(), `http://localhost:${server.port}`, false)
    await grace.opens(`/sign-in#${link.split('#')[1]}`)
    await grace.sees('You are invited to Blue')
    await grace.close()
    await admin.taps('Revoke')
    await admin.seesNo(/^Not used yet\./)
  })
})
