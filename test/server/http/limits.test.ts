/** What an operation may cost, counted by its form and its variables. */
import { parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import { assertAffordable, MAX_ALIASES, MAX_DEPTH, MAX_FIELDS, MAX_NESTED_ROWS } from '../../../server/http/limits.ts'
import { maxPageSize } from '../../../server/store/limits.ts'
import type { Refused } from '../../../server/store/refused.ts'

type Text = string | ReturnType<typeof parse>
const limitOf = (text: Text, variables: Record<string, unknown> = {}, name: string | null = null): unknown => {
  try {
    assertAffordable(typeof text === 'string' ? parse(text) : text, name, variables)
    return 'ok'
  } catch (error) {
    return (error as Refused).numbers.limit
  }
}
const times = (count: number, of: (n: number) => string) => Array.from({ length: count }, (_, n) => of(n)).join(' ')
const within = (count: number, inner = 'a') => `${'{ a '.repeat(count - 1)}{ ${inner} }${' }'.repeat(count - 1)}`

describe('[G4] an operation is as large as its limit and no larger', () => {
  test.each([
    ['depth', within(MAX_DEPTH), within(MAX_DEPTH + 1), MAX_DEPTH],
    [
      'aliases',
      `{ ${times(MAX_ALIASES, (n) => `a${n}: a`)} }`,
      `{ ${times(MAX_ALIASES + 1, (n) => `a${n}: a`)} }`,
      MAX_ALIASES,
    ],
    ['fields', `{ ${times(MAX_FIELDS, () => 'a')} }`, `{ ${times(MAX_FIELDS + 1, () => 'a')} }`, MAX_FIELDS],
  ])('%s', (_what, good, bad, limit) => {
    expect(limitOf(good)).toBe('ok')
    expect(limitOf(bad)).toBe(limit)
  })

  test('rows of pages within pages, whichever variables came first', () => {
    const page = (first: string, inner: string) => `a(first: ${first}) { edges { node { ${inner} } } }`
    const document = parse(`query($n: Int, $m: Int) { ${page('$n', page('$m', page('2', 'b')))} }`)
    const [good, bad] = [
      { n: 50, m: 100 },
      { n: 51, m: 100 },
    ]
    for (const [variables, said] of [
      [good, 'ok'],
      [bad, MAX_NESTED_ROWS],
      [good, 'ok'],
      [bad, MAX_NESTED_ROWS],
    ] as const)
      expect(limitOf(document, variables)).toBe(said)
  })

  test('a search within a page is a page of the largest size, however few events it is to give', () => {
    const searches = (sessions: string, limit: string) =>
      `{ sessions(first: ${sessions}) { edges { node { search(words: "x"${limit}) { searchedTo } } } } }`
    expect(MAX_NESTED_ROWS / maxPageSize).toBe(20)
    for (const limit of ['', ', limit: 1', ', limit: 500']) {
      expect(limitOf(searches('20', limit)), limit).toBe('ok')
      expect(limitOf(searches('21', limit)), limit).toBe(MAX_NESTED_ROWS)
    }
    expect(limitOf('{ session(id: "ses_1") { search(words: "x") { events { seq } searchedTo } } }')).toBe('ok')
    const behind = 'fragment S on Session { search(words: "x") { searchedTo } }'
    expect(limitOf(`{ sessions(first: 21) { edges { node { ...S } } } } ${behind}`)).toBe(MAX_NESTED_ROWS)
  })

  test('one page may be as large as a page can be, also when it is asked again', () => {
    const document = parse('query($n: Int) { a(last: $n) { edges { node { b } } } }')
    for (const n of [1, 1_000_000, -5, undefined]) expect(limitOf(document, { n })).toBe('ok')
  })

  test('another operation of the same document, and another size, is another question, however often', () => {
    const document = parse(`
      query Small($n: Int, $m: Int) { sessions(first: $n) { edges { node { events(last: $m) { edges { node { id } } } } } } }
      query Other($n: Int) { a: sessions(first: $n) { edges { node { events(last: 500) { edges { node { id } } } } } } }`)
    const isAffordable = (name: string, variables: object) => limitOf(document, { ...variables }, name) === 'ok'
    for (let round = 0; round < 3; round++) {
      expect(isAffordable('Small', { n: 10, m: 10 })).toBe(true)
      expect(isAffordable('Small', { n: 500, m: 500 })).toBe(false)
      expect(isAffordable('Small', { n: 10, m: 500 })).toBe(true)
      expect(isAffordable('Small', { n: 500, m: 10 })).toBe(true)
      expect(isAffordable('Small', { n: 1e9, m: 1e9 })).toBe(false)
      expect(isAffordable('Small', { n: 1, m: 1e9 })).toBe(true)
      expect(isAffordable('Other', { n: 20 })).toBe(true)
      expect(isAffordable('Other', { n: 21 })).toBe(false)
      // Neither is said: the usual page, twice.
      expect(isAffordable('Small', {})).toBe(true)
    }
  })

  test('a page is as large as it will be asked: by a default of its variable, by `last` beside an empty `first`, and behind a fragment', () => {
    const [many, few] = ['{ edges { node { b } } }', '{ a(first: 20) { edges { node { b } } } }']
    for (const [good, bad] of [
      [
        `query($n: Int = 20) { a(first: $n) { edges { node ${few} } } }`,
        `query($n: Int = 501) { a(first: $n) { edges { node { a(first: $n) ${many} } } } }`,
      ],
      [
        `query($n: Int = 500) { a(first: $n) { edges { node ${few} } } }`,
        `query($n: Int = 500) { a(first: $n) { edges { node { a(first: 21) ${many} } } } }`,
      ],
      [
        `{ a(first: null, last: 500) { edges { node ${few} } } }`,
        `{ a(first: null, last: 500) { edges { node { a(first: 21) ${many} } } } }`,
      ],
      [
        `query($f: Int, $n: Int = 500) { a(first: $f, last: $n) { edges { node ${few} } } }`,
        `query($f: Int, $n: Int = 500) { a(first: $f, last: $n) { edges { node { a(first: 21) ${many} } } } }`,
      ],
      [
        `{ a(first: 500) { ...P } } fragment P on A { __typename edges { node ${few} } }`,
        `{ a(first: 500) { ...P } } fragment P on A { __typename edges { node { a(first: 21) ${many} } } }`,
      ],
      [
        `{ a(first: 500) { ... { ...P } } } fragment P on A { pageInfo { c } ...Q } fragment Q on A { edges { node ${few} } }`,
        `{ a(first: 500) { ... { ...P } } } fragment P on A { pageInfo { c } ...Q } fragment Q on A { edges { node { a(first: 21) ${many} } } }`,
      ],
    ] as const) {
      expect([good, limitOf(good)]).toEqual([good, 'ok'])
      expect([bad, limitOf(bad)]).toEqual([bad, MAX_NESTED_ROWS])
    }
    // What is said counts, not the default beside it; an empty page of a default is the usual one.
    const document = parse(`query($n: Int = 500) { a(first: $n) { edges { node { a(first: $n) ${many} } } } }`)
    expect([{}, { n: 10 }, { n: null }, { n: 500 }, {}].map((variables) => limitOf(document, variables))).toEqual([
      ...[MAX_NESTED_ROWS, 'ok', 'ok', MAX_NESTED_ROWS, MAX_NESTED_ROWS],
    ])
  })
})
