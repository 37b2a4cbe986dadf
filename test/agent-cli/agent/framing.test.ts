import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createFraming, type Framed } from '../../../agent-cli/agent/framing.ts'
import { createTail } from '../../../agent-cli/agent/tail.ts'

test('lines are the same however the bytes arrive, and none longer than the bound is kept', () => {
  const line = fc.uint8Array({ maxLength: 40 }).map((bytes) => bytes.map((byte) => (byte === 10 ? 11 : byte)))
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat({ max: 30 })), fc.nat({ max: 40 }), (lines, cuts, bound) => {
      const all = Buffer.concat(lines.flatMap((bytes) => [bytes, Buffer.from('\n')]))
      const framing = createFraming(bound)
      const framed: Framed[] = []
      let at = 0
      for (const cut of [...cuts, all.byteLength]) {
        framed.push(...framing.push(all.subarray(at, at + cut)))
        at = Math.min(at + cut, all.byteLength)
      }
      framed.push(...framing.flush())
      expect(framed.map((one) => ('line' in one ? [...one.line] : one.bytes))).toEqual(
        lines.map((bytes) => (bytes.byteLength <= bound ? [...bytes] : bytes.byteLength)),
      )
      for (const [index, one] of framed.entries()) {
        const whole = Buffer.from(lines[index] ?? [])
        if ('tooLong' in one) expect(whole.subarray(0, one.tooLong.byteLength).equals(one.tooLong)).toBe(true)
      }
    }),
  )
})

test('a line without its newline is handed over at the end', () => {
  const framing = createFraming(10)
  expect(framing.push(Buffer.from('a\nb'))).toEqual([{ line: Buffer.from('a') }])
  expect(framing.flush()).toEqual([{ line: Buffer.from('b') }])
  expect(framing.flush()).toEqual([])
})

test('the tail is the end of what was added', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z]{0,20}$/)), fc.integer({ min: 1, max: 50 }), (texts, bound) => {
      const tail = createTail(bound)
      for (const text of texts) tail.add(Buffer.from(text))
      expect(tail.text()).toBe(texts.join('').slice(-bound))
      expect(tail.text()).toBe(texts.join('').slice(-bound))
    }),
  )
})
