/** What a device is called on its own screen, from what its browser says. */
import { describe, expect, it } from 'vitest'
import { deviceWord, isComputerName } from '../../../pwa/ui/device-word.ts'

const on = (userAgent: string, maxTouchPoints = 0) => deviceWord({ userAgent, maxTouchPoints })

describe('the word for this device', () => {
  it.each([
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Mobile/15E148 Safari/604', 5, 'phone'],
    ['Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537 Chrome/140 Mobile Safari/537', 5, 'phone'],
    ['Mozilla/5.0 (Linux; Android 15; SM-X910) AppleWebKit/537 Chrome/140 Safari/537', 10, 'tablet'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605 Version/18 Safari/605', 5, 'tablet'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605 Version/18 Safari/605', 0, 'computer'],
    ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537 Chrome/140 Safari/537', 10, 'computer'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0', 0, 'computer'],
  ])('%s: %i', (userAgent, touch, word) => expect(on(userAgent, touch)).toBe(word))

  it('a device in the list has a computer’s sign when its name says so', () => {
    for (const name of ['Chrome on Linux', 'Safari on Mac', 'Work laptop']) expect(isComputerName(name)).toBe(true)
    for (const name of ['Pixel 8', 'iPad', 'iPhone', 'Kim’s phone']) expect(isComputerName(name)).toBe(false)
  })
})
