/** Each limit of docs/protocol.md §8 names the tests that meet it: they are there, and speak of it by its name or its number. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const page = readFileSync('docs/protocol.md', 'utf8')
const table = page.slice(page.indexOf('## 8. Limits'), page.indexOf('One request too many'))
const rows = table
  .split('\n')
  .filter((line) => /^\| (?!name )/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))

test('the table is there', () => expect(rows.length).toBeGreaterThan(30))

/** `300,000` is written `300_000` here and there, and 64 KiB as `64 * 1024` or in words. */
const plain = (text: string): string => text.replaceAll(/(?<=\d)[_,](?=\d)/g, '').toLowerCase()

test.each(rows.map((cells) => [cells[1] ?? '', cells] as const))('%s', (name, [, , number = '', , tests = '']) => {
  const files = tests.split(', ').filter(Boolean)
  expect(files.length).toBeGreaterThan(0)
  const said = [name, number].join(' ')
  const words = [...said.matchAll(/[A-Z]+_[A-Z_]+|[a-z]+[A-Z]\w+/g)].map(([word]) => word.toLowerCase())
  const numbers = [...plain(number).matchAll(/\d{2,}/g)].map(([digits]) => digits)
  for (const file of files) {
    const source = plain(readFileSync(file, 'utf8'))
    // Or by the first number that is not good any more.
    const both = numbers.flatMap((digits) => [digits, String(Number(digits) + 1)])
    const speaks = [...words, ...both.map((digits) => new RegExp(`\\b${digits}\\b`))]
    expect(
      speaks.some((one) => (typeof one === 'string' ? source.includes(one) : one.test(source))),
      `${file} says nothing of ${name}`,
    ).toBe(true)
  }
})
