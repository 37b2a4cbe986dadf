/** The main job as a newcomer meets it: `offdesk start` with the demo agent, a browser, an answer (H3, A4). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Product, startProduct } from '../kit/product.ts'
import { type ProductPhone, pairedPhone } from '../kit/product-phone.ts'

let product: Product
let phone: ProductPhone

beforeAll(async () => {
  product = await startProduct(['start'], { OFFDESK_DEMO_PACE: '0' })
  phone = await pairedPhone(product)
}, 120_000)

afterAll(async () => {
  await phone?.end()
  await product?.close()
})

describe('offdesk start with the demo agent', () => {
  it('shows the transcript live and takes an answer from the phone', async () => {
    await phone.taps(/Answer$/)
    await phone.taps(/^20 % off/)
    await phone.taps('Send answer')
    await phone.sees(/Answered on this (phone|computer) .*20 % off/)
  })

  it('goes on to the plan, and edits only after an answer', async () => {
    await phone.taps('Next decision')
    await phone.sees('Teach the cart the code WELCOME')
    await phone.taps(/^Approve, then interactive/)
    await phone.taps('Next decision')
    await phone.sees(/totalWithCode/)
  })

  it('ends everything it started when it is ended', async () => {
    const [, url = ''] = await product.line(/^Session: (http:\/\/[^/]+)/)
    expect((await fetch(`${url}/healthz`)).ok).toBe(true)
    product.child.kill('SIGINT')
    await expect.poll(() => product.child.exitCode, { timeout: 20_000 }).not.toBeNull()
    await expect(fetch(`${url}/healthz`)).rejects.toThrow()
  })
})
