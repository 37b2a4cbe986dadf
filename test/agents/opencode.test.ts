/** opencode, a real third-party agent, steered from a phone against a scripted model (A4). */
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Product, startProduct } from '../kit/product.ts'
import { type ProductPhone, pairedPhone } from '../kit/product-phone.ts'
import { type ModelServer, startModelServer } from './model/server.ts'
import { opencodeEnv } from './recipes.ts'

let model: ModelServer
let product: Product
let phone: ProductPhone
const work = mkdtempSync(join(tmpdir(), 'offdesk-opencode-'))

const say = async (text: string) => {
  await phone.writes('Prompt', text)
  await phone.taps('Send')
}

/** The settled sheet stays until it is dismissed. */
const closes = async () => {
  await phone.sees(/^Answered on this/)
  await phone.taps('Close')
}

beforeAll(async () => {
  model = await startModelServer()
  product = await startProduct(['start', 'opencode', '--cwd', work], opencodeEnv(model.url))
  phone = await pairedPhone(product)
}, 120_000)

afterAll(async () => {
  await phone?.end()
  await product?.close()
  await model?.close()
})

describe('opencode from a phone', () => {
  it('streams its answer to a prompt', async () => {
    await say('hello from the phone')
    await phone.sees('You said: hello from the phone')
  })

  it('asks before a command, runs it when allowed once, and the file is there', async () => {
    await say('RUN `touch allowed.txt`')
    await phone.taps(/Answer$/)
    await phone.sees('touch allowed.txt')
    await phone.taps('Allow once')
    await closes()
    await phone.sees(/The tool said/)
    expect(existsSync(join(work, 'allowed.txt'))).toBe(true)
  })

  it('does not run what was denied', async () => {
    await phone.page.reload()
    await say('RUN `touch denied.txt`')
    await phone.taps(/Answer$/)
    await phone.sees('touch denied.txt')
    await phone.taps('Reject')
    await closes()
    expect(existsSync(join(work, 'denied.txt'))).toBe(false)
  })

  it('changes the mode and says so when the agent is in it (C5)', async () => {
    await phone.page.reload()
    await phone.taps(/^Mode:/)
    await phone.taps(/plan/i)
    await phone.sees(/^plan$/i)
  })

  it('stops a turn that would go on forever (C6)', async () => {
    await say('GO ON FOREVER')
    await phone.sees(/still working/)
    await phone.taps(/^Cancel turn/)
    await phone.sees(/cancelled/)
  })
})
