import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const rows = readFileSync('docs/bad-input.md', 'utf8')
  .split('\n')
  .filter((line) => /^\| (?!input|---)/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))

test('has rows, each with its result and what is not lost', () => {
  expect(rows.length).toBeGreaterThan(20)
  for (const [, input, result, kept] of rows) for (const cell of [input, result, kept]) expect(cell).toBeTruthy()
})

test.each(rows.map((cells) => cells[4] ?? ''))('%s', (cell) => {
  const [, file = '', name = ''] = /^(test\/\S+): (.+)$/.exec(cell) ?? []
  const source = readFileSync(file, 'utf8')
  expect(["'", '"', '`'].some((quote) => source.includes(`(${quote}${name}${quote}`))).toBe(true)
})
