// The desktop without a mouse, and the page for those who hear it or want no motion.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Desk, type DeskPhone, openDesk } from '../kit/desk.ts'

let desk: Desk
let desktop: DeskPhone
beforeAll(async () => {
  desk = await openDesk()
  desktop = await desk.desktop()
  await desktop.pairs()
})
afterAll(() => desk?.close())

/** Controls that a screen reader would call "button" and nothing more. */
const nameless = async (page: Page) =>
  (await page.locator('body').ariaSnapshot())
    .split('\n')
    .filter((line) =>
      /^\s*- (button|link|textbox|searchbox|radio|checkbox|menuitem|dialog|combobox)(:| \[|$)/.test(line),
    )
const focused = () => desktop.page.evaluate(() => document.activeElement?.outerHTML.slice(0, 160))
/** Beside the dialog's own controls Tab may reach the browser's, which is the body for the page. */
const inDialog = () =>
  desktop.page.evaluate(
    () => document.activeElement === document.body || document.activeElement?.closest('dialog[open]') !== null,
  )

describe('the keyboard', () => {
  it('[H2] Enter sends the prompt, Shift+Enter makes a line', async () => {
    await desktop.page.getByLabel('Prompt', { exact: true }).focus()
    await desktop.page.keyboard.type('First line')
    await desktop.presses('Shift+Enter')
    await desktop.page.keyboard.type('second line')
    await desktop.presses('Enter')
    expect((await desk.agent.prompted()).text).toBe('First line\nsecond line')
  })

  it('[H2] A allows once and D denies, outside fields only', async () => {
    for (const [key, answer] of [
      ['a', 'allow'],
      ['d', 'deny'],
    ] as const) {
      const asked = desk.agent.asks({ title: `Key ${key}`, command: `echo ${key}` })
      await desktop.sees(`echo ${key}`)
      await desktop.page.getByLabel('Prompt', { exact: true }).press(key)
      expect(desk.session.view().decisions).toHaveLength(1)
      await desktop.page.getByLabel('Prompt', { exact: true }).fill('')
      await desktop.page.getByRole('log').focus()
      // Live as soon as the buttons are: the guard of 400 ms is the same.
      await desktop.control(/^Allow/).click({ trial: true })
      await desktop.presses(key)
      expect(await asked.answered()).toBe(answer)
      await desktop.closes()
    }
  })

  it('[H2] the keys live while text streams into the transcript', async () => {
    const asked = desk.agent.asks({ title: 'Stream', command: 'echo stream' })
    await desktop.sees('echo stream')
    await desktop.page.getByRole('log').focus()
    const streaming = setInterval(() => desk.agent.says('More words. '), 60)
    try {
      await desktop.control(/^Allow/).click({ trial: true })
      await desktop.sees(/More words\. More words\. More words\. More words\./)
      await desktop.presses('a')
      expect(await asked.answered()).toBe('allow')
    } finally {
      clearInterval(streaming)
    }
    await desktop.closes()
  })

  it('[H2] Escape asks before it cancels; the question holds the focus and Escape leaves the turn going', async () => {
    await desktop.page.getByRole('log').focus()
    await desktop.presses('Escape')
    await desktop.sees('Cancel this turn?')
    expect(await nameless(desktop.page)).toEqual([])
    for (let press = 0; press < 6; press++) {
      expect(await inDialog(), `after ${press} Tabs at ${await focused()}`).toBe(true)
      await desktop.presses('Tab')
    }
    await desktop.presses('Escape')
    await desktop.seesNo('Cancel this turn?')
    expect(desk.session.view().turn?.isCancelling).toBe(false)
  })

  it('[H2] the focus is visible on every stop of Tab', async () => {
    await desktop.page.locator('body').press('Tab')
    const stops = new Set<string>()
    for (let stop = 0; stop < 12; stop++) {
      const seen = await desktop.page.evaluate(() => {
        const element = document.activeElement
        if (!(element instanceof HTMLElement) || element === document.body) return true
        const around: Element[] = [element, ...element.querySelectorAll('*')]
        for (let one = element.parentElement; one; one = one.parentElement) around.push(one)
        const look = () => {
          for (const one of document.getAnimations())
            if (one.effect?.getComputedTiming().endTime !== Infinity) one.finish()
          const styles = around.map((one) => getComputedStyle(one))
          return styles.map((one) => [one.outline, one.boxShadow, one.borderColor, one.backgroundColor].join()).join()
        }
        const focused = look()
        element.blur()
        const unfocused = look()
        element.focus({ focusVisible: true } as FocusOptions)
        return focused !== unfocused
      })
      expect(seen, await focused()).toBe(true)
      stops.add(String(await focused()))
      await desktop.presses('Tab')
    }
    expect(stops.size).toBeGreaterThan(4)
  })
})

describe('a screen reader, and no motion', () => {
  it('[H2] every control of every screen has a name', async () => {
    for (const path of [desk.path, '/', '/inbox', '/settings', '/settings/devices', '/pair']) {
      await desktop.opens(path)
      await desktop.page.getByRole('button').first().waitFor()
      expect({ path, nameless: await nameless(desktop.page) }).toEqual({ path, nameless: [] })
    }
    expect(desktop.complaints).toEqual([])
  })

  it('[H2] with reduced motion a sheet is there at once, and moves nothing', async () => {
    const phone = await desk.phone({ reducedMotion: 'reduce' })
    await phone.pairs()
    desk.agent.asks({ title: 'Still', command: 'sleep 0' })
    await phone.taps(/Answer$/)
    await phone.sees('sleep 0')
    const moving = await phone.page.evaluate(() =>
      document.getAnimations().flatMap((one) => {
        // A fade may stay: nothing moves.
        const properties = one.effect instanceof KeyframeEffect ? one.effect.getKeyframes().flatMap(Object.keys) : []
        return properties.filter((name) => /^(transform|translate|rotate|scale|top|left|height|width)$/.test(name))
      }),
    )
    expect(moving).toEqual([])
    expect(await nameless(phone.page)).toEqual([])
  })
})
