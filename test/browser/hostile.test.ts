// A transcript that wants to be more than text: nothing in it runs, loads, leaves or hides on the page.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Desk, type DeskPhone, openDesk } from '../kit/desk.ts'

const vectors = [
  '<script>window.__pwned=1</script>',
  '<img src=x onerror="window.__pwned=1">',
  '<svg onload="window.__pwned=1"><a xlink:href="javascript:window.__pwned=1">x</a></svg>',
  '<iframe src="http://evil.test/frame"></iframe><object data="http://evil.test/o"></object>',
  '<style>body{display:none}</style><base href="http://evil.test/"><meta http-equiv="refresh" content="0;url=http://evil.test/">',
  '<form action="http://evil.test/"><input name=q autofocus onfocus="window.__pwned=1"></form>',
  '[click me](javascript:window.__pwned=1) [and me](&#106;avascript:window.__pwned=1) <javascript:window.__pwned=1>',
  '[data](data:text/html,<script>window.__pwned=1</script>) [file](file:///etc/passwd)',
  '![pixel](http://evil.test/pixel.png) ![inline](data:image/svg+xml,<svg/onload=window.__pwned=1>)',
  '[ref]\n\n[ref]: javascript:window.__pwned=1 "title"',
  '```html\n<img src=x onerror=window.__pwned=1>\n```',
  '| a |\n|---|\n| <img src=x onerror=window.__pwned=1> |',
]
const ansi =
  '\u001b]8;;javascript:window.__pwned=1\u0007link\u001b]8;;\u0007 \u001b[2J\u001b[31mred<b onclick=1>bold</b>\u001b[0m \u001b]0;title\u0007\u009b31m\u202egnp.exe'

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
  await desk.works('<img src=x onerror=window.__pwned=1>')
})
afterAll(() => desk?.close())

describe('a hostile transcript', () => {
  it('[T8] runs nothing, loads nothing, and becomes no element of its own', async () => {
    desk.agent.titles('<img src=x onerror=window.__pwned=1>')
    for (const vector of vectors) {
      desk.agent.says(`${vector}\n\n`, { messageId: `m${vectors.indexOf(vector)}` })
      const call = desk.agent.starts(vector, { rawInput: { command: vector } })
      desk.agent.reports(call, ansi)
    }
    desk.agent.lists([{ content: vectors.join(' '), status: 'pending' }])
    desk.agent.says('The last of them.', { messageId: 'last' })
    await phone.sees('The last of them.')
    // Every row is drawn once on the way up.
    for (let step = 0; step < 12; step++) {
      await phone.page.getByRole('log').evaluate((log) => log.scrollBy(0, -600))
      expect(await strangers()).toEqual([])
    }
    expect(await phone.page.evaluate(() => '__pwned' in window)).toBe(false)
    expect(left).toEqual([])
    expect(phone.complaints).toEqual([])
  })

  it('[G4] no text becomes markup or a script, whoever on the page tries; without Trusted Types the same line does it', async () => {
    const fresh = await phone.context.browser()?.newContext({ serviceWorkers: 'block' })
    if (!fresh) throw new Error('there is no browser')
    const tries = async (page: Page) => {
      await page.goto(desk.server.url)
      return page.evaluate(() => {
        const outcome = (work: () => void) => {
          try {
            work()
            return 'done'
          } catch (error) {
            return error instanceof Error ? error.name : String(error)
          }
        }
        return [
          outcome(() => {
            document.createElement('div').innerHTML = '<b>x</b>'
          }),
          outcome(() => {
            document.createElement('script').src = 'https://evil.example/x.js'
          }),
          outcome(() => new DOMParser().parseFromString('<b>x</b>', 'text/html')),
        ]
      })
    }
    const guarded = await fresh.newPage()
    expect(await tries(guarded)).toEqual(['TypeError', 'TypeError', 'TypeError'])
    const bare = await fresh.newPage()
    await bare.route('**/*', async (route) => {
      // The page's policy comes with its document; what it would load is not needed, and would still be on its way at the end.
      if (route.request().resourceType() !== 'document') return route.abort()
      const response = await route.fetch()
      const headers = response.headers()
      const policy = headers['content-security-policy']?.replaceAll(
        /(require-trusted-types-for|trusted-types)[^;]*;?/g,
        '',
      )
      await route.fulfill({ response, headers: { ...headers, 'content-security-policy': policy ?? '' } })
    })
    expect(await tries(bare)).toEqual(['done', 'done', 'done'])
    await fresh.close()
  })

  it('[C1][T8] a permission shows hidden characters, and asks for what it says', async () => {
    const asked = desk.agent.asks({
      title: vectors[0] ?? '',
      command: `cat a.txt\u202e\u200b; echo \u001b[8mhidden\u001b[0m`,
    })
    await phone.taps(/Answer$/)
    const evidence = await phone.page.getByRole('dialog').innerText()
    for (const hidden of ['\u202e', '\u200b', '\u001b']) expect(evidence).not.toContain(hidden)
    expect(evidence).toContain('hidden')
    expect(await strangers()).toEqual([])
    await phone.taps('Deny')
    expect(await asked.answered()).toBe('deny')
    expect(await phone.page.evaluate(() => '__pwned' in window)).toBe(false)
    expect(left).toEqual([])
  })
})

/** Elements and addresses that transcript text must never become. */
const strangers = () =>
  phone.page.evaluate(() => {
    const bad =
      'script:not([src^="/assets/"]), iframe, object, embed, base, form[action], body style, meta[http-equiv], img:not([src^="/"]):not([src^="blob:"])'
    const elements = [...document.querySelectorAll(bad)].map((element) => element.outerHTML.slice(0, 200))
    const handlers = [...document.querySelectorAll('*')].flatMap((element) =>
      [...element.attributes].filter((one) => /^on/i.test(one.name)).map((one) => `${one.name}=${one.value}`),
    )
    const links = [...document.querySelectorAll('a[href]')].flatMap((link) =>
      link instanceof HTMLAnchorElement && !/^(https?|mailto):$/.test(link.protocol) ? [link.href] : [],
    )
    return [...elements, ...handlers, ...links]
  })
