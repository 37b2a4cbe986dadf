/**
 * A selection over values that hold all that is asked of them, compiled once into functions: what the executor would give for it, without the
 * executor. In a query other resolvers are run as they stand; anything else (a directive, a rule on a field) is not
 * compiled, and runs as every operation does. Knows no type of ours.
 */
import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNullableType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql'
import type { Principal } from '../../policy/principal.ts'
import { permits, type Scopes } from '../builder.ts'
import type { Context } from '../context.ts'
import { compileArguments, type Values } from './arguments.ts'
import { Unplain } from './unplain.ts'
import { Written, writtenList, writtenObject } from './written.ts'

/**
 * Gives the value as the selection shows it to that context, ready for JSON; a promise of it where resolvers are run. Throws Unplain where the executor
 * has to say what is wrong.
 */
export type Show = (value: unknown, context: Context, variables: Values) => unknown

export type Given = {
  schema: GraphQLSchema
  fragments: ReadonlyMap<string, FragmentDefinitionNode>
  operation: OperationDefinitionNode
  /** Whether resolvers below the root may be run: what they throw means that the executor does it all again. */
  resolves: boolean
}

/** What a field of that type shows of its value. Null when the selection is not to be compiled. The document has been validated. */
export function compileSelection(
  given: Given,
  type: GraphQLOutputType,
  sets: readonly SelectionSetNode[],
): Show | null {
  try {
    return showValue(given, type, sets)
  } catch (error) {
    if (error instanceof Unplain) return null
    throw error
  }
}

function showComposite(given: Given, type: GraphQLCompositeType, sets: readonly SelectionSetNode[]): Show {
  if (isObjectType(type)) return showObject(given, type, sets)
  const shows = new Map<string, Show>()
  const { resolveType } = type
  if (!isAbstractType(type) || !resolveType) throw new Unplain()
  for (const one of given.schema.getPossibleTypes(type)) shows.set(one.name, showObject(given, one, sets))
  return (value, context, variables) => {
    const show = shows.get(String(resolveType(value, context, undefined as never, type)))
    if (!show) throw new Unplain()
    return show(value, context, variables)
  }
}

function showObject(given: Given, type: GraphQLObjectType, sets: readonly SelectionSetNode[]): Show {
  const nodes = new Map<string, FieldNode[]>()
  for (const set of sets) collect(given, type, set, nodes)
  const keys = [...nodes.keys()]
  const shows = [...nodes.values()].map((asked) => showField(given, type, asked))
  const rules = [type, ...type.getInterfaces()].flatMap((one) => ruleOf(one.extensions.pothosOptions) ?? [])
  // By index, and no list of what is to come until something is: this runs for every event of a page.
  return (value, context, variables) => {
    // As the executor has it (T1): whoever may not see the value is told so by the executor.
    for (const rule of rules) if (!permits(context.principal, rule(value, context))) throw new Unplain()
    const shown: Record<string, unknown> = {}
    let later: string[] | null = null
    let isWritten = false
    for (let n = 0; n < keys.length; n++) {
      const key = keys[n] as string
      const one = (shows[n] as Show)(value, context, variables)
      shown[key] = one
      if (typeof one !== 'object') continue
      if (one instanceof Promise) later = [...(later ?? []), key]
      else isWritten ||= one instanceof Written
    }
    if (later) return whole(shown, later)
    return isWritten ? writtenObject(shown) : shown
  }
}

function whole(shown: Record<string, unknown>, later: readonly string[]): Promise<unknown> {
  const ready = async (key: string) => {
    shown[key] = await shown[key]
  }
  const done = () => (Object.values(shown).some((one) => one instanceof Written) ? writtenObject(shown) : shown)
  return heard(Promise.all(later.map(ready)).then(done))
}

/** Fields in the order in which they are first asked, as the executor has them. */
function collect(given: Given, type: GraphQLObjectType, set: SelectionSetNode, into: Map<string, FieldNode[]>): void {
  for (const one of set.selections) {
    if (one.directives && one.directives.length > 0) throw new Unplain()
    if (one.kind === Kind.FIELD) {
      const key = one.alias?.value ?? one.name.value
      // A plain object takes no field of that name.
      if (key === '__proto__') throw new Unplain()
      into.set(key, [...(into.get(key) ?? []), one])
      continue
    }
    const fragment = one.kind === Kind.INLINE_FRAGMENT ? one : given.fragments.get(one.name.value)
    const on = fragment?.typeCondition ? given.schema.getType(fragment.typeCondition.name.value) : type
    if (!fragment || !on) throw new Unplain()
    if (on === type || (isAbstractType(on) && given.schema.isSubType(on, type)))
      collect(given, type, fragment.selectionSet, into)
  }
}

