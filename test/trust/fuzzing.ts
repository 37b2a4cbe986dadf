/** Operations and payloads that nobody would send: made from the schema and from good ones, of one seed. Knows no server. */
import {
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql'
import { selection } from './walking.ts'

export type Random = { next(): number; below(most: number): number; one<T>(from: readonly T[]): T }

/** Mulberry32: small, and the same everywhere. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (most: number) => Math.floor(next() * most)
  return {
    ...{ next, below },
    one: (from) => {
      const found = from[below(from.length)]
      if (found === undefined) throw new Error('nothing to choose from')
      return found
    },
  }
}

const TEXTS = [
  ...[
    '',
    ' ',
    'x',
    '\0',
    'a\0b',
    '\ud800',
    '\udfff\ud800',
    '\u202e',
    '\u2028',
    '\ufeff',
    '🦊'.repeat(50),
    '%00',
    '../../etc/passwd',
  ],
  ...["'; drop table session; --", '{{7*7}}', '<script>', '\u001b[2J', '__proto__', 'constructor', 'null', 'NaN'],
  ...[
    '1e309',
    '-0',
    '0x10',
    '2026-13-45T99:99:99Z',
    '9'.repeat(400),
    'ses_',
    'dec_x',
    'A'.repeat(43),
    'f'.repeat(64),
    '\\',
    '"',
  ],
]
const NUMBERS = [0, -0, 1, -1, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 53, 1.5, 1e308, -1e308, 5, 500, 501, 26]

/** What a place of any type may be given instead. */
export const anything = (random: Random, depth = 0): unknown => {
  const kind = random.below(depth > 3 ? 4 : 7)
  if (kind === 0) return null
  if (kind === 1) return random.one(TEXTS)
  if (kind === 2) return random.one(NUMBERS)
  if (kind === 3) return random.next() < 0.5
  if (kind === 4) return Array.from({ length: random.below(5) }, () => anything(random, depth + 1))
  return Object.fromEntries(
    Array.from({ length: random.below(4) }, () => [random.one(TEXTS), anything(random, depth + 1)]),
  )
}

/** A value of the type that could be good, with `wild` the part of places that are given something else. */
export function valueFor(
  type: GraphQLInputType,
  random: Random,
  ids: readonly string[],
  wild: number,
  depth = 0,
): unknown {
  if (random.next() < wild) return anything(random)
  if (!isNonNullType(type) && (depth > 5 || random.next() < 0.4)) return random.next() < 0.5 ? null : undefined
  const inner = isNonNullType(type) ? type.ofType : type
  if (isListType(inner))
    return Array.from({ length: random.below(3) }, () => valueFor(inner.ofType, random, ids, wild, depth + 1))
  const named = getNamedType(inner)
  if (isEnumType(named)) return random.one(named.getValues()).name
  if (isInputObjectType(named)) {
    const fields = Object.values(named.getFields())
    const taken = named.isOneOf ? [random.one(fields)] : fields
    return Object.fromEntries(
      taken.map((field) => [field.name, valueFor(field.type, random, ids, wild, depth + 1)] as const),
    )
  }
  if (named.name === 'Int') return random.next() < 0.7 ? random.below(20) : random.one(NUMBERS)
  if (named.name === 'Float') return random.one(NUMBERS)
  if (named.name === 'Boolean') return random.next() < 0.5
  if (named.name === 'DateTime') return '2026-01-01T00:00:00.000Z'
  if (named.name === 'Digest') return 'ab'.repeat(32)
  if (named.name === 'ID') return random.one(ids)
  return random.one(TEXTS)
}

export type Operation = { query: string; variables: Record<string, unknown> }

/** Fields that end the scene for those who come after. */
const ENDS =
  /^(revoke|setRemoteControl|setDeviceRung|deleteSession|endSession|removeMember|disableRemoteControl|applyPolicy|rollBackPolicy|addMember|confirmPairing|hostCommands|pairing|testPush|subscribePush)/

/** Operations of any root field with values of its types, some of them wild. */
export function createOperations(schema: GraphQLSchema, ids: readonly string[]): (random: Random) => Operation {
  const roots = [
    { word: 'query', type: schema.getQueryType() },
    { word: 'mutation', type: schema.getMutationType() },
  ]
  const fields = roots.flatMap(({ word, type }) =>
    Object.values(type?.getFields() ?? {})
      .filter(({ name }) => !ENDS.test(name))
      .map((field) => {
        const shown = selection(field.type, { schema, id: 'x', turn: 0, asked: new Set(), depth: 0 })
        return { word, field, shown }
      }),
  )
  return (random) => {
    const { word, field, shown } = random.one(fields)
    const variables: Record<string, unknown> = {}
    for (const { name, type } of field.args) {
      const value = valueFor(type, random, ids, 0.08)
      if (value !== undefined) variables[name] = value
    }
    const args = field.args.filter(({ name }) => name in variables)
    const declared = args.map(({ name, type }) => `$${name}: ${type}`).join(', ')
    const passed = args.map(({ name }) => `${name}: $${name}`).join(', ')
    return {
      query: `${word}${declared && `(${declared})`} { ${field.name}${passed && `(${passed})`} ${shown} }`,
      variables,
    }
  }
}

const SCRAPS = [
  '{',
  '}',
  '(',
  ')',
  '...',
  '@',
  '$',
  ':',
  '!',
  '[',
  ']',
  '"',
  '"""',
  '#',
  ',',
  '|',
  '&',
  ' on ',
  'fragment F on X { x }',
  '\0',
  '\ud800',
  '@skip(if: true)',
  '@include(if: $x)',
  '__typename',
  '__schema { types { name } }',
  '...F',
  '1e999',
  '-',
  'null',
  '{a:{a:{a:1}}}',
]

/** A text with a few places cut out, doubled, or put in. */
export function damaged(text: string, random: Random): string {
  let out = text
  for (let times = 1 + random.below(4); times > 0; times -= 1) {
    const at = random.below(out.length + 1)
    const length = random.below(12)
    const how = random.below(3)
    if (how === 0) out = out.slice(0, at) + out.slice(at + length)
    else if (how === 1) out = out.slice(0, at) + out.slice(at, at + length).repeat(1 + random.below(3)) + out.slice(at)
    else out = out.slice(0, at) + random.one(SCRAPS) + out.slice(at)
  }
  return out
}
