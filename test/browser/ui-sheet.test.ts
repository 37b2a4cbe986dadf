// The sheet under a real finger, in a real Chromium: what it guards, how it closes, where the focus goes.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { createServer, type ViteDevServer } from 'vite'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

let server: ViteDevServer
let browser: Browser
let page: Page
let cache: string
let address: string

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'offdesk-ui-'))
  server = await createServer({
    configFile: 'pwa/vite.config.ts',
    cacheDir: cache,
    logLevel: 'error',
    server: { host: '127.0.0.1', port: 0, hmr: false, watch: null },
  })
  await server.listen()
  address = server.resolvedUrls?.local[0] ?? ''
  browser = await chromium.launch({ executablePath: process.env.OFFDESK_CHROMIUM ?? '/usr/bin/chromium', args: flags })
  // The first visit makes the server bundle what the page needs; it may reload once for that.
  page = await browser.newPage()
  await page.goto(`${address}ui/gallery.html?page=sheet-test`)
  await page.getByRole('button', { name: 'Open' }).waitFor({ timeout: 60_000 })
  await page.close()
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await server?.close()
  await rm(cache, { recursive: true, force: true })
})

beforeEach(async () => {
  await page?.close()
  page = await browser.newPage({ viewport: { width: 360, height: 800 }, hasTouch: true })
  await page.goto(`${address}ui/gallery.html?page=sheet-test`)
})

const said = () => page.getByTestId('said').textContent()
const open = async () => {
  await page.getByRole('button', { name: 'Open' }).click()
  await page.getByRole('dialog').waitFor()
}
const closed = () => page.getByRole('dialog').waitFor({ state: 'detached' })

/** Presses where the button is, whatever the page thinks of it: a finger does not ask whether an element is enabled. */
async function tapWhere(name: string) {
  const place = await page.locator('button', { hasText: name }).boundingBox()
  if (!place) throw new Error(`no ${name} on the screen`)
  await page.mouse.click(place.x + place.width / 2, place.y + place.height / 2)
}

describe('the sheet', () => {
  it('keeps its answers inert for 400 ms after opening, then takes them', async () => {
    await open()
    const inert = await page.evaluate(() => {
      const footer = document.querySelector<HTMLElement>('.sheet-footer')
      footer?.querySelector<HTMLButtonElement>('.button-primary')?.focus()
      return { inert: footer?.inert, focused: document.activeElement?.textContent }
    })
    expect(inert.inert).toBe(true)
    expect(inert.focused).not.toBe('Allow once')
    await page.getByRole('button', { name: 'Allow once' }).click()
    expect(await said()).toBe('allowed 1')
  })

  it('makes the answers inert again in the same frame in which the decision changes', async () => {
    await open()
    await page.getByRole('button', { name: 'Allow once' }).waitFor()
    await page.waitForFunction(() => document.querySelector<HTMLElement>('.sheet-footer')?.inert === false)
    const after = await page.evaluate(() => {
      document.querySelector<HTMLButtonElement>('[data-testid=next]')?.click()
      return new Promise<boolean | undefined>((resolve) =>
        requestAnimationFrame(() => resolve(document.querySelector<HTMLElement>('.sheet-footer')?.inert)),
      )
    })
    expect(after).toBe(true)
    await tapWhere('Allow once')
    expect(await said()).toBe('')
    await page.getByRole('button', { name: 'Allow once' }).click()
    expect(await said()).toBe('allowed 2')
  })

  it('swallows a press that began under another decision, however long it lasted', async () => {
    await open()
    const button = page.getByRole('button', { name: 'Allow once' })
    await page.waitForFunction(() => document.querySelector<HTMLElement>('.sheet-footer')?.inert === false)
    const place = await button.boundingBox()
    if (!place) throw new Error('no button')
    await page.mouse.move(place.x + 20, place.y + 20)
    await page.mouse.down()
    await page.evaluate(() => document.querySelector<HTMLButtonElement>('[data-testid=next]')?.click())
    await page.waitForFunction(() => document.querySelector<HTMLElement>('.sheet-footer')?.inert === false)
    await page.mouse.up()
    expect(await said()).toBe('')
    await button.click()
    expect(await said()).toBe('allowed 2')
  })

  it('closes on Escape, decides nothing and gives the focus back', async () => {
    await open()
    await page.keyboard.press('Escape')
    await closed()
    expect(await said()).toBe('')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Open')
  })

  it('closes when dragged past 30 % of its height and returns when let go before', async () => {
    await open()
    const panel = page.locator('.sheet-panel')
    await page.waitForFunction(() => document.querySelector('.sheet-panel')?.getAnimations().length === 0)
    const before = await panel.boundingBox()
    if (!before) throw new Error('no panel')
    const drag = async (share: number) => {
      await page.mouse.move(180, before.y + 4)
      await page.mouse.down()
      for (let step = 1; step <= 10; step++) {
        await page.mouse.move(180, before.y + 4 + (before.height * share * step) / 10)
        await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 30)))
      }
      await page.mouse.up()
    }
    await drag(0.2)
    await expect.poll(async () => (await panel.boundingBox())?.y).toBe(before.y)
    expect(await page.getByRole('dialog').count()).toBe(1)
    await drag(0.45)
    await closed()
    expect(await said()).toBe('')
  })

  it('closes on a plain tap on its grip, as its name says, and decides nothing', async () => {
    await open()
    await page.waitForFunction(() => document.querySelector('.sheet-panel')?.getAnimations().length === 0)
    await page.getByRole('button', { name: 'Close' }).click()
    await closed()
    expect(await said()).toBe('')
  })

  it('closes when the ground behind it is tapped, and keeps Tab inside', async () => {
    await open()
    await page.getByRole('button', { name: 'Allow once' }).waitFor()
    for (let i = 0; i < 6; i++) {
      await page.keyboard.press('Tab')
      const inside = await page.evaluate(
        () => document.activeElement === document.body || document.activeElement?.closest('dialog') !== null,
      )
      expect(inside).toBe(true)
    }
    await page.mouse.click(180, 40)
    await closed()
  })

  it('keeps the answers on the screen when its text is far too long', async () => {
    await page.getByTestId('long').click()
    await open()
    await page.waitForFunction(() => document.querySelector('.sheet-panel')?.getAnimations().length === 0)
    const place = await page.getByRole('button', { name: 'Allow once' }).boundingBox()
    expect((place?.y ?? 9999) + (place?.height ?? 0)).toBeLessThanOrEqual(800)
    const body = await page.locator('.sheet-body').evaluate((element) => element.scrollHeight > element.clientHeight)
    expect(body).toBe(true)
  })
})
