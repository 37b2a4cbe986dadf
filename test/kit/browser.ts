/** A real Chromium and the devices people hold in it: each a context of its own, with its own storage, touch and size. Knows no screen. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium } from 'playwright-core'

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export type Look = {
  deviceScaleFactor?: number
  colorScheme?: 'light' | 'dark'
  reducedMotion?: 'reduce' | 'no-preference'
}

export type TestBrowser = {
  browser: Browser
  /** 360×800 with touch; `model` is how it names itself when it pairs. */
  phone(model: string, look?: Look): Promise<BrowserContext>
  /** 1280×800 with mouse and keyboard. */
  desktop(look?: Look): Promise<BrowserContext>
  /** The same phone in a profile on disk, as an app is installed in: a private window can neither install nor keep pushes. */
  lasting(model: string): Promise<BrowserContext>
  close(): Promise<void>
}

/** OFFDESK_CHROMIUM names the executable; else the distribution's. */
export async function startBrowser(): Promise<TestBrowser> {
  const executablePath = process.env.OFFDESK_CHROMIUM ?? '/usr/bin/chromium'
  const launching = { executablePath, headless: true, args: FLAGS }
  const browser = await chromium.launch(launching)
  const version = browser.version().split('.')[0]
  const lasting: { context: BrowserContext; folder: string }[] = []
  const phone = (model: string) => ({
    ...{ viewport: { width: 360, height: 800 }, hasTouch: true, isMobile: true, deviceScaleFactor: 1 },
    userAgent: `Mozilla/5.0 (Linux; Android 14; ${model}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.0.0 Mobile Safari/537.36`,
  })
  return {
    browser,
    phone: (model, look = {}) => browser.newContext({ ...phone(model), ...look }),
    desktop: (look = {}) => browser.newContext({ viewport: { width: 1280, height: 800 }, ...look }),
    async lasting(model) {
      const folder = await mkdtemp(join(tmpdir(), 'offdesk-profile-'))
      const context = await chromium.launchPersistentContext(folder, { ...launching, ...phone(model) })
      lasting.push({ context, folder })
      return context
    },
    async close() {
      for (const { context, folder } of lasting) {
        await context.close()
        await rm(folder, { recursive: true, force: true })
      }
      await browser.close()
    },
  }
}
