/** What a PATCH makes of a person as they were: paths with and without a filter, as providers write them (RFC 7644 §3.5.2). Pure. */
import type { Condition } from '../store/scim-matching.ts'
import { holdsFor, nameOf, parseFilter } from './filter.ts'
import { type Operation, OURS, ScimError } from './messages.ts'

export type Draft = Record<string, unknown>
type Element = Record<string, unknown>

const byName = (names: readonly string[]): Map<string, string> => new Map(names.map((one) => [one.toLowerCase(), one]))
const plain = byName(['userName', 'externalId', 'active', 'displayName', 'emails', 'name'])
const inName = byName(['formatted', 'givenName', 'familyName'])
const inEmail = byName(['value', 'type', 'primary'])

const MOST_OF_LIST = 20
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:user'
/** Of RFC 7643 and of no use here: passed over wherever a provider sends them. A password is not among them: who sends one is told that it is not kept. */
const KNOWN = new Set(
  [
    'nickName',
    'profileUrl',
    'title',
    'userType',
    'preferredLanguage',
    'locale',
    'timezone',
    'phoneNumbers',
    'ims',
    'photos',
  ]
    .concat([
      'addresses',
      'entitlements',
      'roles',
      'x509Certificates',
      'schemas',
      'id',
      'meta',
      'displayName.formatted',
    ])
    .concat(['name.middleName', 'name.honorificPrefix', 'name.honorificSuffix'])
    .map((one) => one.toLowerCase()),
)

const noPath = (path: string) => new ScimError(400, `There is no attribute ${path.slice(0, 60)} here.`, 'invalidPath')

/** Changes `draft`. Throws invalidPath, invalidValue, mutability, noTarget. */
export function changeUser(draft: Draft, operation: Operation): void {
  const { op, path, value } = operation
  if (path) {
    changeAt(draft, { op, path, value })
    return
  }
  if (op === 'remove') throw new ScimError(400, 'What is removed needs a path.', 'noTarget')
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ScimError(400, 'Without a path the value is an object.', 'invalidValue')
  // Without a path a value may hold what nobody keeps, and providers send whole persons so.
  for (const [key, one] of Object.entries(value)) {
    const [head = ''] = nameOf(key).split(/[.[]/, 1)
    if (plain.has(head)) changeAt(draft, { op, path: key, value: one })
  }
}

function changeAt(draft: Draft, { op, path, value }: { op: Operation['op']; path: string; value: unknown }): void {
  const isGone = op === 'remove' || value === null
  const done = { op: isGone ? 'remove' : op } as const
  const [, list, filter, last = null] = /^([^[]+)\[(.*)\](?:\.(\w+))?$/s.exec(path.trim()) ?? []
  const name = nameOf(list ?? path.trim())
  if (list !== undefined && filter !== undefined && name === 'emails') {
    const element = inElement(last, isGone ? null : value)
    const where = parseFilter(filter, 'invalidPath')
    draft.emails = changeElements(elementsOf(draft), { ...done, where, element, last })
    return
  }
  const [head = '', tail] = name.split('.', 2)
  const attribute = plain.get(head)
  // A filter chooses from a list; what has one value is not changed past it.
  if (list !== undefined && attribute !== undefined) throw noPath(path)
  const part = tail === undefined ? undefined : inName.get(tail)
  if (attribute === 'name' && part !== undefined)
    draft.name = { ...objectOf(draft.name), [part]: isGone ? null : value }
  else if (attribute === 'emails' && tail !== undefined && inEmail.has(tail))
    draft.emails = changeElements(elementsOf(draft), {
      ...{ ...done, where: null, element: inElement(tail, isGone ? null : value), last: tail },
    })
  else if (attribute === 'active' && tail === undefined && isGone)
    throw new ScimError(400, 'active is true or false.', 'mutability')
  // Parts that are not named stay, also when it is replaced (RFC 7644 §3.5.2.3).
  else if (attribute === 'name' && tail === undefined && !isGone)
    draft.name = { ...objectOf(draft.name), ...partsOf(value) }
  else if (attribute === 'emails' && tail === undefined && !isGone)
    draft.emails = listAfter(op, elementsOf(draft), value)
  else if (attribute !== undefined && tail === undefined) draft[attribute] = isGone ? null : value
  else if (head === 'groups' || nameOf(path) === 'ownerid' || path.toLowerCase() === OURS.toLowerCase())
    throw new ScimError(400, 'That is not changed in a user.', 'mutability')
  else if (!KNOWN.has(head) && !KNOWN.has(name) && !name.startsWith(ENTERPRISE)) throw noPath(path)
}

const objectOf = (value: unknown): Element =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Element) : {}
const elementsOf = ({ emails }: Draft): Element[] => (Array.isArray(emails) ? emails.map(objectOf) : [])

/** Throws invalidValue for what has no parts: taken for none it would change nothing, and be answered as done. */
function partsOf(value: unknown): Element {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Element
  throw new ScimError(400, 'What has parts is given as an object.', 'invalidValue')
}

function inElement(last: string | null, value: unknown): Element {
  if (last === null) return value === null ? {} : partsOf(value)
  const part = inEmail.get(last.toLowerCase())
  if (part === undefined) throw noPath(`emails.${last}`)
  return { [part]: value ?? null }
}

/** One is preferred at most: who comes last. */
function listAfter(op: Operation['op'], before: Element[], value: unknown): unknown[] {
  const given = Array.isArray(value) ? value : [value]
  if (op !== 'add') return given
  const fresh = given.filter((one) => !before.some((there) => isSame(there, objectOf(one))))
  const isPreferred = fresh.some((one) => String(objectOf(one).primary).toLowerCase() === 'true')
  return [...(isPreferred ? before.map((one) => ({ ...one, primary: false })) : before), ...fresh]
}
const isSame = (one: Element, other: Element): boolean => one.value === other.value && one.type === other.type

type ElementChange = { op: Operation['op']; where: Condition | null; element: Element; last: string | null }

function changeElements(before: Element[], { op, where, element, last }: ElementChange): Element[] | null {
  const isMeant = (one: Element): boolean => where === null || holdsFor(where, one)
  if (op === 'remove') {
    const left = before.flatMap((one) =>
      !isMeant(one) ? [one] : last === null || last.toLowerCase() === 'value' ? [] : [{ ...one, ...element }],
    )
    return left.length === 0 ? null : left
  }
  const others = String(element.primary).toLowerCase() === 'true' ? { primary: false } : {}
  if (before.some(isMeant)) return before.map((one) => (isMeant(one) ? { ...one, ...element } : { ...one, ...others }))
  // Providers replace what they have never sent: `emails[type eq "work"].value` makes that one.
  const made = where === null ? {} : equalsOf(where)
  if (made === null || before.length >= MOST_OF_LIST)
    throw new ScimError(400, 'Nothing here is what the path means.', 'noTarget')
  return [...before.map((one) => ({ ...one, ...others })), { ...made, ...element }]
}

/** What an element must be for the filter to hold; null where several could be. */
function equalsOf(where: Condition): Element | null {
  if (where.kind === 'and') {
    const parts = where.parts.map(equalsOf)
    return parts.includes(null) ? null : Object.assign({}, ...parts)
  }
  const name = where.kind === 'compare' && where.op === 'eq' ? inEmail.get(where.attribute) : undefined
  return name === undefined || where.kind !== 'compare' ? null : { [name]: where.value }
}
