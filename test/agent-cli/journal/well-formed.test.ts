import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Json, wellFormed, wellFormedText } from '../../../agent-cli/journal/well-formed.ts'

const anyText = fc.string({ unit: fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code)), maxLength: 300 })

function everyString(value: Json): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value.flatMap(everyString)
  return Object.entries(value).flatMap(([key, item]) => [key, ...everyString(item)])
}

test('[E7] no text leaves with a NUL or a lone surrogate', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const repaired = wellFormedText(text)
      expect(repaired).not.toContain('\0')
      expect(encodeURIComponent(repaired)).toBeTypeOf('string')
      expect(repaired).toHaveLength(text.length)
    }),
  )
})

test('[E7] text that was well-formed is left as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(wellFormedText(text)).toBe(text.replaceAll('\0', '\uFFFD'))
    }),
  )
  expect(wellFormedText('a\uD83D\uDE00b\uDE00\uD83D\0')).toBe('a\u{1F600}b\uFFFD\uFFFD\uFFFD')
})

test('[E7] every string and key of a value is repaired, once and for all', () => {
  const value = fc.letrec((tie) => ({
    node: fc.oneof(
      { depthSize: 'small' },
      fc.oneof(anyText, fc.double(), fc.boolean(), fc.constant(null)),
      fc.array(tie('node'), { maxLength: 5 }),
      fc.dictionary(anyText, tie('node'), { maxKeys: 5 }),
    ),
  })).node
  fc.assert(
    fc.property(value, (broken) => {
      const repaired = wellFormed(broken)
      for (const text of everyString(repaired)) expect(wellFormedText(text)).toBe(text)
      expect(wellFormed(repaired)).toEqual(repaired)
    }),
  )
})

test('[E7] two keys that become equal keep both values', () => {
  expect(wellFormed({ 'a\0': 1, 'a\uFFFD': 2 })).toEqual({ 'a\uFFFD': 1, 'a\uFFFD\uFFFD': 2 })
})

test('[E7] a key called __proto__ stays a key', () => {
  expect(JSON.stringify(wellFormed(JSON.parse('{"__proto__":{"x":1}}')))).toBe('{"__proto__":{"x":1}}')
})

test('[E7] 100,000 levels become 64 and a text that holds the rest', () => {
  for (const [open, close] of [
    ['[', ']'],
    ['{"k":', '}'],
  ] as const) {
    const deep: unknown = JSON.parse(`${open.repeat(100_000)}"\\u0000end"${close.repeat(100_000)}`)
    let inner = wellFormed(deep)
    let levels = 0
    while (typeof inner === 'object' && inner !== null) {
      inner = (Array.isArray(inner) ? inner[0] : inner.k) ?? null
      levels += 1
    }
    expect(levels).toBe(64)
    expect(inner).toBe(`${open.repeat(99_936)}"\uFFFDend"${close.repeat(99_936)}`)
  }
})

test('[E7] the text of what is too deep is the JSON that JSON.stringify would write', () => {
  fc.assert(
    fc.property(fc.jsonValue({ depthSize: 'medium' }), (value) => {
      const text = wellFormed([value], 1)
      const expected = wellFormed(value)
      const inner = Array.isArray(text) ? text[0] : undefined
      if (typeof value === 'object' && value !== null) expect(inner).toBe(JSON.stringify(expected))
      else expect(inner).toEqual(expected)
    }),
  )
})

test('[E7] what JSON cannot say is treated as JSON does', () => {
  const odd = { a: undefined, b: Number.NaN, c: [undefined, () => 1], d: 12n, e: Number.POSITIVE_INFINITY }
  expect(wellFormed(odd)).toEqual({ b: null, c: [null, null], d: '12', e: null })
})
