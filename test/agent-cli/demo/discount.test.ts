// The shop's code as text: whatever the person types, the written files load, and the repaired one is right to the cent.
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cartWith, discountTest, readDiscount } from '../../../agent-cli/demo/discount.ts'

interface Cart {
  total(items: readonly object[]): number
  totalWithCode(items: readonly object[], code: string): number
}

/** Runs the file's text apart from this process's globals. */
function load(source: string): Cart {
  return runInNewContext(`${source.replaceAll(/^export /gm, '')}\n;({ total, totalWithCode })`)
}

describe('an answer', () => {
  const table: [string | null, string | null, object][] = [
    ['percent-20', null, { kind: 'percent', value: 20, code: 'WELCOME', words: null }],
    ['euros-5', null, { kind: 'euros', value: 5 }],
    [null, null, { kind: 'percent', value: 10 }],
    [null, '12,5 % please', { kind: 'percent', value: 12.5, words: '12,5 % please' }],
    [null, '3 euros with HELLO', { kind: 'euros', value: 3, code: 'HELLO' }],
    ['percent-20', 'code SPRING', { kind: 'percent', value: 20, code: 'SPRING' }],
    [null, '900 percent', { kind: 'percent', value: 90 }],
    [null, 'zero', { kind: 'percent', value: 10 }],
    [null, '  \n ', { words: null }],
  ]
  it.each(table)('choice %s, words %s', (choice, words, expected) => {
    expect(readDiscount(choice, words)).toMatchObject(expected)
  })
})

it('any words give code that loads and a total that is exact to the cent', () => {
  const words = fc.oneof(
    fc.string({ unit: 'binary', size: 'max', maxLength: 400 }),
    fc.double().map((n) => `${n} % OFF`),
  )
  fc.assert(
    fc.property(words, (typed) => {
      const discount = readDiscount(null, typed)
      const { totalWithCode } = load(cartWith(discount, true))
      const reduced = totalWithCode([{ price: 19.99, quantity: 1 }], discount.code)
      expect(reduced).toBe(Math.round(reduced * 100) / 100)
      expect(reduced).toBeLessThanOrEqual(19.99)
      expect(totalWithCode([{ price: 4, quantity: 1 }], 'NOPE')).toBe(4)
    }),
    { numRuns: 150 },
  )
})

it.each(['10 %', '20 %', '5 euros', '15 %', '7 euros'])(
  'the test written for %s fails before the repair and not after',
  (typed) => {
    const discount = readDiscount(null, typed)
    const [, price, expected] = /price: ([\d.]+).*?\), ([\d.]+)\)/s.exec(discountTest(discount, 'cart.js')) ?? []
    const items = [{ price: Number(price), quantity: 1 }]
    const broken = load(cartWith(discount, false))
    const repaired = load(cartWith(discount, true))
    expect(broken.totalWithCode(items, discount.code)).not.toBe(Number(expected))
    expect(repaired.totalWithCode(items, discount.code)).toBe(Number(expected))
  },
)
