// [T8] [G4] Many texts that want to be more than text, on the real page in real Chromium: none runs, loads, leaves, or becomes an element. A few here; `npm run trust` shows all of them.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Desk, type DeskPhone, openDesk } from '../kit/desk.ts'
import { count, figure } from '../trust/figure.ts'
import { liveHtml, vectors } from '../trust/vectors.ts'

const MARK = '__pwned'
const all = vectors(MARK)
const STEP = Math.max(1, Math.floor(all.length / count(60, all.length)))
const shown = all.filter((_, index) => index % STEP === 0)
/** One row for several: what they do to one another is tried too. */
const AT_ONCE = 4

let desk: Desk
let phone: DeskPhone
const left: string[] = []
beforeAll(async () => {
  desk = await openDesk()
  phone = await desk.phone()
  await phone.pairs()
  phone.page.on('request', (request) => {
    if (new URL(request.url()).origin !== desk.server.url) left.push(request.url())
  })
  await desk.works('Show me.')
})
afterAll(() => desk?.close())

it('[T8] the vectors are alive: where text becomes elements, and nothing forbids it, they run', async () => {
  const bare = await phone.context.newPage()
  await bare.route('**/*', (route) => route.fulfill({ contentType: 'text/html', body: '<p>bare</p>' }))
  await bare.goto('http://bare.test/')
  let ran = 0
  for (const text of liveHtml(MARK)) {
    await bare.evaluate((markup) => {
      Reflect.deleteProperty(window, '__pwned')
      document.body.innerHTML = markup
    }, text)
    ran += await bare
      .waitForFunction(() => '__pwned' in window, null, { timeout: 400 })
      .then(() => 1)
      .catch(() => 0)
  }
  await bare.close()
  expect(ran).toBeGreaterThan(8)
  figure('markdown, HTML and ANSI', {
    'payloads that ran on a bare page, by innerHTML': `${ran} of ${liveHtml(MARK).length}`,
  })
})

it('[T8] on the page none runs, loads, leaves, or becomes an element of its own', { timeout: 900_000 }, async () => {
  const groups: (typeof shown)[] = []
  for (const kind of ['markdown', 'output'] as const) {
    const ofKind = shown.filter((one) => one.kind === kind)
    for (let at = 0; at < ofKind.length; at += AT_ONCE) groups.push(ofKind.slice(at, at + AT_ONCE))
  }
  const seen: string[] = []
  for (const [index, group] of groups.entries()) {
    for (const { kind, text } of group) {
      if (kind === 'markdown') desk.agent.says(`${text}\n\n`, { messageId: `m${index}` })
      else desk.agent.reports(desk.agent.starts(text, { rawInput: { command: text } }), text)
    }
    // Read as it comes, and again on the way up.
    if (index % 25 === 24 || index === groups.length - 1) {
      desk.agent.says(`So far ${index}.`, { messageId: `mark${index}` })
      await phone.sees(`So far ${index}.`)
      seen.push(...(await strangers()))
    }
  }
  const log = phone.page.getByRole('log')
  let steps = 0
  for (let isTop = false; !isTop && steps < 600; steps += 1) {
    isTop = await log.evaluate((element) => {
      element.scrollBy(0, -500)
      return element.scrollTop <= 0
    })
    seen.push(...(await strangers()))
  }
  expect(seen).toEqual([])
  expect(await phone.page.evaluate(() => '__pwned' in window)).toBe(false)
  expect(left).toEqual([])
  expect(phone.complaints).toEqual([])
  figure('markdown, HTML and ANSI', {
    ...{
      'vectors shown on the page': shown.length,
      executed: 0,
      'requests to elsewhere': 0,
      'elements of their own': 0,
    },
    'looks at the page on the way up': steps,
  })
})

/** Elements and addresses that transcript text must never become. */
const strangers = () =>
  phone.page.evaluate(() => {
    const bad =
      'script:not([src^="/assets/"]), iframe, object, embed, base, math, marquee, video, audio, form[action], body style, meta[http-equiv], img:not([src^="/"]):not([src^="blob:"])'
    const elements = [...document.querySelectorAll(bad)].map((element) => element.outerHTML.slice(0, 200))
    const handlers = [...document.querySelectorAll('*')].flatMap((element) =>
      [...element.attributes].filter((one) => /^on/i.test(one.name)).map((one) => `${one.name}=${one.value}`),
    )
    const links = [...document.querySelectorAll('a[href]')].flatMap((link) =>
      link instanceof HTMLAnchorElement && !/^(https?|mailto):$/.test(link.protocol) ? [link.href] : [],
    )
    return [...elements, ...handlers, ...links]
  })
