/** Every way a pairing can fail has words of its own, and says what to do. */
import { describe, expect, it } from 'vitest'
import { cleanCode, shownCode } from '../../../../pwa/features/pairing/code-field.tsx'
import type { Failure } from '../../../../pwa/features/pairing/handshake.ts'
import { failureWords } from '../../../../pwa/features/pairing/pairing-words.ts'
import { suggestName } from '../../../../pwa/features/pairing/this-device.ts'

const problem = (code: string, retryAfterSeconds?: number): Failure => ({
  kind: 'problem',
  problem: { code, message: 'as the server said', ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) },
})

describe('words for a pairing that failed', () => {
  it.each([
    [problem('CODE_WRONG'), /No workstation shows this code/, 'code'],
    [problem('PAIRING_TAKEN'), /already used/, 'code'],
    [problem('PAIRING_EXPIRED'), /too old/, 'code'],
    [problem('RATE_LIMITED', 42), /Try again in 42 s/, 'retry'],
    [problem('OFFLINE'), /gave no answer/, 'retry'],
    [problem('STORAGE'), /keeps nothing/, 'retry'],
    [{ kind: 'key-mismatch' }, /^Do not continue/, 'stop'],
    [{ kind: 'commitment-broken' }, /^Do not continue/, 'stop'],
    [{ kind: 'refused-there' }, /Refused at the workstation/, 'code'],
    [{ kind: 'refused-here' }, /codes differ/, 'code'],
    [{ kind: 'expired' }, /in time/, 'code'],
    [{ kind: 'wrong-purpose', purpose: 'ENROL_HOST' }, /adds a workstation/, 'code'],
    [{ kind: 'wrong-purpose', purpose: 'PAIR_DEVICE' }, /pairs a device/, 'code'],
  ] satisfies [Failure, RegExp, string][])('%o', (failure, title, again) => {
    for (const purpose of ['PAIR_DEVICE', 'ENROL_HOST'] as const) {
      const words = failureWords(failure, purpose)
      expect(words.title).toMatch(title)
      expect(words.again).toBe(again)
      expect(words.detail.length).toBeGreaterThan(20)
      // Whoever lets a machine in sees no Ctrl+E there, and pairs nothing.
      if (purpose === 'ENROL_HOST') expect(words.detail).not.toMatch(/Ctrl\+E|was paired/)
    }
  })

  it('[T7] an unknown refusal keeps the server’s own sentence', () => {
    expect(failureWords(problem('POLICY'), 'PAIR_DEVICE').detail).toBe('as the server said')
  })
})

describe('a typed code', () => {
  it('forgives case, blanks, dashes and look-alikes, and drops the rest', () => {
    expect(cleanCode('k7m2-qxo1')).toBe('K7M2QX01')
    expect(cleanCode(' il.oK!?9999999')).toBe('110K9999')
    expect(shownCode('K7M2QX01')).toBe('K7M2 QX01')
  })
})

describe('the first name of a device', () => {
  it.each([
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1', 5, 'iPhone'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15', 5, 'iPad'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15', 0, 'Safari on Mac'],
    ['Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/UP1A) Chrome/148.0.0.0 Mobile Safari/537.36', 5, 'Pixel 8'],
    ['Mozilla/5.0 (Linux; Android 10; K) Chrome/148.0.0.0 Mobile Safari/537.36', 5, 'Android phone'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 0, 'Firefox on Linux'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/148.0.0.0 Safari/537.36 Edg/148.0', 0, 'Edge on Windows'],
  ])('%s', (userAgent, maxTouchPoints, name) => {
    expect(suggestName({ userAgent, maxTouchPoints })).toBe(name)
  })
})
