import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromBase64Url, lines, randomText, sha256Hex, toBase64Url, toHex, utf8 } from '../../protocol/bytes.ts'

const any = fc.uint8Array({ size: 'max', maxLength: 4096 })

test('base64url comes back as the bytes it was made of, without padding, as Node writes it', () => {
  fc.assert(
    fc.property(any, (bytes) => {
      const text = toBase64Url(bytes)
      expect(text).toBe(Buffer.from(bytes).toString('base64url'))
      expect(fromBase64Url(text)).toEqual(new Uint8Array(bytes))
    }),
  )
})

test.each(['a', 'abcde', 'ab==', 'a+b/', 'a b', 'ab\n', 'é', 'ab.cd'])('%j is no base64url', (text) => {
  expect(() => fromBase64Url(text)).toThrow(RangeError)
})

test('hex is lower case, two digits a byte', () => {
  fc.assert(
    fc.property(any, (bytes) => {
      expect(toHex(bytes)).toBe(Buffer.from(bytes).toString('hex'))
    }),
  )
})

test('[D1] a digest is the SHA-256 of the UTF-8, and a lone surrogate counts as U+FFFD on every side', async () => {
  expect(await sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  expect(await sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  expect(await sha256Hex('\ud800')).toBe(await sha256Hex('\ufffd'))
})

test('[T5] canonical lines are told apart whatever the parts: two lists of parts never give the same bytes', () => {
  const part = fc.string({ unit: 'grapheme', size: 'max', maxLength: 40 }).filter((text) => !text.includes('\n'))
  const parts = fc.array(part, { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(parts, parts, (one, other) => {
      const same = toHex(lines(...one)) === toHex(lines(...other))
      expect(same).toBe(toHex(utf8(JSON.stringify(one))) === toHex(utf8(JSON.stringify(other))))
    }),
  )
})

test('[T5] a part with a line break is refused, wherever it stands', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.string(), fc.string(), fc.array(fc.string()), (before, a, b, after) => {
      expect(() => lines(...before, `${a}\n${b}`, ...after)).toThrow(RangeError)
    }),
  )
})

test('random text is as long as its bytes and never the same', () => {
  const texts = Array.from({ length: 1000 }, () => randomText(16))
  expect(new Set(texts).size).toBe(1000)
  for (const text of texts) expect(text).toMatch(/^[\w-]{22}$/)
})
