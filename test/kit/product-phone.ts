/** A phone that pairs with a started product the way a person without its terminal does: link, match code, `devices confirm`. */
import { startBrowser } from './browser.ts'
import { createPhone, type Phone } from './phone.ts'
import type { Product } from './product.ts'

export type ProductPhone = Phone & { end(): Promise<void> }

/** Lands on the product's session. */
export async function pairedPhone(product: Product): Promise<ProductPhone> {
  const [, link = ''] = await product.line(/^Pair a browser on this machine: (\S+)/)
  const browser = await startBrowser()
  const phone = await createPhone(await browser.phone('Pixel 8'), new URL(link).origin, true)
  await phone.opens(link)
  await phone.taps(/^Pair this (phone|tablet|computer)$/)
  const [, code = ''] = await product.line(/devices confirm (\w{6})$/)
  const shown = await phone.page.getByRole('img', { name: /^Match code/ }).textContent()
  if (shown?.replaceAll(/\s/g, '') !== code) throw new Error(`the phone shows ${shown}, the workstation ${code}`)
  await product.also('devices', 'confirm', code)
  await phone.page.waitForURL('**/s/ses_*')
  return Object.defineProperties(
    { end: () => browser.close() } as ProductPhone,
    Object.getOwnPropertyDescriptors(phone),
  )
}
