/** A desk that every eye has been paired with; the QR, the code and the match code on the way. */
import type { Desk, DeskPhone } from '../../kit/desk.ts'
import type { Studio } from './studio.ts'

export async function pairs(desk: Desk, { eyes, all, shoot, visits }: Studio<DeskPhone>, rung: 'STEER' | 'FULL') {
  await all(async (device) => {
    await device.opens('/')
    await device.page.getByRole('button').first().waitFor()
  })
  await shoot('pair-1-not-paired')
  await visits('pair-2-code', '/pair', /^Eight /)
  for (const eye of eyes) {
    const { device } = eye
    const { link, pairing } = await desk.opensPairing(rung)
    await device.opens(link)
    await device.sees(/was read from the QR/)
    await shoot('pair-3-by-qr', [eye])
    await device.taps(/^Pair this (phone|tablet|computer)$/)
    const match = device.page.getByRole('img', { name: /^Match code/ })
    const code = ((await match.textContent()) ?? '').replaceAll(/\s/g, '')
    await shoot('pair-4-match', [eye])
    await desk.confirms(pairing, code)
    await device.page.waitForURL(`**/s/${desk.session.id}`)
  }
}
