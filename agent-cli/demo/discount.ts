// The little shop that the demo works on: its files before, with the mistake, and repaired. Pure text.

export interface Discount {
  readonly code: string
  readonly kind: 'percent' | 'euros'
  readonly value: number
  /** The person's own words, kept as a comment in the code. */
  readonly words: string | null
}

/** Reads an answer: `15 %`, `5 euros`, a code in capitals; what it does not say stays 10 % and WELCOME. */
export function readDiscount(choice: string | null, words: string | null): Discount {
  const text = words ?? ''
  const code = /\b[A-Z][A-Z0-9]{2,11}\b/.exec(text)?.[0] ?? 'WELCOME'
  const kept = oneLine(text) || null
  const amount = (match: RegExpExecArray | null, most: number): number | null => {
    const value = Number(match?.[1]?.replace(',', '.'))
    return match && value > 0 ? Math.min(value, most) : null
  }
  const percent = amount(/(\d+(?:[.,]\d+)?)\s*(?:%|per ?cent)/i.exec(text), 90)
  if (percent !== null) return { code, kind: 'percent', value: percent, words: kept }
  const euros = amount(/(\d+(?:[.,]\d+)?)/.exec(text), 15)
  if (euros !== null) return { code, kind: 'euros', value: euros, words: kept }
  if (choice === 'euros-5') return { code, kind: 'euros', value: 5, words: kept }
  return { code, kind: 'percent', value: choice === 'percent-20' ? 20 : 10, words: kept }
}

export function inWords({ kind, value }: Discount): string {
  return kind === 'percent' ? `${value} % off` : `${value} euros off`
}

/** One line of printable text that can stand in a comment. */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .replaceAll('*/', '* /')
    .trim()
    .slice(0, 300)
}

const total = `/** What the items cost together, in euros. */
export function total(items) {
  return items.reduce((sum, item) => sum + item.price * item.quantity, 0)
}
`

const reporter = `// Prints test results in colour, also where the output is no terminal.
const colour = (code, text) => '\\u001b[' + code + 'm' + text + '\\u001b[0m'

export default async function* colours(events) {
  let passed = 0
  let failed = 0
  for await (const { type, data } of events) {
    if (type === 'test:pass') {
      passed += 1
      yield colour(32, 'pass') + '  ' + data.name + '\\n'
    }
    if (type === 'test:fail') {
      failed += 1
      const why = String(data.details.error.cause?.message ?? data.details.error.message)
      yield colour(31, 'FAIL') + '  ' + data.name + '\\n'
      for (const line of why.split('\\n')) if (line.trim()) yield '      ' + colour(90, line.trim()) + '\\n'
    }
  }
  yield '\\n' + colour(failed ? 31 : 32, passed + ' of ' + (passed + failed) + ' tests pass') + '\\n'
}
`

/** The project before anybody has worked on it. */
export const shopFiles: Readonly<Record<string, string>> = {
  'package.json': `${JSON.stringify({ name: 'corner-shop', private: true, type: 'module', scripts: { test: 'node --test --test-reporter=./colours.mjs' } }, null, 2)}\n`,
  'README.md': '# Corner shop\n\nA cart that adds up prices. Run the tests with `npm test`.\n',
  'colours.mjs': reporter,
  'src/cart.js': total,
  'test/cart.test.js': `import assert from 'node:assert/strict'
import { test } from 'node:test'
import { total } from '../src/cart.js'

test('adds up prices and quantities', () => {
  assert.equal(total([{ price: 2.5, quantity: 2 }, { price: 4, quantity: 1 }]), 9)
})
`,
}

/** The discount's own lines; `round` is the repair. */
export function discountCode(discount: Discount, round: boolean): string {
  const reduced =
    discount.kind === 'percent' ? 'full - (full * discount.percent) / 100' : 'Math.max(0, full - discount.euros)'
  const asked = discount.words ? `// Asked for: "${discount.words}"\n` : ''
  return `${asked}const discounts = {
  ${discount.code}: { ${discount.kind}: ${discount.value} },
}

/** The total after a discount code; an unknown code changes nothing. */
export function totalWithCode(items, code) {
  const full = total(items)
  const discount = Object.hasOwn(discounts, code) ? discounts[code] : null
  if (!discount) return ${round ? 'inCents(full)' : 'full'}
  return ${round ? `inCents(${reduced})` : reduced}
}
${round ? '\n/** Prices are binary fractions in JavaScript: round once, at the end. */\nfunction inCents(euros) {\n  return Math.round(euros * 100) / 100\n}\n' : ''}`
}

/** cart.js with the discount in it. */
export function cartWith(discount: Discount, round: boolean): string {
  return `${total}\n${discountCode(discount, round)}`
}

/** The discount in a file of its own, for whoever wants cart.js left alone. */
export function discountAlone(discount: Discount, round: boolean): string {
  return `import { total } from './cart.js'\n\n${discountCode(discount, round)}`
}

/** A test whose price shows the rounding mistake. */
export function discountTest(discount: Discount, from: string): string {
  const price =
    [19.99, 17.35, 18.07, 29.83].find((one) => reduce(discount, one) !== cents(reduce(discount, one))) ?? 19.99
  return `import assert from 'node:assert/strict'
import { test } from 'node:test'
import { totalWithCode } from '../src/${from}'

test('${discount.code} takes ${inWords(discount)}', () => {
  assert.equal(totalWithCode([{ price: ${price}, quantity: 1 }], '${discount.code}'), ${cents(reduce(discount, price))})
})

test('an unknown code changes nothing', () => {
  assert.equal(totalWithCode([{ price: 4, quantity: 1 }], 'NOPE'), 4)
})
`
}

function reduce({ kind, value }: Discount, sum: number): number {
  return kind === 'percent' ? sum - (sum * value) / 100 : Math.max(0, sum - value)
}

function cents(euros: number): number {
  return Math.round(euros * 100) / 100
}
