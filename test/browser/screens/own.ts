/** What a person sets for themselves: settings, devices, passkeys, policy that holds; the lock, looking that must be vouched for, being revoked. */
import type { Desk, DeskPhone } from '../../kit/desk.ts'
import type { Governed } from '../../kit/governed.ts'
import { plugIn } from '../../kit/virtual-authenticator.ts'
import type { Studio } from './studio.ts'

export async function own({ all, shoot, visits }: Studio<DeskPhone>): Promise<void> {
  await visits('own-1-settings', '/settings', 'About')
  await all(async (device) => {
    await device.page.evaluate(() => {
      const offer = Object.assign(new Event('beforeinstallprompt'), { prompt: () => Promise.resolve() })
      window.dispatchEvent(offer)
      document.getElementById('notifications')?.scrollIntoView()
    })
    await device.sees('Install Offdesk')
  })
  await shoot('own-2-notifications')
  await all((device) => device.taps('Turn on'))
  await all((device) => device.sees('Notifications are on'))
  await all((device) => device.taps(/^Send a test/))
  await all((device) => device.sees(/^The push service/))
  await shoot('own-2b-notifications-on')
  await all((device) => device.page.getByText('About').scrollIntoViewIfNeeded())
  await shoot('own-3-looks-and-install')
  await visits('own-4-devices', '/settings/devices', 'Add a workstation')
  await all(async (device) => {
    const rows = device.page.locator('.row').filter({ hasText: /Pixel 8|Chrome on Linux/ })
    // With one look alone there is no other device than this.
    const others = rows.filter({ hasNotText: 'This ' })
    await ((await others.count()) > 0 ? others : rows).first().locator('.row-main').click()
    await device.page.locator('dialog[open]').waitFor()
  })
  await shoot('own-5-device')
  await visits('own-6-passkeys', '/settings/passkeys', /fingerprint/)
  await visits('own-7-signing-in', '/settings/sign-in', /offdesk invite --myself/)
  await visits('own-8-what-holds', '/settings/policy', /^Remote control: /)
  await all(async (device) => {
    await device.opens('/login')
    await device.page.locator('dialog[open], .settings').first().waitFor()
  })
  await shoot('own-9-login')
}

/** A passkey is made and pinned on each, so that lock and looking have something to ask for. */
export async function lock(desk: Desk, { all, shoot }: Studio<DeskPhone>, acme: Governed): Promise<void> {
  await all(async (device, { isPhone }) => {
    await plugIn(device.page)
    await device.opens('/settings/passkeys')
    await device.taps('Make a passkey')
    await device.taps('Let it count on atlas')
    const match = device.page.getByRole('img', { name: /^Match code/ })
    const code = ((await match.textContent()) ?? '').replaceAll(/\s/g, '')
    if (isPhone) await match.scrollIntoViewIfNeeded()
    await desk.pins(code)
    await device.sees(/counts on atlas/)
  })
  await shoot('lock-1-passkey')
  await all(async (device) => {
    await device.opens('/settings')
    await device.taps('1')
    await device.taps('Lock now')
    await device.sees('Offdesk is locked')
  })
  await shoot('lock-2-locked')
  await all(async (device) => {
    await device.taps('Unlock')
    await device.sees('App lock')
    await device.taps('Never')
  })
  desk.agent.asks({ title: 'Build', command: 'npm run build' })
  await acme.apply(acme.organisationId, {
    ...{ remoteControl: 'VIEW_AND_CONTROL', stepUp: { from: 'VIEW', viewMinutes: 720 } },
  })
  await all(async (device) => {
    await device.opens(desk.path)
    await device.sees('Verify to look')
    await device.sees('A permission waits')
  })
  await shoot('look-1-verify')
  await all(async (device) => {
    // The server's own words of a device that it lets look alone.
    const refusal = { code: 'RUNG_TOO_LOW', remedy: 'Pair it again at the terminal of a workstation.' }
    const errors = [{ message: 'This device may go up to view.', extensions: refusal }]
    await device.page.route('**/graphql', (route) =>
      route.request().postData()?.includes('AnswerPermission')
        ? route.fulfill({ json: { data: null, errors } })
        : route.fallback(),
    )
    await device.taps(/^Deny/)
    await device.sees(/^On atlas\. Not sent\./)
    await device.page.unroute('**/graphql')
  })
  await shoot('look-1b-deny-refused')
  await acme.apply(acme.organisationId, { remoteControl: 'VIEW' })
  await all(async (device) => {
    await device.opens('/settings/policy')
    await device.sees(/^Remote control: View only/)
  })
  await shoot('look-2-what-holds-of-an-organisation')
  await all(async (device) => {
    await device.opens(desk.path)
    await device.taps('Why?')
    await device.sees(/You cannot send prompts/)
  })
  await shoot('look-3-why')
  await acme.apply(acme.organisationId, { remoteControl: 'DISABLED' })
  await all(async (device) => {
    await device.opens('/')
    await device.sees(/Blue/)
  })
  await shoot('look-4-off')
}

/** Each revokes itself, as a lost one is. */
export async function revoked(desk: Desk, { all, shoot }: Studio<DeskPhone>): Promise<void> {
  await all(async (device) => {
    await device.opens('/settings')
    const { deviceId, token } = await device.page.evaluate(
      () =>
        new Promise<{ deviceId: string; token: string }>((resolve) => {
          const opening = indexedDB.open('offdesk')
          opening.onsuccess = () => {
            const asked = opening.result.transaction('vault').objectStore('vault').get('identity')
            asked.onsuccess = () => resolve(asked.result)
          }
        }),
    )
    await desk.server.gql(token, 'mutation($id: ID!) { revokeDevice(id: $id) { id } }', { id: deviceId })
    await device.sees(/may no longer connect/)
  })
  await shoot('own-revoked')
}
