/** Four pairs of eyes on one screen: phone and desktop, light and dark. Takes the pictures, and writes down what the page complained of meanwhile. */
import { join } from 'node:path'
import type { Look } from '../../kit/browser.ts'
import type { Phone } from '../../kit/phone.ts'
import { audit } from './audit.ts'

export type Eye<Device extends Phone = Phone> = { name: string; isPhone: boolean; device: Device }

export type Studio<Device extends Phone = Phone> = {
  readonly eyes: readonly Eye<Device>[]
  all(act: (device: Device, eye: Eye<Device>) => Promise<unknown>, on?: readonly Eye<Device>[]): Promise<void>
  /** The part of the page that is seen; files are called `<name>-<eye>.png`. */
  shoot(name: string, on?: readonly Eye<Device>[]): Promise<void>
  /** Opens, waits for the words, takes the picture. */
  visits(name: string, path: string, seen: string | RegExp): Promise<void>
}

/** Text twice as large: only where the command line names it. */
const LARGE = 'phone-large'
type Seen = { name: string; isPhone: boolean; look: Look }
/** All of them, or those that the command line names. */
export const LOOKS: readonly Seen[] = (['light', 'dark'] as const)
  .flatMap((colorScheme): Seen[] => [
    // One is the README's picture.
    {
      name: `phone-${colorScheme}`,
      isPhone: true,
      look: { colorScheme, deviceScaleFactor: colorScheme === 'light' ? 1.5 : 1 },
    },
    { name: `desktop-${colorScheme}`, isPhone: false, look: { colorScheme } },
  ])
  .concat({ name: LARGE, isPhone: true, look: { colorScheme: 'light' } })
  .filter(({ name }) => name !== LARGE || process.argv.includes(LARGE))
  .filter(({ name }, _, all) => !all.some((one) => process.argv.includes(one.name)) || process.argv.includes(name))

const PATIENCE_MS = 90_000
/** What went wrong while pictures were taken, each with the picture that came after it. */
export type Complaint = { before: string; eye: string; said: string }

export async function createStudio<Device extends Phone>(
  out: string,
  complaints: Complaint[],
  make: (look: Seen) => Promise<Device>,
): Promise<Studio<Device>> {
  const eyes: Eye<Device>[] = []
  for (const look of LOOKS) eyes.push({ ...look, device: await make(look) })
  for (const { name, device } of eyes) {
    if (name === LARGE) {
      const doubles = `addEventListener('DOMContentLoaded', () => (document.documentElement.style.fontSize = '200%'))`
      await device.context.addInitScript(doubles)
    }
    // Pictures are taken also where much else runs.
    device.context.setDefaultTimeout(PATIENCE_MS)
    // tsx calls it around every named function, also in those that are sent into the page.
    await device.context.addInitScript('globalThis.__name = (it) => it')
  }
  const heard = new Map<Eye<Device>, { said: number; failed: string[] }>()
  for (const eye of eyes) {
    const failed: string[] = []
    heard.set(eye, { said: 0, failed })
    const { page } = eye.device
    page.on('requestfailed', (one) => failed.push(`${one.failure()?.errorText} ${one.method()} ${pathOf(one.url())}`))
    page.on('response', (one) => {
      if (one.status() >= 400) failed.push(`${one.status()} ${one.request().method()} ${pathOf(one.url())}`)
    })
  }
  const hears = (name: string, eye: Eye<Device>) => {
    const mark = heard.get(eye)
    if (!mark) return
    const said = [...eye.device.complaints.slice(mark.said), ...mark.failed.splice(0)]
    mark.said = eye.device.complaints.length
    for (const words of said) complaints.push({ before: name, eye: eye.name, said: words })
  }
  const all: Studio<Device>['all'] = async (act, on = eyes) => {
    for (const eye of on) await act(eye.device, eye)
  }
  const shoot: Studio<Device>['shoot'] = async (name, on = eyes) => {
    for (const eye of on) {
      hears(name, eye)
      for (const said of await audit(eye.device.page)) complaints.push({ before: name, eye: eye.name, said })
      // The cursor over a row draws it as pointed at.
      if (!eye.isPhone) await eye.device.page.mouse.move(0, 0)
      await eye.device.page.screenshot({ path: join(out, `${name}-${eye.name}.png`), animations: 'disabled' })
    }
  }
  return {
    eyes,
    all,
    shoot,
    async visits(name, path, seen) {
      await all(async (device) => {
        await device.opens(path)
        await device.sees(seen)
      })
      await shoot(name)
    },
  }
}

const pathOf = (url: string): string => (URL.canParse(url) ? new URL(url).pathname : url)
