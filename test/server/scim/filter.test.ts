/** SCIM’s filters as text: what providers write is understood, and nothing else does harm (RFC 7644 §3.4.2.2, G4). */
import { PgDialect } from 'drizzle-orm/pg-core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  holdsFor,
  MOST_FILTER_CHARS,
  MOST_FILTER_DEPTH,
  MOST_FILTER_TERMS,
  parseFilter,
} from '../../../server/scim/filter.ts'
import { ScimError } from '../../../server/scim/messages.ts'
import {
  type Condition,
  ConditionProblem,
  type Operator,
  userCondition,
  type Value,
} from '../../../server/store/scim-matching.ts'
import { isWellFormed } from '../../../server/store/well-formed.ts'

const compare = (attribute: string, value: Value, op: Operator = 'eq'): Condition => ({
  kind: 'compare',
  ...{ attribute, op, value },
})
const problem = (text: string): string | undefined => {
  try {
    parseFilter(text)
  } catch (error) {
    if (error instanceof ScimError && error.status === 400) return error.scimType
    throw error
  }
  return undefined
}

describe('a filter', () => {
  const ada = compare('username', 'ada')
  test.each<[string, Condition]>([
    ['userName eq "ada"', ada],
    ['USERNAME EQ "ada"', ada],
    ['urn:ietf:params:scim:schemas:core:2.0:User:userName eq "ada"', ada],
    ['((userName eq "ada"))', ada],
    ['active eq true', compare('active', true)],
    ['externalId eq null', compare('externalid', null)],
    ['title pr', { kind: 'present', attribute: 'title' }],
    ['userName sw "a\\"b\\u00e9"', compare('username', 'a"bé', 'sw')],
    ['meta.lastModified gt "2026-01-31T12:00:00Z"', compare('meta.lastmodified', '2026-01-31T12:00:00Z', 'gt')],
    [
      'id eq "1" and active eq true or userName eq "ada"',
      { kind: 'or', parts: [{ kind: 'and', parts: [compare('id', '1'), compare('active', true)] }, ada] },
    ],
    [
      'id eq "1" and (active eq true or userName eq "ada")',
      { kind: 'and', parts: [compare('id', '1'), { kind: 'or', parts: [compare('active', true), ada] }] },
    ],
    ['not (userName eq "ada")', { kind: 'not', part: ada }],
    ['emails[type eq "work"]', { kind: 'some', attribute: 'emails', part: compare('type', 'work') }],
    [
      'emails[type eq "work"].value eq "a@b"',
      {
        kind: 'some',
        ...{ attribute: 'emails', part: { kind: 'and', parts: [compare('type', 'work'), compare('value', 'a@b')] } },
      },
    ],
  ])('%s is read as it is meant', (text, condition) => {
    expect(parseFilter(text)).toEqual(condition)
  })

  test.each([
    ...['', ' ', 'userName', 'userName eq', 'userName is "a"', 'userName eq a', 'eq "a"', 'userName eq "a" and'],
    ...['(userName eq "a"', 'userName eq "a")', 'not userName eq "a"', 'emails[type eq "work"', 'emails[].value pr'],
    ...[
      'userName eq "\\"',
      'userName eq "\\x"',
      'userName eq "a\nb"',
      'userName eq "\\u0000"',
      'userName eq "\\ud800"',
    ],
    ...['userName eq "a"; drop table owner', "userName eq 'a'", 'userName eq "a" xor id eq "b"', '.value eq "a"'],
    ...['userName eq constructor', 'active eq toString'],
  ])('that is none is invalidFilter: %j', (text) => {
    expect(problem(text)).toBe('invalidFilter')
  })

  test('[G4] has a length, a number of comparisons and a depth, each to the last that is good', () => {
    const long = (length: number) => `id eq "${'x'.repeat(length - 8)}"`
    expect([problem(long(MOST_FILTER_CHARS)), problem(long(MOST_FILTER_CHARS + 1))]).toEqual([
      undefined,
      'invalidFilter',
    ])
    const many = (terms: number) => Array.from({ length: terms }, () => 'id pr').join(' or ')
    expect([problem(many(MOST_FILTER_TERMS)), problem(many(MOST_FILTER_TERMS + 1))]).toEqual([
      undefined,
      'invalidFilter',
    ])
    const deep = (depth: number) => `${'('.repeat(depth)}id pr${')'.repeat(depth)}`
    expect([problem(deep(MOST_FILTER_DEPTH)), problem(deep(MOST_FILTER_DEPTH + 1))]).toEqual([
      undefined,
      'invalidFilter',
    ])
    expect(problem('('.repeat(MOST_FILTER_CHARS))).toBe('invalidFilter')
  })

  const text = fc.string({ unit: 'grapheme', maxLength: 8 }).filter(isWellFormed)
  const leaf = fc.oneof(
    fc.record({
      kind: fc.constant('compare' as const),
      attribute: fc.constantFrom('username', 'emails.value', 'x-y_z1'),
      op: fc.constantFrom<Operator>('eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'),
      value: fc.oneof(text, fc.boolean(), fc.constant(null), fc.integer()),
    }),
    fc.record({ kind: fc.constant('present' as const), attribute: fc.constantFrom('active', 'meta.created') }),
  )
  const { tree } = fc.letrec<{ tree: Condition }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.record({ kind: fc.constant('not' as const), part: tie('tree') }),
      fc.record({ kind: fc.constant('some' as const), attribute: fc.constant('emails'), part: leaf }),
      fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        parts: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }),
      }),
    ),
  }))
  const written = (one: Condition): string => {
    if (one.kind === 'present') return `${one.attribute} pr`
    if (one.kind === 'compare') return `${one.attribute} ${one.op} ${JSON.stringify(one.value)}`
    if (one.kind === 'not') return `not (${written(one.part)})`
    if (one.kind === 'some') return `${one.attribute}[${written(one.part)}]`
    return one.parts
      .map((part) => (part.kind === 'and' || part.kind === 'or' ? `(${written(part)})` : written(part)))
      .join(` ${one.kind} `)
  }

  test('that was written from a tree is read as that tree', () => {
    fc.assert(
      fc.property(tree, (one) => {
        const filter = written(one)
        fc.pre(
          filter.length <= MOST_FILTER_CHARS && (filter.match(/ (eq|ne|co|sw|ew|gt|ge|lt|le|pr)\b/g)?.length ?? 0) < 40,
        )
        expect(parseFilter(filter)).toEqual(one)
      }),
      { numRuns: 300 },
    )
  })

  test('[G4] whatever is sent is a tree or invalidFilter, never anything else', () => {
    const pieces = fc.constantFrom(
      '(',
      ')',
      '[',
      ']',
      'and',
      'or',
      'not',
      'eq',
      'pr',
      'id',
      '"a"',
      '"',
      '\\',
      '1',
      '-',
      '.',
      ' ',
      'true',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(pieces, { maxLength: 40 }).map((all) => all.join(' ')),
        ),
        (any) => {
          expect([undefined, 'invalidFilter']).toContain(problem(any))
        },
      ),
      { numRuns: 1000 },
    )
  })
})

