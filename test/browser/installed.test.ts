// The page as an app: installable, its worker in control, its content policy never broken in a whole journey.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Desk, type DeskPhone, openDesk } from '../kit/desk.ts'
import { builtPages } from '../kit/pages.ts'

let desk: Desk
let phone: DeskPhone
beforeAll(async () => {
  desk = await openDesk()
  phone = await desk.lastingPhone()
  await phone.pairs()
})
afterAll(() => desk?.close())

describe('the page as an app', () => {
  it('[H1] Chromium calls it installable, finds nothing wrong with its manifest, and its worker controls it', async () => {
    await phone.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
    await phone.page.waitForFunction(() => navigator.serviceWorker.controller !== null)
    const devTools = await phone.context.newCDPSession(phone.page)
    expect(await devTools.send('Page.getInstallabilityErrors')).toEqual({ installabilityErrors: [] })
    const manifest = await devTools.send('Page.getAppManifest')
    expect(manifest.errors).toEqual([])
    expect(JSON.parse(manifest.data ?? '{}')).toMatchObject({ name: 'Offdesk', display: 'standalone', start_url: '/' })
  })

  it('[T8] no screen breaks the content policy, and none of them complains', async () => {
    await desk.works()
    desk.agent.asks({ title: 'List', command: 'ls' })
    await phone.taps(/Answer$/)
    await phone.taps('Allow')
    await phone.closes()
    for (const [path, words] of [
      ['/', 'Sessions'],
      ['/inbox', 'Settled today'],
      ['/settings', 'Notifications'],
      ['/settings/devices', 'atlas'],
      ['/pair', /^Pair this phone$/],
    ] as const) {
      const answer = await phone.page.goto(new URL(path, desk.server.url).href)
      expect(answer?.headers()['content-security-policy']).toMatch(/^default-src 'none'/)
      await phone.sees(words)
    }
    expect(phone.complaints).toEqual([])
  })

  it('[T8] the policy is in force: an inline script and a foreign address are refused and reported', async () => {
    await phone.page.evaluate(() => {
      const script = document.createElement('script')
      script.append(document.createTextNode('window.__pwned = true'))
      document.body.append(script)
      void fetch('http://127.0.0.2:9/leak').catch(() => undefined)
    })
    await expect
      .poll(() => phone.complaints.join('\n'))
      .toMatch(/content policy: script-src|requires 'TrustedScript' assignment/)
    await expect.poll(() => phone.complaints.join('\n')).toMatch(/content policy: connect-src/)
    expect(await phone.page.evaluate(() => '__pwned' in window)).toBe(false)
  })

  it('[T8] [G4] no text becomes markup or a script anywhere, and no further policy can be made', async () => {
    // As code of the page would, whoever brought it there: each of these runs where Trusted Types are not required.
    const tries = await phone.page.evaluate(async () => {
      const url: string = '/assets/other.js'
      const text: string = '<img src=x onerror="window.__pwned = true">'
      const frame = document.createElement('iframe')
      const all: Record<string, () => unknown> = {
        innerHTML: () => {
          document.createElement('div').innerHTML = text
        },
        outerHTML: () => {
          const inner = document.createElement('div').appendChild(document.createElement('p'))
          inner.outerHTML = text
        },
        insertAdjacentHTML: () => document.createElement('div').insertAdjacentHTML('beforeend', text),
        'document.write': () => document.write(text),
        srcdoc: () => {
          frame.srcdoc = text
        },
        DOMParser: () => new DOMParser().parseFromString(text, 'text/html'),
        'Range.createContextualFragment': () => document.createRange().createContextualFragment(text),
        'script.src': () => {
          document.createElement('script').src = url
        },
        'script.text': () => {
          document.createElement('script').text = 'window.__pwned = true'
        },
        eval: () => Reflect.get(globalThis, 'eval')('window.__pwned = true'),
        Function: () => new Function('window.__pwned = true')(),
        setTimeout: () => setTimeout('window.__pwned = true' as unknown as () => void, 0),
        Worker: () => new Worker(url),
        'serviceWorker.register': () => navigator.serviceWorker.register(url),
        'another policy': () =>
          (
            window as unknown as { trustedTypes: { createPolicy(name: string, rules: object): void } }
          ).trustedTypes.createPolicy('mine', {}),
      }
      const passed: string[] = []
      for (const [name, attempt] of Object.entries(all)) {
        // A turn of its own: what DevTools itself begins may evaluate texts.
        await new Promise((resolve) => setTimeout(resolve))
        try {
          await attempt()
          passed.push(name)
        } catch {}
      }
      return { passed, count: Object.keys(all).length }
    })
    expect(tries).toEqual({ passed: [], count: 15 })
    expect(await phone.page.evaluate(() => '__pwned' in window)).toBe(false)
  })

  it('[H1] a newer version waits for a yes, and what is being written is not lost before', async () => {
    const newer = mkdtempSync(join(tmpdir(), 'offdesk-newer-'))
    cpSync(await builtPages(), newer, { recursive: true })
    const page = readFileSync(join(newer, 'index.html'), 'utf8')
    writeFileSync(join(newer, 'index.html'), page.replace('</head>', '<meta name="version" content="newer"></head>'))
    // A service worker is newer when one byte of it is: here the build's own list of its files.
    writeFileSync(join(newer, 'sw.js'), `${readFileSync(join(newer, 'sw.js'), 'utf8')}\n// newer`)
    await phone.opens(desk.path)
    await phone.writes('Prompt', 'half a thought')
    const starts = await desk.stopsServer()
    await starts(newer)
    await phone.page.evaluate(async () => (await navigator.serviceWorker.ready).update())
    await phone.sees('A newer version of Offdesk is ready.')
    expect(await phone.page.getByLabel('Prompt', { exact: true }).last().inputValue()).toBe('half a thought')
    const loaded = phone.page.waitForEvent('load')
    await phone.taps('Load it')
    await loaded
    await phone.seesNo('A newer version of Offdesk is ready.')
    expect(await phone.page.getByLabel('Prompt', { exact: true }).last().inputValue()).toBe('half a thought')
    rmSync(newer, { recursive: true })
  })
})
