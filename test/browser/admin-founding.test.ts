// Administration from nothing: an enterprise with its organisations, tokens for scripts, webhooks, legal hold; all on the screen.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Desk, type DeskPhone, openDesk } from '../kit/desk.ts'
import { createGoverned, type Governed } from '../kit/governed.ts'

let desk: Desk
let phone: DeskPhone
let acme: Governed
let siem: Server
let status = 500
beforeAll(async () => {
  desk = await openDesk({ server: { push: { allowLoopback: true } } })
  acme = await createGoverned(desk.server)
  siem = createServer((_request, response) => response.writeHead(status).end())
  await new Promise<void>((listening) => siem.listen(0, '127.0.0.1', listening))
  phone = await desk.phone()
  await phone.opens('/admin')
  await phone.writes(/^Admin’s token/, acme.admin)
  await phone.taps('Go on')
  await phone.sees('Acme')
})
afterAll(async () => {
  siem?.close()
  await desk?.close()
})
const read = <T>(document: string, variables: object = {}) => desk.server.gql<T>(acme.admin, document, variables)
type Organisations = {
  organisations: { id: string; name: string; legalHoldSince: string | null; enterpriseId: string }[]
}
const organisations = async () =>
  (await read<Organisations>('{ organisations { id name legalHoldSince enterpriseId } }')).organisations

describe('an enterprise', () => {
  it('[F6] is made with its organisations and their first policy on one sheet', async () => {
    await phone.taps('New enterprise')
    await phone.writes('Name of the enterprise', 'Umbrella')
    await phone.writes(/^Its organisations/, 'Payments\nPlatform\nPayments')
    await phone.taps(/^View only/)
    await phone.taps('Make')
    await phone.sees('Umbrella, Payments, Platform are made.')
    const made = (await organisations()).filter(({ name }) => name.startsWith('P'))
    expect(made.map(({ name }) => name)).toEqual(['Payments', 'Platform'])
    expect(new Set(made.map(({ enterpriseId }) => enterpriseId)).size).toBe(1)
    for (const { id } of made) {
      type Policy = { policyDocument: { version: number; document: { remoteControl: string } } }
      const asked = 'query($s: ID!) { policyDocument(scopeId: $s) { version document { remoteControl } } }'
      expect((await read<Policy>(asked, { s: id })).policyDocument).toMatchObject({
        version: 1,
        document: { remoteControl: 'VIEW' },
      })
    }
  })

  it('[F6] gets further organisations; what breaks off half-way says what there is, and goes on from there', async () => {
    await phone.page.getByRole('region', { name: 'Umbrella' }).getByText('Add organisations').tap()
    await phone.writes('Names, one a line', `Quality\n${'x'.repeat(300)}\nResearch`)
    await phone.taps('Make')
    await phone.sees(/^Quality: made\. The rest is not\./)
    await phone.writes('Names, one a line', 'Quality\nResearch')
    await phone.taps('Go on')
    await phone.sees('Quality, Research are made.')
    const names = (await organisations()).map(({ name }) => name)
    expect(names.filter((name) => name === 'Quality')).toHaveLength(1)
    expect(names).toContain('Research')
  })

  it('[F5] is held: nothing of an organisation is deleted, until it is lifted', async () => {
    const row = () => phone.page.getByRole('region', { name: 'Research' }).getByText('Legal hold', { exact: true })
    const held = async () => (await organisations()).find(({ name }) => name === 'Research')?.legalHoldSince
    await row().tap()
    await phone.sees('Hold everything of Research?')
    await phone.taps('Hold everything')
    await phone.sees('Nothing of Research is deleted from now on.')
    await phone.sees('Organisation, legal hold')
    expect(await held()).toEqual(expect.any(String))
    await row().tap()
    await phone.taps('Lift it')
    await phone.sees('The legal hold of Research is lifted.')
    expect(await held()).toBeNull()
  })
})

describe('tokens', () => {
  let made = ''
  it('[F6] one is made with a place, scopes and an end, shown once, and does no more than it says', async () => {
    await phone.taps('All tokens')
    await phone.sees('root, this tab’s own')
    await phone.taps('New token')
    await phone.writes('Name', 'nightly audit')
    await phone.page.getByLabel('Counts for').selectOption({ label: 'Blue' })
    await phone.taps('7 days')
    await phone.taps('Read the audit')
    await phone.taps('Make it')
    await phone.sees('nightly audit is made')
    made = (await phone.page.locator('dialog[open] code').textContent()) ?? ''
    expect(made).toMatch(/^oda_/)
    await phone.taps('I have it')
    await phone.sees('Blue. May read policies and members, read the audit.')
    expect(await phone.page.getByText(made).count()).toBe(0)
    type Own = { thisAdminToken: { scopes: string[]; scopeId: string; expiresAt: string } }
    const { thisAdminToken: own } = await desk.server.gql<Own>(made, '{ thisAdminToken { scopes scopeId expiresAt } }')
    expect(own.scopes.sort()).toEqual(['AUDIT', 'READ'])
    expect(own.scopeId).toBe(acme.organisationId)
    expect(Math.round((Date.parse(own.expiresAt) - Date.now()) / 86_400_000)).toBe(7)
  })

  it('[F6] says when it was used last, and is revoked', async () => {
    await phone.sees(/Not used yet/)
    const asked = 'query($s: ID!) { auditEntries(scopeId: $s, first: 1) { edges { node { number } } } }'
    await desk.server.gql(made, asked, { s: acme.organisationId })
    await phone.opens('/admin/tokens')
    const row = phone.page.locator('.row', { hasText: 'nightly audit' })
    await expect.poll(() => row.textContent()).toMatch(/Used \d+ s ago/)
    await row.getByRole('button', { name: 'Revoke' }).tap()
    await phone.taps('Revoke')
    await phone.sees(/^nightly audit is revoked\./)
    await expect(desk.server.gql(made, '{ thisAdminToken { id } }')).rejects.toMatchObject({ code: 'REVOKED' })
  })
})

describe('webhooks', () => {
  it('[F5] one is added, its secret shown once; an address inside is refused', async () => {
    await phone.opens(`/admin/${acme.organisationId}/webhooks`)
    await phone.writes('Address', 'https://169.254.169.254/latest')
    await phone.taps('Add')
    await phone.sees(/^A webhook is an https address of a public server\./)
    await phone.writes('Address', `http://127.0.0.1:${(siem.address() as AddressInfo).port}/siem`)
    await phone.taps('Add')
    await phone.sees('Its secret, shown this once')
    expect(await phone.page.locator('dialog[open] code').first().textContent()).toMatch(/^[\w-]{43}$/)
    await phone.taps('I have it')
    await phone.sees(/^The last (try|\d+ tries) failed.* to go; it is tried again\.$/)
  })

  it('[F5] says how far each is, by itself', async () => {
    status = 200
    // The pause before a try doubles with each that failed, so a busy machine needs more than a person's patience.
    await phone.page.getByText(/^Has everything, up to entry \d+\.$/).waitFor({ timeout: 60_000 })
    await phone.taps(/^Remove http/)
    await phone.taps('Remove')
    await phone.sees('Nothing is sent anywhere yet.')
    expect(phone.complaints).toEqual([])
  })
})
