/** Administration: token, places, policy with its trial, history and settings, members, audit, webhooks, single sign-on, legal hold, founding. */
import type { DeskPhone } from '../../kit/desk.ts'
import type { Governed } from '../../kit/governed.ts'
import type { Studio } from './studio.ts'

export async function admin(studio: Studio<DeskPhone>, acme: Governed): Promise<void> {
  const { all, shoot, visits } = studio
  const at = (path: string) => `/admin/${acme.organisationId}/${path}`
  await all(async (device) => {
    await device.opens('/admin')
    await device.writes(/^Admin’s token/, 'oda_nothing')
    await device.taps('Go on')
    await device.sees(/^This server does not know that token/)
  })
  await shoot('admin-01-token')
  await all(async (device) => {
    await device.writes(/^Admin’s token/, acme.admin)
    await device.taps('Go on')
    await device.sees('Blue')
  })
  await shoot('admin-02-places')
  await all(async (device) => {
    await device.opens(at('policy'))
    await device.taps(/^View only/)
    await device.sees(/not applied/)
  })
  await shoot('admin-03-policy')
  await all(async (device) => {
    await device.taps('Try it')
    await device.sees(/running session/)
  })
  await shoot('admin-04-trial')
  await all(async (device) => {
    await device.taps('Back')
    await device.taps(/^Never remotely/)
    await device.taps('Add a class')
  })
  await shoot('admin-05-classes')
  await all(async (device) => {
    await device.presses('Escape')
    await device.taps('Discard')
    await device.taps(/^Ask for a passkey/)
  })
  await shoot('admin-06-setting')
  await all(async (device) => {
    await device.presses('Escape')
    await device.taps(/^Earlier versions/)
    await device.sees(/^Version 1/)
  })
  await shoot('admin-07-history')
  await visits('admin-08-members', at('members'), 'Invite a person')
  await visits('admin-09-member', at(`members/${acme.ownerId}`), /^Remote control: /)
  await all(async (device) => {
    await device.opens(at('audit'))
    await device.taps('Filter')
  })
  await shoot('admin-10-audit')
  await all(async (device) => {
    await device.page.locator('.admin-entries .row-main').first().click()
    await device.sees('Hash')
  })
  await shoot('admin-11-audit-entry')
  await visits('admin-12-webhooks', at('webhooks'), 'Nothing is sent anywhere yet.')
  await visits('admin-13-sign-on', at('sign-on'), 'For the provider')
  await visits('admin-14-tokens', '/admin/tokens', /this tab’s own$/)
  const rotating = await acme.makeToken({ name: 'nightly rotation', scopes: ['TOKENS', 'READ'], days: 30 }, acme.admin)
  await acme.makeToken({ name: 'nightly report', scopes: ['READ'], days: 7 }, rotating.token)
  await visits('admin-14b-tokens-made', '/admin/tokens', /^nightly report/)
  await all(async (device) => {
    await device.page.locator('.row').filter({ hasText: 'Made by root' }).getByText('Revoke').first().click()
    await device.sees(/^Revoke nightly/)
  })
  await shoot('admin-14c-token-that-made-one')
  await all(async (device) => {
    await device.taps('Cancel')
    await device.taps('New token')
    await device.writes('Name', 'nightly audit')
  })
  await shoot('admin-15-new-token')
  await all(async (device) => {
    await device.opens('/admin')
    await device.taps('New enterprise')
    await device.writes('Name of the enterprise', 'Umbrella')
    await device.writes(/^Its organisations/, 'Payments\nPlatform')
  })
  await shoot('admin-16-founding')
  await all(async (device) => {
    await device.opens('/admin')
    await device.tapsOn('Legal hold')
    await device.sees(/^Hold everything of/)
  })
  await shoot('admin-17-legal-hold')
  await all(async (device) => {
    await device.presses('Escape')
    await device.page.getByText('Turn remote control off now').first().click()
    await device.sees(/^Turn remote control off for/)
  })
  await shoot('admin-18-kill-switch')
  await all((device) => device.presses('Escape'))
}
