/** The text of a filter as a tree (RFC 7644 §3.4.2.2), with `emails[type eq "work"].value eq "…"` as providers write it, and whether it holds for an element of a list. Pure. */
import type { Condition, Operator, Value } from '../store/scim-matching.ts'
import { isWellFormed } from '../store/well-formed.ts'
import { GROUP, OURS, ScimError, type ScimType, USER } from './messages.ts'

export const MOST_FILTER_CHARS = 2000
/** Parentheses and brackets within each other. */
export const MOST_FILTER_DEPTH = 16
/** Comparisons in one filter. */
export const MOST_FILTER_TERMS = 50

const OPERATORS: readonly string[] = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] satisfies Operator[]
const WORDS = new Map<string, Value>([
  ['true', true],
  ['false', false],
  ['null', null],
])
const TOKEN = /\s*(?:([()[\]])|("(?:[^"\\]|\\.)*")|(-?\d{1,15}(?:\.\d{1,15})?(?![\w.]))|(\.?[A-Za-z][\w$:.-]*))\s*/sy

/** Attributes in lower case, without the name of a schema before them. */
export function nameOf(written: string): string {
  const lower = written.toLowerCase()
  const schema = [USER, GROUP, OURS].find((one) => lower.startsWith(`${one.toLowerCase()}:`))
  return schema === undefined ? lower : lower.slice(schema.length + 1)
}

/** Throws `scimType` (invalidFilter; invalidPath for what stands in a path) for what is none, and past the limits above. */
export function parseFilter(text: string, scimType: ScimType = 'invalidFilter'): Condition {
  const wrong = (what: string) => new ScimError(400, `The filter: ${what}.`, scimType)
  if (text.length > MOST_FILTER_CHARS) throw wrong(`at most ${MOST_FILTER_CHARS} characters`)
  const tokens: string[] = []
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < text.length; ) {
    const at = TOKEN.lastIndex
    const found = TOKEN.exec(text)
    if (!found) throw wrong(`nothing is meant by what begins at ${at + 1}`)
    tokens.push(found[1] ?? found[2] ?? found[3] ?? found[4] ?? '')
  }
  let next = 0
  let depth = 0
  let terms = 0
  const word = (): string => tokens[next]?.toLowerCase() ?? ''
  const take = (what: string): boolean => word() === what && next++ >= 0
  const need = (what: string): void => {
    if (!take(what)) throw wrong(`${what} is missing`)
  }

  function joined(kind: 'and' | 'or', part: () => Condition): Condition {
    const parts = [part()]
    while (take(kind)) parts.push(part())
    return parts.length === 1 && parts[0] ? parts[0] : { kind, parts }
  }
  const either = (): Condition => joined('or', () => joined('and', one))
  function within(close: string): Condition {
    if (++depth > MOST_FILTER_DEPTH) throw wrong(`at most ${MOST_FILTER_DEPTH} parentheses within each other`)
    const inner = either()
    need(close)
    depth -= 1
    return inner
  }
  function one(): Condition {
    if (word() === 'not' && tokens[next + 1] === '(') {
      next += 2
      return { kind: 'not', part: within(')') }
    }
    if (take('(')) return within(')')
    const written = tokens[next++] ?? ''
    if (!/^[a-z]/i.test(written)) throw wrong('an attribute is missing')
    const attribute = nameOf(written)
    if (!take('[')) return leaf(attribute)
    const part = within(']')
    if (!word().startsWith('.')) return { kind: 'some', attribute, part }
    const last = leaf((tokens[next++] ?? '').slice(1).toLowerCase())
    return { kind: 'some', attribute, part: { kind: 'and', parts: [part, last] } }
  }
  function leaf(attribute: string): Condition {
    if (++terms > MOST_FILTER_TERMS) throw wrong(`at most ${MOST_FILTER_TERMS} comparisons`)
    if (take('pr')) return { kind: 'present', attribute }
    const op = OPERATORS.indexOf(word())
    if (op < 0) throw wrong(`after ${attribute.slice(0, 60)} stands one of ${OPERATORS.join(', ')}, pr`)
    next += 1
    return { kind: 'compare', attribute, op: OPERATORS[op] as Operator, value: value() }
  }
  function value(): Value {
    const written = tokens[next++] ?? ''
    const said = WORDS.get(written.toLowerCase())
    if (said !== undefined) return said
    if (!/^["\d-]/.test(written)) throw wrong('a value is missing: a text in quotation marks, true, false')
    try {
      const parsed = JSON.parse(written) as string | number
      if (typeof parsed !== 'string' || isWellFormed(parsed)) return parsed
    } catch {}
    throw wrong('a text in quotation marks is written as in JSON')
  }

  const condition = either()
  if (next < tokens.length) throw wrong(`nothing is meant by what follows after ${tokens.slice(0, next).length} words`)
  return condition
}

/** For one element of a list, as it is kept in JSON; texts without case. */
export function holdsFor(condition: Condition, element: Readonly<Record<string, unknown>>): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.parts.every((part) => holdsFor(part, element))
    case 'or':
      return condition.parts.some((part) => holdsFor(part, element))
    case 'not':
      return !holdsFor(condition.part, element)
    case 'some':
      return false
    default:
      return leafHolds(condition, element)
  }
}

type Leaf = Extract<Condition, { kind: 'present' | 'compare' }>

function leafHolds(condition: Leaf, element: Readonly<Record<string, unknown>>): boolean {
  const at = Object.keys(element).find((key) => key.toLowerCase() === condition.attribute)
  const there = at === undefined ? null : (element[at] ?? null)
  const isThere = there !== null && there !== ''
  if (condition.kind === 'present') return isThere
  const { op, value } = condition
  if (value === null) return op === 'ne' ? isThere : op === 'eq' && !isThere
  if (there === null) return op === 'ne'
  const [a, b] = [String(there).toLowerCase(), String(value).toLowerCase()]
  const answers: Record<Operator, boolean> = {
    ...{ eq: a === b, ne: a !== b, co: a.includes(b), sw: a.startsWith(b), ew: a.endsWith(b) },
    ...{ gt: a > b, ge: a >= b, lt: a < b, le: a <= b },
  }
  return answers[op]
}
