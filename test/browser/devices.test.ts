// A person's devices and workstations: seen, renamed, limited and revoked from any of them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Desk, type DeskPhone, openDesk } from '../kit/desk.ts'
import { knocks } from '../kit/joining.ts'
import { joins } from '../kit/sign-in.ts'

let desk: Desk
let phone: DeskPhone
let tablet: DeskPhone
let desktop: DeskPhone
beforeAll(async () => {
  desk = await openDesk()
  phone = await desk.phone()
  tablet = await desk.phone({ model: 'Pixel Tablet' })
  desktop = await desk.desktop()
  await phone.pairs()
  await tablet.pairs('ANSWER')
  await desktop.pairs()
})
afterAll(() => desk?.close())

describe('devices and workstations', () => {
  it('[F8] says of each what it may do, when it was seen and where it counts', async () => {
    await phone.opens('/settings/devices')
    await phone.control(/^Pixel Tablet Seen .+ ago · atlas answer$/).waitFor()
    await phone.control(/^Pixel 8 This phone · atlas steer$/).waitFor()
    await phone.sees('Live')
  })

  it('[F8] a device is renamed from another one', async () => {
    await phone.taps(/^Pixel Tablet/)
    await phone.writes('Name', 'Kitchen tablet')
    await phone.taps('Keep this name')
    await phone.sees('Renamed.')
    await phone.presses('Escape')
    await desktop.opens('/settings/devices')
    await desktop.control(/^Kitchen tablet/).waitFor()
  })

  it('[T4][F3] one below full is told why it may not add a workstation, also where a code would be typed, until its person can show who they are', async () => {
    await phone.opens('/settings/devices')
    await phone.sees(/^Letting a workstation in needs a device with full, or a passkey that you sign in with\./)
    expect(await phone.control(/^Add a workstation/).isDisabled()).toBe(true)
    await phone.taps('Why?')
    await phone.sees('This phone may not add a workstation')
    await phone.taps('Close')
    await phone.opens('/login')
    await phone.sees('This phone may not add a workstation')
    await phone.sees(/“offdesk invite --myself” prints a link/)
    expect(await phone.page.locator('dialog[open]').getByRole('textbox').count()).toBe(0)
    await phone.taps('Close')

    const { gql } = desk.server
    const attic = await desk.server.enrolledHost('attic')
    const link = 'mutation { createInvitation(input: {kind: PASSKEY, name: "me"}) { code } }'
    const { createInvitation } = await gql<{ createInvitation: { code: string } }>(attic.token, link)
    await joins(gql, createInvitation.code, { deviceName: 'Library computer' })
    const { code, state, reveals } = await knocks(gql)
    await phone.opens('/login')
    await phone.page.locator('dialog[open]').getByRole('textbox').fill(code)
    await phone.taps('Add it')
    await expect.poll(state).toBe('JOINED')
    await reveals()
    await phone.sees('Does laptop show the same code?')
    await phone.taps('Same code, add it')
    // No passkey here that would count: the key press at a workstation that is known remains.
    await phone.sees(/^One key press is left, at a workstation that is known here already/)
    expect(await state()).toBe('REVEALED')
    await phone.taps('The codes differ')
    await phone.sees('Ended: the codes differ')
    await phone.presses('Escape')
    await phone.seesNo('Ended: the codes differ')
  })

  it('[F8][T3] all others are revoked at once; this one stays', async () => {
    await phone.taps('Revoke all others 3 other devices, this phone stays')
    await phone.sees(/Kitchen tablet/)
    await phone.taps('Revoke all others')
    await phone.sees('3 other devices revoked.')
    for (const lost of [tablet, desktop]) await lost.sees(/may no longer connect$/)
    await phone.control(/^Pixel 8 This phone/).waitFor()
    expect(await phone.control(/^Kitchen tablet/).count()).toBe(0)
    await phone.opens(desk.path)
    await phone.sees('Live')
    expect(phone.complaints).toEqual([])
  })
})
