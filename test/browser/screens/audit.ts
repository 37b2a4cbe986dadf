/** What a page withholds from eyes, thumbs and screen readers, as far as it can be computed: contrast, targets, names, sideways scroll. Knows no screen. */
import type { Page } from 'playwright-core'

/** One line per defect; empty when all that is seen now is well. Disabled controls are left out, as WCAG does. */
export const audit = (page: Page): Promise<string[]> => page.evaluate(look)

// Sent into the page as it stands: everything it needs is inside.
function look(): string[] {
  const found = new Set<string>()
  type Rgb = [number, number, number, number]
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
  const known = new Map<string, Rgb>()
  // Whatever notation the style is in (oklab, color-mix), painted it is four bytes.
  const rgb = (color: string): Rgb => {
    const before = known.get(color)
    if (before || !canvas) return before ?? [0, 0, 0, 1]
    canvas.clearRect(0, 0, 1, 1)
    canvas.fillStyle = color
    canvas.fillRect(0, 0, 1, 1)
    const [r = 0, g = 0, b = 0, a = 0] = canvas.getImageData(0, 0, 1, 1).data
    const value: Rgb = [r, g, b, a / 255]
    known.set(color, value)
    return value
  }
  const over = (top: Rgb, under: Rgb): Rgb => {
    const mix = (at: 0 | 1 | 2) => top[at] * top[3] + under[at] * (1 - top[3])
    return [mix(0), mix(1), mix(2), 1]
  }
  const light = ([r, g, b]: Rgb) => {
    const part = (byte: number) => (byte / 255 <= 0.04045 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4)
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b)
  }
  const ratio = (a: Rgb, b: Rgb) => {
    const [high = 0, low = 0] = [light(a), light(b)].sort((x, y) => y - x)
    return (high + 0.05) / (low + 0.05)
  }
  const ground = (element: Element): Rgb => {
    const own = rgb(getComputedStyle(element).backgroundColor)
    if (own[3] >= 0.999) return own
    return over(own, element.parentElement ? ground(element.parentElement) : [255, 255, 255, 1])
  }
  const dialogs = [...document.querySelectorAll('dialog[open]')]
  const front = dialogs.at(-1) ?? document.body
  const isOff = (element: Element) => element.closest(':disabled, [aria-disabled="true"], [inert], .sr-only') !== null
  const isSeen = (element: Element) => {
    const box = element.getBoundingClientRect()
    if (box.width < 2 || box.height < 2 || box.bottom < 0 || box.top > innerHeight) return false
    return element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
  }
  const called = (element: Element) => {
    const words = (element.getAttribute('aria-label') ?? element.textContent ?? '').trim().replace(/\s+/g, ' ')
    return `${element.tagName.toLowerCase()}.${element.className || '-'} “${words.slice(0, 40)}”`
  }

  const texts = document.createTreeWalker(front, NodeFilter.SHOW_TEXT)
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const element = node.parentElement
    if (!element || !node.textContent?.trim() || isOff(element) || !isSeen(element)) continue
    const style = getComputedStyle(element)
    const behind = ground(element)
    const ink = rgb(style.color)
    let opacity = 1
    for (let at: Element | null = element; at; at = at.parentElement) opacity *= Number(getComputedStyle(at).opacity)
    const contrast = ratio(over([ink[0], ink[1], ink[2], ink[3] * opacity], behind), behind)
    const size = Number.parseFloat(style.fontSize)
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700)
    if (contrast < (isLarge ? 3 : 4.5)) found.add(`contrast ${contrast.toFixed(2)}: ${called(element)}`)
  }

  const CONTROLS =
    'button, a[href], input, select, textarea, summary, [role="button"], [role="menuitem"], [tabindex="0"]'
  for (const control of front.querySelectorAll(CONTROLS)) {
    if (isOff(control) || !isSeen(control)) continue
    const labels = 'labels' in control ? [...((control as HTMLInputElement).labels ?? [])] : []
    const named = control.getAttribute('aria-labelledby')
    const name = [control.getAttribute('aria-label'), control.getAttribute('title'), control.textContent, named]
      .concat(labels.map((label) => label.textContent))
      .concat([...control.querySelectorAll('svg[aria-label], img[alt]')].map((sign) => sign.getAttribute('aria-label')))
    if (!name.some((words) => words?.trim()) && control.getAttribute('role') !== 'log')
      found.add(`no name: ${called(control)}`)
    // A link in a sentence is as high as its line (WCAG 2.5.8); what is drawn smaller is hit by its label or its padding.
    const isInSentence = control.tagName === 'A' && control.closest('p, li, td') !== null
    if (isInSentence || control.getAttribute('role') === 'log' || control.matches('pre, .diff-scroll, [role="region"]'))
      continue
    const box = (labels[0] ?? control).getBoundingClientRect()
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2]
    const hits = (dx: number, dy: number) => {
      const at = document.elementFromPoint(x + dx, y + dy)
      return (
        at !== null &&
        (control.contains(at) ||
          at.closest('label')?.contains(control) === true ||
          labels.some((label) => label.contains(at)))
      )
    }
    // What is half under an edge is measured when it is scrolled to.
    if (!hits(0, 0) || y - 22 < 0 || y + 22 > innerHeight) continue
    const reach = (dx: number, dy: number) => {
      let far = 0
      while (far < 24 && hits(dx * (far + 1), dy * (far + 1))) far++
      return far
    }
    const [wide, high] = [reach(-1, 0) + reach(1, 0) + 1, reach(0, -1) + reach(0, 1) + 1]
    // A circle of 44 whose middle is between two pixels is hit on 42 of them.
    if (wide < 42 || high < 42) found.add(`target ${wide}×${high}: ${called(control)}`)
  }
  const page = document.scrollingElement
  if (page && page.scrollWidth > innerWidth) found.add(`scrolls sideways: ${page.scrollWidth} of ${innerWidth}`)
  return [...found]
}
