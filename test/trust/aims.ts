/**
 * Every mutation of the schema, aimed at what is Ann's: arguments are made from their types, ids are hers. What nobody has aimed throws, so a new mutation
 * cannot be forgotten. Knows no credential.
 */
import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql'
import { randomText } from '../../protocol/bytes.ts'
import { selection } from './walking.ts'

export type Hers = {
  ids: Readonly<Record<string, string | number>>
  /** Values of single mutations, over what follows from the types; fields of `input` where there is one. */
  of: Readonly<Record<string, object>>
}

/** What makes a mutation possible beside ids; by the name of the field, wherever it stands. */
const VALUES: Readonly<Record<string, unknown>> = {
  ...{ text: 'hi', name: 'mine', title: 'x', reason: 'x', note: 'x', url: 'https://siem.example.com/x', message: 'x' },
  ...{ mediaType: 'text/plain', chunk: 'eA==', size: 1, offset: 0, days: 1, seq: 1, number: 1 },
  ...{ commitment: 'a'.repeat(64), digest: 'b'.repeat(64), nonce: 'n'.repeat(43), signature: 's'.repeat(86) },
  ...{ endpoint: 'https://push.example.com/1', p256dh: 'B'.repeat(87), auth: 'A'.repeat(22), cwd: '/' },
  ...{
    createdAt: '2026-01-01T00:00:00.000Z',
    at: '2026-01-01T00:00:00.000Z',
    remoteControl: 'VIEW',
    attachmentId: 'x',
  },
  ...{
    publicKey: 'x',
    version: 1,
    expectedVersion: 0,
    held: false,
    optionId: 'yes',
    modeId: 'plan',
    setupCode: 'AAAA',
  },
}

export type Aimed = { field: string; text: string; variables: Record<string, unknown> }

/** Throws for a required argument for which nothing of hers is known. */
export function aimed(schema: GraphQLSchema, hers: Hers): Aimed[] {
  const fields = Object.values(schema.getMutationType()?.getFields() ?? {})
  return fields.map((field) => aim(schema, field, hers))
}

function aim(schema: GraphQLSchema, field: GraphQLField<unknown, unknown>, hers: Hers): Aimed {
  const of = { field: field.name, hers, own: hers.of[field.name] ?? {} }
  const variables: Record<string, unknown> = {}
  for (const { name, type } of field.args) {
    const value = madeFor(type, name, isNonNullType(type), of)
    if (value !== undefined) variables[name] = value
  }
  const given = field.args.filter(({ name }) => name in variables)
  const declared = given.map(({ name, type }) => `$${name}: ${type}`).join(', ')
  const passed = given.map(({ name }) => `${name}: $${name}`).join(', ')
  const shown = selection(field.type, { schema, id: 'x', turn: 0, asked: new Set(), depth: 2 })
  const text = `mutation${declared && `(${declared})`} { ${field.name}${passed && `(${passed})`} ${shown} }`
  return { field: field.name, text, variables }
}

type Of = { field: string; hers: Hers; own: object }

/** Undefined for what may be left out and is not about her. */
function madeFor(type: GraphQLInputType, name: string, isWanted: boolean, of: Of): unknown {
  const { field, hers, own } = of
  const inner = isNonNullType(type) ? type.ofType : type
  if (name in own) return own[name as keyof typeof own]
  if (!(isWanted || name in hers.ids)) return undefined
  if (isListType(inner)) {
    const one = madeFor(inner.ofType, name.replace(/s$/, ''), true, of)
    return one === undefined ? [] : [one]
  }
  const named = getNamedType(inner)
  if (isInputObjectType(named)) {
    const entries = Object.values(named.getFields())
    const values = (named.isOneOf ? entries.slice(0, 1) : entries).map(({ name: key, type: below, defaultValue }) => {
      const mustBe = named.isOneOf || (isNonNullType(below) && defaultValue === undefined)
      return [key, madeFor(below, key, mustBe, of)] as const
    })
    return Object.fromEntries(values.filter(([, value]) => value !== undefined))
  }
  if (name in hers.ids) return hers.ids[name]
  if (name === 'key') return randomText(16)
  if (isEnumType(named)) return VALUES[name] ?? named.getValues()[0]?.name
  if (name in VALUES) return VALUES[name]
  if (named.name === 'Boolean') return true
  throw new Error(`${field}: nobody has aimed ${name}`)
}
