/** What one operation may cost (G4): depth, aliases, fields, nested pages, counted before anything runs. Knows no type. */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql'
import { limits, maxPageSize } from '../store/limits.ts'
import { type Refused, refuse } from '../store/refused.ts'

export const MAX_REQUEST_BYTES = 4 * 1024 * 1024
/** The largest document of our own has about a third of it. */
export const MAX_TOKENS = 6000
export const MAX_DEPTH = 16
export const MAX_ALIASES = 60
export const MAX_FIELDS = 3000
/** Rows that pages within pages may add up to. */
export const MAX_NESTED_ROWS = 10_000

/** `Session.search`. */
const SEARCH = 'search'

type Walk = {
  fragments: Map<string, FragmentDefinitionNode>
  /** Null: each page as large as one can be. */
  variables: Record<string, unknown> | null
  /** Of a set, whether it asks for a page, itself or by its fragments. */
  pages: Map<SelectionSetNode, boolean>
  fields: number
  aliases: number
}

/** Operations that are affordable whatever their variables say: what is asked all day is counted once. */
const always = new WeakMap<OperationDefinitionNode, true>()

/** Throws TOO_LARGE, naming the limit. The document has been validated: its fragments run in no circle. */
export function assertAffordable(
  document: DocumentNode,
  operationName: string | null | undefined,
  variables: Record<string, unknown>,
): void {
  const operation = getOperationAST(document, operationName)
  if (!operation || always.has(operation)) return
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const one of document.definitions) if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one)
  const counted = (given: Walk['variables']) =>
    walk(operation.selectionSet, 1, 1, { fragments, variables: given, pages: new Map(), fields: 0, aliases: 0 })
  try {
    counted(null)
    always.set(operation, true)
  } catch {
    counted({ ...defaultsOf(operation), ...variables })
  }
}

/** As they are written: what is left out of the variables has them. */
const defaultsOf = ({ variableDefinitions }: OperationDefinitionNode): Record<string, unknown> =>
  Object.fromEntries(
    (variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
      defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)]] : [],
    ),
  )

function walk(set: SelectionSetNode, depth: number, rows: number, seen: Walk): void {
  if (depth > MAX_DEPTH) throw tooLarge('selection depth', MAX_DEPTH)
  for (const selection of set.selections) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const fragment = seen.fragments.get(selection.name.value)
      // Counted like a field: a fragment of fragments of nothing must cost something too.
      count(seen)
      if (fragment) walk(fragment.selectionSet, depth, rows, seen)
    } else if (selection.kind === Kind.INLINE_FRAGMENT) walk(selection.selectionSet, depth, rows, seen)
    else visit(selection, depth, rows, seen)
  }
}

function visit(field: FieldNode, depth: number, rows: number, seen: Walk): void {
  count(seen)
  if (field.alias && ++seen.aliases > MAX_ALIASES) throw tooLarge('aliases', MAX_ALIASES)
  // Introspection is bounded by the schema, which is public, but deeper than what we ask.
  if (!field.selectionSet || field.name.value === '__schema' || field.name.value === '__type') return
  const inside = rows * pageOf(field, seen)
  if (inside > MAX_NESTED_ROWS) throw tooLarge('rows of pages within pages', MAX_NESTED_ROWS)
  walk(field.selectionSet, depth + 1, inside, seen)
}

function pageOf(field: FieldNode, seen: Walk): number {
  // However few it is to give, it looks at very many: as the largest page there is.
  if (field.name.value === SEARCH) return maxPageSize
  if (!field.selectionSet || !asksPage(field.selectionSet, seen)) return 1
  // Both may be there, and one of them empty.
  const sizes = (field.arguments ?? []).flatMap(({ name, value }) => {
    if (name.value !== 'first' && name.value !== 'last') return []
    if (value.kind === Kind.VARIABLE && seen.variables === null) return maxPageSize
    const size = valueFromASTUntyped(value, seen.variables)
    return typeof size === 'number' ? Math.min(Math.max(1, size), maxPageSize) : []
  })
  return sizes.length > 0 ? Math.max(...sizes) : limits.pageSize
}

/** Kept by set: fragments of fragments would be looked through as often as they are named. */
function asksPage(set: SelectionSetNode, seen: Walk): boolean {
  const known = seen.pages.get(set)
  if (known !== undefined) return known
  const asks = set.selections.some((one) => {
    if (one.kind === Kind.FIELD) return one.name.value === 'edges' || one.name.value === 'pageInfo'
    const inner = one.kind === Kind.INLINE_FRAGMENT ? one : seen.fragments.get(one.name.value)
    return inner !== undefined && asksPage(inner.selectionSet, seen)
  })
  seen.pages.set(set, asks)
  return asks
}

function count(seen: Walk): void {
  if (++seen.fields > MAX_FIELDS) throw tooLarge('fields', MAX_FIELDS)
}

const tooLarge = (what: string, limit: number): Refused =>
  refuse('TOO_LARGE', `This operation is too large: at most ${limit} ${what}.`, {
    rule: `at most ${limit} ${what} in one operation`,
    level: 'server',
    remedy: 'Ask for less at once; pages have cursors.',
    numbers: { limit },
  })
