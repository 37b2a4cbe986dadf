// A person's devices and workstations: seen, renamed, limited and revoked from any of them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Desk, type DeskPhone, openDesk } from '../kit/desk.ts'

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

  it('[F8][T3] all others are revoked at once; this one stays', async () => {
    await phone.taps('Revoke all others 2 other devices, this phone stays')
    await phone.sees(/Kitchen tablet/)
    await phone.taps('Revoke all others')
    await phone.sees('2 other devices revoked.')
    for (const lost of [tablet, desktop]) await lost.sees(/may no longer connect$/)
    await phone.control(/^Pixel 8 This phone/).waitFor()
    expect(await phone.control(/^Kitchen tablet/).count()).toBe(0)
    await phone.opens(desk.path)
    await phone.sees('Live')
    expect(phone.complaints).toEqual([])
  })
})