test('for an element of a list texts are compared without case, what is missing is nothing, and truth may be a word', () => {
  const email = { value: 'Ada@Acme.example', type: 'work', primary: true }
  const holds = (text: string) => holdsFor(parseFilter(text), email)
  for (const yes of [
    'type eq "WORK"',
    'value co "acme"',
    'primary eq "True"',
    'display ne "x"',
    'not (display pr)',
    'display eq null',
  ])
    expect(holds(yes), yes).toBe(true)
  for (const no of [
    'type ne "work"',
    'display eq "x"',
    'display pr',
    'value eq null',
    'primary eq false',
    'display co ""',
  ])
    expect(holds(no), no).toBe(false)
})

test.each([
  ['0000-06-01T00:00:00Z', false],
  ['0001-01-01T00:00:00+14:00', false],
  ['0001-01-01T00:00:00Z', true],
  ['9999-12-31T23:59:59Z', true],
  ['9999-12-31T23:59:59-14:00', false],
  ['2026-13-01T00:00:00Z', false],
])('[T6] an instant that no database knows is the filter’s problem and none of the server’s: %s', (instant, isGood) => {
  const made = () => userCondition(parseFilter(`meta.created gt "${instant}"`))
  if (isGood) expect(made()).toBeDefined()
  else expect(made).toThrow(ConditionProblem)
})

test('a person’s data is parsed once, however many comparisons look into it', () => {
  const terms = Array.from({ length: MOST_FILTER_TERMS }, (_, n) => `emails.value co "${n}"`).join(' or ')
  const { sql } = new PgDialect().sqlToQuery(userCondition(parseFilter(terms)))
  expect(sql.match(/jsonb_array_elements/g)).toHaveLength(MOST_FILTER_TERMS)
  // Behind `offset 0` the planner leaves it where it is.
  expect(sql.match(/"data"::json/g)).toHaveLength(1)
  expect(sql).toMatch(/"data"::jsonb as data offset 0\) kept/)
})
