/** Documents made from the schema itself: what a field can show, and the arguments that fields below a root need. Knows no person. */
import {
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'

/** How many turns show everything that an abstract type may be. */
export const turnsOf = (schema: GraphQLSchema): number =>
  Math.max(
    ...['Event', 'Command'].map((name) => {
      const type = schema.getType(name)
      return isAbstractType(type) ? schema.getPossibleTypes(type).length : 1
    }),
  )

/** Arguments of a field below the root: what it must have, with `id` wherever an id or a text is wanted. */
export const nested = (field: GraphQLField<unknown, unknown>, id: string): string => {
  const given = field.args.flatMap(({ name, type, defaultValue }) => {
    if (name === 'first') return ['first: 2']
    if (!isNonNullType(type) || defaultValue !== undefined) return []
    const named = getNamedType(type)
    const one = isEnumType(named) ? named.getValues()[0]?.name : literalOf(named.name, id)
    return [`${name}: ${isListType(type.ofType) ? `[${one}]` : one}`]
  })
  return given.length > 0 ? `(${given.join(', ')})` : ''
}

const literalOf = (type: string, id: string): string =>
  type === 'Int' ? '1' : type === 'Digest' ? `"${'0'.repeat(64)}"` : `"${id}"`

export type Selecting = {
  schema: GraphQLSchema
  /** What fields below the root are pointed at. */
  id: string
  /** Of an abstract type the `turn`-th of those it may be. */
  turn: number
  /** Types on the way down; none comes twice. */
  on?: readonly string[]
  /** Every field that was asked, as `Type.field`. */
  asked: Set<string>
  /** Most types on the way down; further ones only where they are ours by name. */
  depth?: number
}

/** Every field below a type, each type once on the way down. Empty for a leaf, and for what has nothing to ask. */
export function selection(type: GraphQLOutputType, how: Selecting): string {
  const { schema, id, turn, on = [], asked, depth = 6 } = how
  const named = getNamedType(type)
  if (isAbstractType(named)) {
    const possible = schema.getPossibleTypes(named)
    const one = possible[turn % possible.length]
    return one ? `{ __typename ... on ${one.name} ${selection(one, how)} }` : ''
  }
  if (!isObjectType(named)) return ''
  const fields = Object.values(named.getFields()).flatMap((field) => {
    const below = getNamedType(field.type)
    if (on.includes(below.name) || (on.length > depth && !below.name.match(/^[A-Z][a-z]+$/) && isObjectType(below)))
      return []
    const inner = selection(field.type, { ...how, on: [...on, named.name] })
    if ((isObjectType(below) || isAbstractType(below)) && !inner.includes(' ')) return []
    asked.add(`${named.name}.${field.name}`)
    return [`${field.name}${nested(field, id)} ${inner}`]
  })
  return fields.length > 0 ? `{ ${fields.join(' ')} }` : ''
}
