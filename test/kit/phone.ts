/** A person's hand on the page: finds what they would look for by its name, taps it and counts. Knows words, no selectors of the page's. */
import type { BrowserContext, Locator, Page } from 'playwright-core'

/** What a person reads: the whole name, or a pattern where a time or a count stands in it. */
export type Name = string | RegExp

export type Phone = {
  readonly page: Page
  readonly context: BrowserContext
  /** Taps and clicks so far; typing and reading are none. */
  readonly tapCount: number
  /** Errors of console and page, broken content policy. A calm page has none. */
  readonly complaints: readonly string[]
  /** A path of the server, or a whole address. */
  opens(address: string): Promise<void>
  /** The control of that name, in the dialog on top if there is one. */
  control(name: Name): Locator
  taps(name: Name): Promise<void>
  /** Where these words stand, whether a control or not. */
  tapsOn(text: Name): Promise<void>
  /** Into the field of that label, in place of what is there. */
  writes(label: Name, text: string): Promise<void>
  /** Waits until it can be read. */
  sees(text: Name): Promise<void>
  /** Waits until it can no longer be read. */
  seesNo(text: Name): Promise<void>
  presses(key: string): Promise<void>
  /** Puts a settled decision away, once it is shown as settled. */
  closes(): Promise<void>
  close(): Promise<void>
}

const ROLES = ['button', 'link', 'radio', 'checkbox', 'menuitem', 'menuitemradio'] as const
/** For a busy machine: a claim that fails waits this long, one that holds does not. */
const DEADLINE_MS = 20_000

/** `touch`: presses with a finger, else with a mouse. */
export async function createPhone(context: BrowserContext, url: string, touch: boolean): Promise<Phone> {
  const complaints: string[] = []
  context.setDefaultTimeout(DEADLINE_MS)
  const page = await context.newPage()
  await page.addInitScript(
    `addEventListener('securitypolicyviolation', (e) => console.error('content policy: ' + e.violatedDirective + ' ' + e.blockedURI))`,
  )
  page.on('console', (said) => said.type() === 'error' && complaints.push(said.text()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  let tapCount = 0

  /** The dialog on top, else the page. */
  const front = (): Locator => page.locator('dialog[open]').or(page.locator('body:not(:has(dialog[open]))')).last()
  const control = (name: Name): Locator => {
    const options = typeof name === 'string' ? { name, exact: true } : { name }
    const [first, ...others] = ROLES.map((role) => front().getByRole(role, options))
    if (!first) throw new Error('no roles')
    return others
      .reduce((all, next) => all.or(next), first)
      .filter({ visible: true })
      .last()
  }
  const readable = (text: Name): Locator => front().getByText(text).filter({ visible: true }).first()
  async function press(target: Locator): Promise<void> {
    await (touch ? target.tap() : target.click())
    tapCount++
  }
  /** A deadline that says what a person would have seen instead. */
  const whatIsThere = (claim: string) => async (cause: unknown) => {
    throw new Error(`${claim}; on ${page.url()} stands:\n${await page.locator('body').innerText()}`, { cause })
  }
  const phone: Phone = {
    page,
    context,
    complaints,
    get tapCount() {
      return tapCount
    },
    async opens(address) {
      await page.goto(new URL(address, url).href)
    },
    control,
    async taps(name) {
      const found = control(name)
      await found.waitFor().catch(whatIsThere(`there is no “${name}”`))
      // A radio is drawn by its label; the finger meets that.
      const label = found.locator('xpath=ancestor-or-self::label')
      await press((await label.count()) > 0 ? label : found)
    },
    writes: (label, text) =>
      front()
        .getByLabel(label)
        // A prompt that was sent is labelled too (“Your prompt”), and may be there before the field is.
        .and(page.locator('input, textarea, select, [contenteditable]'))
        .filter({ visible: true })
        .last()
        .fill(text)
        .catch(whatIsThere(`nothing can be written into “${String(label)}”`)),
    tapsOn: (text) => press(readable(text)),
    sees: (text) =>
      readable(text)
        .waitFor()
        .catch(whatIsThere(`“${text}” cannot be read`)),
    seesNo: (text) =>
      readable(text)
        .waitFor({ state: 'detached' })
        .catch(whatIsThere(`“${text}” can still be read`)),
    presses: (key) => page.keyboard.press(key),
    async closes() {
      // A sheet's grip is called Close as well: only the button of a settled one is meant.
      await phone.sees(/^Settled$/)
      await phone.taps('Close')
      await phone.seesNo(/^Settled$/)
    },
    close: () => context.close(),
  }
  return phone
}
