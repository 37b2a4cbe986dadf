/**
 * A query or mutation of one root field, compiled once: its variables, the field's own resolver with its rules, and what is shown of the value.
 * What cannot be compiled runs through the executor, and so does a query whose value only the executor can explain. Knows no transport.
 */
import {
  type DocumentNode,
  execute,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getOperationAST,
  isInputType,
  isNonNullType,
  Kind,
  locatedError,
  type OperationDefinitionNode,
  print,
  typeFromAST,
  valueFromAST,
  visit,
} from 'graphql'
import type { Principal } from '../../policy/principal.ts'
import { permits } from '../builder.ts'
import { type Context, looking, type Parts } from '../context.ts'
import { type Parked, parkOf } from '../parking.ts'
import { compileArguments } from './arguments.ts'
import { type Coerce, compileInput } from './input.ts'
import { compileSelection, ruleOf } from './selection.ts'
import { Unplain } from './unplain.ts'

export type Answer = { errors?: readonly GraphQLError[]; data: Record<string, unknown> | null }

export type Prepared = {
  answer(context: Context): Promise<Answer>
  /** Null: it does not wait before its operation. */
  park: ((parts: Parts, principal: Principal, go: () => void) => Parked | null) | null
  /** As it answers when its root field throws. */
  failed(error: unknown): Answer
}

/** Null when these variables are not good: graphql's own says what is wrong with them. */
export type Run = (variables: Given) => Prepared | null

/** A document's fragments by their names. */
export const fragmentsOf = (document: DocumentNode): Map<string, FragmentDefinitionNode> =>
  new Map(document.definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one]] : [])))

/** Null when it is no such operation. The document has been validated. */
export function compileOperation(schema: GraphQLSchema, document: DocumentNode, name?: string | null): Run | null {
  const root = compileRoot(schema, document, name)
  if (!root?.show || root.operation === 'subscription' || !root.field.resolve) return null
  const { operation, key, field, node, show, coerce, argsOf, info } = root
  const { resolve } = root.field
  const park = parkOf(field.extensions)
  const failed = (error: unknown): Answer => ({
    errors: [locatedError(error, [node], [key])],
    data: isNonNullType(field.type) ? null : { [key]: null },
  })
  async function answer(given: Given, args: Coerced, context: Context): Promise<Answer> {
    let value: unknown
    try {
      value = await resolve(undefined, args.args, context, { ...info, variableValues: args.variables })
    } catch (error) {
      return failed(error)
    }
    try {
      return { data: { [key]: await show(value, context, args.variables) } }
    } catch (error) {
      // Of a query the executor says what went wrong below its root, and what can be shown all the same.
      if (!(error instanceof Unplain) && operation !== 'query') return failed(error)
      // The executor says what is wrong; a mutation is not done twice for that.
      if (operation !== 'query') return failed(new GraphQLError('What was done cannot be shown.'))
      const asked = { schema, document, operationName: name ?? null, contextValue: context, variableValues: given }
      const { data = null, errors } = await execute(asked)
      return { ...(errors && { errors }), data }
    }
  }
  return (given) => {
    try {
      const variables = coerce(given)
      const args = { variables, args: argsOf(variables) }
      return {
        answer: (context) => answer(given, args, operation === 'query' ? looking(context) : context),
        park: park && ((parts, principal, go) => park({ parts, principal, args: args.args }, go)),
        failed,
      }
    } catch (error) {
      if (error instanceof Unplain) return null
      throw error
    }
  }
}

export type Subscription = {
  /** Name of the root field, and the one it has in the answer. */
  name: string
  key: string
  /** Equal for subscriptions that show the same of the same value. */
  text(variables: Given): string
  /** Null when they are not good. */
  prepare(given: Given): Coerced | null
  /** Whether such a principal may ask at all. */
  isOpenTo(principal: Principal): boolean
  /** One result as the executor gives it. What it throws is the executor's to explain. Null: the executor shows them all. */
  show: ((value: unknown, context: Context, variables: Given) => Promise<{ data: Given }>) | null
}

