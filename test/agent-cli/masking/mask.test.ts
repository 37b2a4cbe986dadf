/** [G4] Secrets of known shape are taken out of a text, wherever they stand in it and however it is cut, in time linear in its length. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { masked } from '../../../agent-cli/masking/bodies.ts'
import { createMasking, maxContextChars, maxWaitingChars } from '../../../agent-cli/masking/mask.ts'
import { shapes } from '../../../agent-cli/masking/shapes.ts'
import { planted } from './planted.ts'

const all = planted(160)
const surroundings: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => `export KEY="${text}"`,
  (text) => `KEY=${text}\nOTHER=1`,
  (text) => JSON.stringify({ out: `line\n${text}\nline` }),
  (text) => JSON.stringify(JSON.stringify({ env: [`A=${text}`] })),
  (text) => `\u001b[31m${text}\u001b[0m`,
  (text) => JSON.stringify({ out: `\u001b[1;31m${text}\u001b[0m` }),
  (text) => `https://example.test/?token=${text}&x=1`,
  (text) => `x%3D${text}%26`,
  (text) => `Schlüssel:\u3000${text}。`,
  (text) => `| ${text} |`,
  (text) => `<b>${text}</b>`,
]

test.each([...new Set(all.map(({ what }) => what))])(
  'a %s goes, whatever stands around it, and the text says what it was',
  (what) => {
    for (const { text, secret } of all.filter((one) => one.what === what)) {
      for (const around of surroundings) {
        const whole = around(text)
        const out = createMasking().text(whole)
        const bare = JSON.stringify(JSON.stringify(secret)).slice(3, -3)
        for (const form of [secret, bare, secret.replaceAll('\n', '\\n')]) expect(out).not.toContain(form)
        expect(out, whole).toContain(`[masked ${what} `)
      }
    }
  },
)

test('masked twice is masked once; the same secret has the same mark, another has another, and another process yet another', () => {
  const masking = createMasking()
  for (const { text } of all) {
    const once = masking.text(text)
    expect(masking.text(once)).toBe(once)
    expect(masking.text(text)).toBe(once)
    expect(createMasking().text(text)).not.toBe(once)
  }
  expect(new Set(all.map(({ text }) => masking.text(text))).size).toBe(all.length)
})

test('a text cut anywhere waits where a secret could go on: what leaves in parts holds none, nor the rest of one whose first signs are out', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...all),
      fc.constantFrom(...surroundings),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }),
      // A pause after which the first signs of a literal, which waited, are said.
      fc.boolean(),
      ({ text, secret, what }, around, cuts, pauses) => {
        const whole = `Before. ${around(text)} After.`
        const masking = createMasking()
        let waiting = ''
        let before = ''
        let out = ''
        const places = [...cuts.map((cut) => Math.floor(cut * whole.length)), whole.length].sort((a, b) => a - b)
        let from = 0
        for (const to of places) {
          waiting += whole.slice(from, to)
          from = to
          const waits = masking.waitsFrom(waiting, before)
          const at = pauses && !waits.isFirm ? waiting.length : waits.at
          out += masking.text(waiting.slice(0, at), before)
          before = (before + waiting.slice(0, at)).slice(-maxContextChars)
          waiting = waiting.slice(at)
        }
        out += masking.text(waiting, before)
        expect(out).not.toContain(secret.includes('\n') ? (secret.split('\n')[1] ?? '') : secret)
        expect(out).toContain(`[masked ${what} `)
        expect(out.startsWith('Before. ') && out.endsWith(' After.')).toBe(true)
      },
    ),
    { numRuns: 400 },
  )
})

test('nothing waits for ever, and ordinary words hardly ever', () => {
  const masking = createMasking()
  const held = (text: string) => text.length - masking.waitsFrom(text).at
  expect(held(`-----BEGIN RSA PRIVATE KEY-----\n${'a'.repeat(100_000)}`)).toBeLessThanOrEqual(maxWaitingChars)
  expect(held('All the tests are green. ')).toBe(0)
  expect(masking.waitsFrom('See http://localhost:3000/').isFirm).toBe(false)
  expect(masking.waitsFrom('The demo is').isFirm).toBe(false)
  expect(masking.waitsFrom('The token is ghp_').isFirm).toBe(true)
})

const hostile: readonly [string, (n: number) => string][] = [
  ...shapes.flatMap(({ name, literals }) =>
    literals
      .slice(0, 2)
      .map((literal): [string, (n: number) => string] => [
        `${name}: ${literal} again and again`,
        (n) => literal.repeat(Math.ceil(n / literal.length)),
      ]),
  ),
  ['beginnings of keys', (n) => '-----BEGIN PRIVATE KEY-----\n'.repeat(n / 28)],
  ['tokens that nearly are', (n) => 'eyJ0eXAiOiJKV1QifQ.a '.repeat(n / 21)],
  ['one run of signs', (n) => 'a'.repeat(n)],
  ['addresses', (n) => 'a://b:c'.repeat(n / 7)],
  ['secrets side by side', (n) => `ghp_${'a'.repeat(36)}`.repeat(n / 40)],
  ['names of keys', (n) => 'aws_secret_access_key = '.repeat(n / 24)],
]
test.each(hostile)(
  'a million signs of %s are done: with time that grew by the square they would take for hours',
  (_what, make) => {
    const text = make(1_000_000)
    const masking = createMasking()
    expect(masking.text(text).length).toBeGreaterThan(0)
    expect(masking.waitsFrom(text).at).toBeGreaterThanOrEqual(text.length - maxWaitingChars)
  },
)

test('values of any shape are masked through, texts inside data addresses too; what holds nothing stays the very same', () => {
  const masking = createMasking()
  const [{ text, secret } = { text: '', secret: '' }] = planted(1)
  const inside = `data:text/plain;base64,${Buffer.from(`key ${text}`).toString('base64')}`
  const out = masked({ a: [{ b: text }], uri: inside, n: 1, none: null }, masking)
  expect(JSON.stringify(out)).not.toContain(secret)
  expect(Buffer.from(out.uri.split(',')[1] ?? '', 'base64').toString()).toContain('[masked')
  const picture = { uri: `data:image/png;base64,${Buffer.from(text).toString('base64')}`, n: [1, { x: 'plain' }] }
  expect(masked(picture, masking)).toBe(picture)
  expect([...masking.counts.values()].reduce((sum, one) => sum + one, 0)).toBe(1)
})

test('false positives: in the text of this repository nothing is masked but what its tests and documents wrote as secrets', () => {
  const files = execFileSync(
    'git',
    ['ls-files', '*.ts', '*.tsx', '*.md', '*.mjs', '*.json', '*.sql', '*.graphql', '*.css', '*.html'],
    { encoding: 'utf8' },
  )
  const found: string[] = []
  let chars = 0
  for (const file of files.split('\n').filter((path) => path !== '' && !path.endsWith('package-lock.json'))) {
    const text = readFileSync(file, 'utf8')
    chars += text.length
    const masking = createMasking()
    masking.text(text)
    for (const [what, count] of masking.counts) found.push(`${file}: ${count} ${what}`)
  }
  console.info(`${found.length} findings in ${(chars / 1e6).toFixed(1)} million signs: ${found.join('; ')}`)
  expect(chars).toBeGreaterThan(1_000_000)
  // Tests write addresses with passwords, to see them refused.
  expect(found.filter((one) => !one.startsWith('test/'))).toEqual([])
  expect(found.length).toBeLessThan(20)
})