function showField(given: Given, type: GraphQLObjectType, asked: readonly FieldNode[]): Show {
  const [first] = asked
  if (!first) throw new Unplain()
  if (first.name.value === '__typename') return () => type.name
  const field = type.getFields()[first.name.value]
  if (!field || !isFree(field.extensions.pothosOptions)) throw new Unplain()
  const sets = asked.flatMap(({ selectionSet }) => selectionSet ?? [])
  const show = showValue(given, field.type, sets)
  const read = field.args.length === 0 ? reader(field) : null
  const write = read && writerOf(given, field.type, sets)
  if (read && write)
    return (parent, context, variables) => {
      const text = write(parent, context.principal)
      return text === null ? show(read(parent), context, variables) : new Written(text)
    }
  if (read) return (parent, context, variables) => show(read(parent), context, variables)
  const resolve = resolver(given, type, field, asked)
  const answer = async (parent: unknown, context: Context, variables: Values) =>
    show(await resolve(parent, context, variables), context, variables)
  return (parent, context, variables) => heard(answer(parent, context, variables))
}

/**
 * An abstract type's extension of this name: shows a field of that type by what its parent holds, without reading the value, as this very selection would; null where the value is to be read. It looks at
 * the type's rules itself.
 */
export const WRITTEN_BY = 'writtenBy'
export type WrittenBy = (
  fieldsOf: (type: GraphQLObjectType) => ReadonlyMap<string, readonly FieldNode[]>,
  types: readonly GraphQLObjectType[],
) => (parent: unknown, principal: Principal) => string | null

function writerOf(given: Given, type: GraphQLOutputType, sets: readonly SelectionSetNode[]) {
  const shown = getNullableType(type)
  const writtenBy = isAbstractType(shown) ? shown.extensions[WRITTEN_BY] : undefined
  if (!isAbstractType(shown) || !writtenBy) return null
  const fieldsOf = (one: GraphQLObjectType) => {
    const nodes = new Map<string, FieldNode[]>()
    for (const set of sets) collect(given, one, set, nodes)
    return nodes
  }
  return (writtenBy as WrittenBy)(fieldsOf, given.schema.getPossibleTypes(shown))
}

/** Nobody may be waiting any more when it fails: what stands beside it failed first. */
function heard<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

/** A field's own resolver, with its arguments. */
function resolver(
  given: Given,
  type: GraphQLObjectType,
  field: GraphQLField<unknown, Context>,
  asked: readonly FieldNode[],
) {
  const { schema, operation, fragments, resolves } = given
  const { resolve } = field
  const argsOf = compileArguments(field.args, asked[0]?.arguments ?? [])
  if (!resolves || !resolve || !argsOf) throw new Unplain()
  const path = { prev: undefined, key: field.name, typename: type.name }
  const info: Omit<GraphQLResolveInfo, 'variableValues'> = {
    ...{ fieldName: field.name, fieldNodes: asked, returnType: field.type, parentType: type, schema, operation },
    ...{ fragments: Object.fromEntries(fragments), rootValue: undefined, path: { ...path, prev: path } },
  }
  return (parent: unknown, context: Context, variables: Values) =>
    resolve(parent, argsOf(variables), context, { ...info, variableValues: { ...variables } })
}

/** A field that is a property of its parent, or made of its parent alone; null for any other. */
function reader(field: GraphQLField<unknown, Context>): ((parent: unknown) => unknown) | null {
  const { pothosExposedField: exposed, pothosOriginalResolve: resolve } = field.extensions
  if (typeof exposed === 'string') return (parent) => (parent as Record<string, unknown>)[exposed]
  if (typeof resolve !== 'function' || resolve.length > 1) return null
  return (parent) => resolve(parent)
}

function showValue(given: Given, type: GraphQLOutputType, sets: readonly SelectionSetNode[]): Show {
  const isNeeded = isNonNullType(type)
  const show = showPresent(given, isNeeded ? type.ofType : type, sets)
  return (value, context, variables) => {
    if (value === null || value === undefined) {
      if (isNeeded) throw new Unplain()
      return null
    }
    if (typeof value === 'object' && (value instanceof Promise || value instanceof Error)) throw new Unplain()
    const shown = show(value, context, variables)
    if (isNeeded && shown === null) throw new Unplain()
    return shown
  }
}

function showPresent(given: Given, type: GraphQLOutputType, sets: readonly SelectionSetNode[]): Show {
  if (isListType(type)) {
    const show = showValue(given, type.ofType, sets)
    return (value, context, variables) => {
      if (!Array.isArray(value)) throw new Unplain()
      let isLater = false
      let isWritten = false
      const shown = value.map((each) => {
        const one = show(each, context, variables)
        if (typeof one === 'object') {
          isLater ||= one instanceof Promise
          isWritten ||= one instanceof Written
        }
        return one
      })
      if (isLater) return heard(Promise.all(shown))
      return isWritten ? writtenList(shown) : shown
    }
  }
  if (isLeafType(type)) return (value) => type.serialize(value)
  if (isNonNullType(type)) throw new Unplain()
  return showComposite(given, type, sets)
}

/** Nothing is said at this field about who may see what: its type says it all. */
function isFree(options: unknown): boolean {
  const said = typeof options === 'object' && options !== null ? Object.keys(options) : []
  return !said.some((one) => /scopes/i.test(one))
}

export type Rule = (value: unknown, context: Context) => Partial<Scopes>

export function ruleOf(options: unknown): Rule | null {
  if (typeof options !== 'object' || options === null || !('authScopes' in options)) return null
  const rule = options.authScopes
  if (rule === undefined) return null
  return typeof rule === 'function' ? (rule as Rule) : () => rule as Partial<Scopes>
}
