/** Claude Code through its ACP adapter, steered from a phone against a scripted model: permission, question, plan, cancel (A4, C1–C3). */
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Product, startProduct } from '../kit/product.ts'
import { type ProductPhone, pairedPhone } from '../kit/product-phone.ts'
import { type ModelServer, startModelServer } from './model/server.ts'
import { claudeEnv } from './recipes.ts'

let model: ModelServer
let product: Product
let phone: ProductPhone
const work = mkdtempSync(join(tmpdir(), 'offdesk-claude-'))

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
  product = await startProduct(['start', 'claude', '--cwd', work], claudeEnv(model.url))
  phone = await pairedPhone(product)
}, 120_000)

afterAll(async () => {
  await phone?.end()
  await product?.close()
  await model?.close()
})

describe('Claude Code from a phone', () => {
  it('streams its answer to a prompt', async () => {
    await say('hello from the phone')
    await phone.sees('You said: hello from the phone')
  })

  it('runs a command that was allowed once', async () => {
    await say('RUN `touch allowed.txt`')
    await phone.taps(/Answer$/)
    await phone.sees('touch allowed.txt')
    await phone.taps('Yes')
    await closes()
    await phone.sees(/The tool said/)
    expect(existsSync(join(work, 'allowed.txt'))).toBe(true)
  })

  it('asks its question with the choices it has, and gets the answer (C2)', async () => {
    await phone.page.reload()
    await say('ASK ME')
    await phone.taps(/Answer$/)
    await phone.sees('Which database should it use?')
    await phone.taps(/^PostgreSQL/)
    await phone.taps('Send answer')
    await closes()
    await phone.sees(/The tool said: .*PostgreSQL/)
  })

  it('shows its plan, and goes on in the mode that was chosen (C3)', async () => {
    await phone.page.reload()
    await phone.taps(/^Mode:/)
    await phone.taps(/^Plan/)
    await phone.sees(/^Plan$/)
    await say('PLAN IT')
    await phone.taps(/Answer$/)
    await phone.sees('Change one file')
    await phone.taps('Yes, manually approve edits')
    await closes()
    await phone.sees(/After the plan: .*approved/)
  })

  it('stops a turn that would go on forever (C6)', async () => {
    await phone.page.reload()
    await say('GO ON FOREVER')
    await phone.sees(/still working/)
    await phone.taps(/^Cancel turn/)
    await phone.sees(/cancelled/)
  })
})
