// Administration: an admin's token opens it; policies are changed, tried, applied, rolled back and switched off; members, devices, audit.
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Desk, type DeskPhone, openDesk } from '../kit/desk.ts'
import { createGoverned, type Governed } from '../kit/governed.ts'

let desk: Desk
let phone: DeskPhone
let person: DeskPhone
let acme: Governed
beforeAll(async () => {
  desk = await openDesk()
  acme = await createGoverned(desk.server)
  await acme.apply(acme.organisationId, { remoteControl: 'VIEW_AND_CONTROL' })
  await acme.join()
  phone = await desk.phone()
  person = await desk.desktop()
  await person.pairs()
})
afterAll(() => desk?.close())

const document = async () => {
  type Read = { policyDocument: { version: number; document: Record<string, unknown> } }
  const asked =
    'query($s: ID!) { policyDocument(scopeId: $s) { version document { remoteControl idleLockMinutes maxRung } } }'
  return (await desk.server.gql<Read>(acme.admin, asked, { s: acme.organisationId })).policyDocument
}

describe('administration', () => {
  it('[F6] is opened by an admin’s token, on a device that is not even paired, and by nothing else', async () => {
    await phone.opens('/admin')
    await phone.writes(/^Admin’s token/, 'oda_nothing')
    await phone.taps('Go on')
    await phone.sees(/^This server does not know that token/)
    await phone.writes(/^Admin’s token/, acme.admin)
    await phone.taps('Go on')
    await phone.sees('Acme')
    await phone.sees('Blue')
    await person.opens('/settings')
    await person.sees('Devices and workstations')
    expect(await person.page.getByText('Administration').count()).toBe(0)
  })

  it('[F1][F4] a policy is changed, tried in words, and applied; running sessions follow', async () => {
    await person.opens(desk.path)
    await person.page.getByLabel('Prompt', { exact: true }).waitFor()
    await phone.opens(`/admin/${acme.organisationId}/policy`)
    await phone.taps(/^View only/)
    await phone.taps(/^Lock the app after/)
    await phone.taps('15 minutes')
    await phone.taps('Done')
    await phone.sees('2 changes, not applied: Remote control, Lock the app after')
    await phone.taps('Try it')
    await phone.sees('View and control → View only')
    await phone.sees('Never → 15 minutes')
    await phone.sees(/^2 running sessions change: /)
    await phone.writes(/^Why/, 'Freeze before the release')
    expect((await document()).document).toMatchObject({ remoteControl: 'VIEW_AND_CONTROL', idleLockMinutes: null })
    await phone.taps('Apply')
    await phone.sees('Version 2')
    expect(await document()).toMatchObject({ version: 2, document: { remoteControl: 'VIEW', idleLockMinutes: 15 } })
    // The person's page follows, and says whose rule it is.
    await person.page.getByLabel('Prompt', { exact: true }).waitFor({ state: 'detached' })
    await person.opens('/settings/policy')
    await person.sees('Remote control: View only')
    await person.sees(/Set by the admins of the organisation Blue\. Only they can change it/)
  })

  it('[F1] whoever was second is told, keeps the changes, and applies them to what stands now', async () => {
    await phone.taps(/^View and control/)
    await phone.sees(/^1 change, not applied/)
    await acme.apply(acme.organisationId, { remoteControl: 'VIEW', maxRung: 'STEER' })
    await phone.taps('Try it')
    await phone.sees('View only → View and control')
    await phone.taps('Apply')
    await phone.sees(/^Somebody else has applied a version/)
    await phone.taps('Apply')
    await phone.sees('Version 4')
    const { document: stands } = await document()
    expect(stands).toEqual({ remoteControl: 'VIEW_AND_CONTROL', maxRung: 'STEER', idleLockMinutes: null })
  })

  it('[F2] a command class whose own examples fail is not applied, and says which', async () => {
    await phone.taps(/^Never remotely/)
    await phone.taps('Add a class')
    await phone.writes('Name', 'Deploys')
    await phone.writes(/^Patterns/, 'kubectl apply *')
    await phone.writes(/^Must fall into it/, 'helm upgrade shop')
    await phone.taps('Done')
    await phone.taps('Try it')
    await phone.sees('It cannot be applied.')
    await phone.sees(/“helm upgrade shop” should fall into it and does not/)
    expect(await phone.control('Apply').isDisabled()).toBe(true)
    await phone.taps('Back')
    await phone.taps('Discard')
  })

  it('[F1] an old version is tried and rolled back to', async () => {
    await phone.taps(/^Earlier versions/)
    await phone.sees(/Freeze before the release/)
    await phone.page.getByRole('button', { name: 'Roll back' }).last().tap()
    await phone.sees('Back to version 1')
    await phone.taps('Roll back')
    await phone.sees('Version 5')
    expect((await document()).document).toMatchObject({ remoteControl: 'VIEW_AND_CONTROL', maxRung: null })
  })

  it('[F4] one press ends everything remote', async () => {
    await phone.opens('/admin')
    await phone.page.getByRole('region', { name: 'Blue' }).getByText('Turn remote control off now').tap()
    await phone.sees('Turn remote control off for Blue?')
    await phone.taps('Turn it off now')
    await phone.sees('Remote control is off for everybody under Blue, since version 6.')
    expect((await document()).document.remoteControl).toBe('DISABLED')
  })
})