/** The same for a subscription of one root field, whose values somebody else brings. */
export function compileSubscription(
  schema: GraphQLSchema,
  document: DocumentNode,
  name?: string | null,
): Subscription | null {
  const root = compileRoot(schema, document, name)
  const rule = root && ruleOf(root.field.extensions.pothosOptions)
  if (root?.operation !== 'subscription' || !rule) return null
  const { key, field, show, coerce, argsOf } = root
  const asked = `${name ?? ''} ${print(document)}`
  const below = variablesBelow(document)
  return {
    name: field.name,
    key,
    // Under their names: one that is left out is not one that is null.
    text: (variables) => `${asked} ${JSON.stringify(Object.fromEntries(below.map((one) => [one, variables[one]])))}`,
    prepare: (given) => {
      try {
        const variables = coerce(given)
        return { variables, args: argsOf(variables) }
      } catch (error) {
        if (error instanceof Unplain) return null
        throw error
      }
    },
    isOpenTo: (principal) => permits(principal, rule(undefined, { principal } as Context)),
    show: show && (async (value, context, variables) => ({ data: { [key]: await show(value, context, variables) } })),
  }
}

/** Names of the variables that are used elsewhere than in a root field's own arguments. */
function variablesBelow(document: DocumentNode): string[] {
  const found = new Set<string>()
  const note = {
    Variable: ({ name }: { name: { value: string } }) => {
      found.add(name.value)
    },
  }
  for (const one of document.definitions) {
    if (one.kind === Kind.FRAGMENT_DEFINITION) visit(one, note)
    if (one.kind !== Kind.OPERATION_DEFINITION) continue
    for (const root of one.selectionSet.selections)
      if (root.kind !== Kind.FIELD) visit(root, note)
      else if (root.selectionSet) visit(root.selectionSet, note)
  }
  return [...found].sort()
}

/** Null when there is more than one root field, or any of it is not to be compiled. */
function compileRoot(schema: GraphQLSchema, document: DocumentNode, name: string | null | undefined) {
  const operation = getOperationAST(document, name)
  if (!operation || (operation.directives?.length ?? 0) > 0) return null
  const [node, ...others] = operation.selectionSet.selections
  const root = schema.getRootType(operation.operation)
  if (!root || others.length > 0 || node?.kind !== Kind.FIELD || (node.directives?.length ?? 0) > 0) return null
  const field = root.getFields()[node.name.value]
  // What a root field grants to its answer only the executor passes on.
  if (!field || grants(field.extensions.pothosOptions)) return null
  const fragments = fragmentsOf(document)
  // What is only shown may be shown again when something below goes wrong; what was done may not.
  const given = { schema, fragments, operation, resolves: operation.operation !== 'mutation' }
  const show = compileSelection(given, field.type, node.selectionSet ? [node.selectionSet] : [])
  const coerce = compileVariables(schema, operation)
  const argsOf = compileArguments(field.args, node.arguments ?? [])
  if (!coerce || !argsOf) return null
  const key = node.alias?.value ?? node.name.value
  const info: Omit<GraphQLResolveInfo, 'variableValues'> = {
    ...{ fieldName: field.name, fieldNodes: [node], returnType: field.type, parentType: root, schema, operation },
    ...{ fragments: Object.fromEntries(fragments), rootValue: undefined },
    path: { prev: undefined, key, typename: root.name },
  }
  return { operation: operation.operation, node, key, field, show, coerce, argsOf, info }
}

const grants = (options: unknown): boolean =>
  typeof options === 'object' && options !== null && 'grantScopes' in options

type Given = Readonly<Record<string, unknown>>
type Coerced = { variables: Record<string, unknown>; args: Record<string, unknown> }
type Coercing = (given: Given) => Record<string, unknown>

function compileVariables(schema: GraphQLSchema, operation: OperationDefinitionNode): Coercing | null {
  const made = new Map<string, Coerce>()
  const entries: { name: string; coerce: Coerce; fallback: unknown; isRequired: boolean }[] = []
  for (const { variable, type: asked, defaultValue, directives } of operation.variableDefinitions ?? []) {
    const type = typeFromAST(schema, asked)
    if (!isInputType(type) || (directives?.length ?? 0) > 0) return null
    const fallback = defaultValue ? valueFromAST(defaultValue, type) : undefined
    const isRequired = isNonNullType(type) && fallback === undefined
    entries.push({ name: variable.name.value, coerce: compileInput(type, made), fallback, isRequired })
  }
  return (given) => {
    const coerced: Record<string, unknown> = {}
    for (const { name, coerce, fallback, isRequired } of entries) {
      const value = Object.hasOwn(given, name) ? given[name] : undefined
      if (value !== undefined) coerced[name] = coerce(value)
      else if (isRequired) throw new Unplain()
      else if (fallback !== undefined) coerced[name] = fallback
    }
    return coerced
  }
}