describe('the people of an organisation', () => {
  it('[F3][F8] what holds for one is explained, and a lost device is revoked', async () => {
    await acme.apply(acme.organisationId, { remoteControl: 'VIEW_AND_CONTROL' })
    await person.opens('/settings')
    await person.sees('Chrome on Linux')
    await phone.opens(`/admin/${acme.organisationId}/members`)
    await phone.taps(/^.+ Since .+, added by root$/)
    await phone.sees('Remote control: View and control')
    await phone.sees(/^Set by the admins of the organisation Blue/)
    const row = phone.page.locator('.row', { hasText: 'Chrome on Linux' })
    await row.getByRole('button', { name: 'Revoke' }).tap()
    await phone.taps('Revoke')
    await phone.sees(/^Chrome on Linux is revoked\./)
    await person.sees('This computer may no longer connect')
  })
})

describe('the audit', () => {
  it('[F5][F7] is filtered and paged, tells who did what, and nothing of what was said', async () => {
    for (let at = 0; at < 55; at++) await acme.prompt()
    await phone.opens(`/admin/${acme.organisationId}/audit`)
    await phone.control(/^.*Send prompt/).waitFor()
    const entries = phone.page.locator('.admin-entries .row')
    expect(await entries.count()).toBe(50)
    await phone.taps('Show more')
    await expect.poll(() => entries.count()).toBeGreaterThan(50)
    expect(await phone.page.getByText('go on').count()).toBe(0)
    await phone.taps('Filter')
    await phone.page.getByLabel('What').selectOption('policy.apply')
    await expect.poll(() => entries.count()).toBe(7)
    await phone.taps('Refused')
    await phone.sees('No entry fits.')
  })

  it('[F5] is exported as the chain it is', async () => {
    const download = phone.page.waitForEvent('download')
    await phone.taps('Export as JSON lines')
    await phone.sees(/^\d+ entries are in the file\./)
    const lines = (await readFile(await (await download).path(), 'utf8')).trim().split('\n')
    const entries = lines.map((line) => JSON.parse(line) as { number: number; hash: string; previous: string })
    expect(entries.length).toBeGreaterThan(55)
    expect(entries.every((entry, at) => at === 0 || entry.previous === entries[at - 1]?.hash)).toBe(true)
    // The token that was refused at the beginning is the browser's one complaint.
    expect(phone.complaints).toEqual([expect.stringMatching(/^Failed to load resource/)])
  })
})
