/** What provisioned people and groups are looked for by, as SQL: a tree of comparisons over attributes that have a type. Knows no text of a filter. */
import { asc, desc, type SQL, sql } from 'drizzle-orm'
import { membership, organisation, scimGroup, scimUser } from '../db/schema.ts'

export type Operator = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le'
export type Value = string | number | boolean | null
/** Names of attributes are in lower case. `some`: one element of a list for which all of `part` holds. */
export type Condition =
  | { kind: 'and' | 'or'; parts: readonly Condition[] }
  | { kind: 'not'; part: Condition }
  | { kind: 'present'; attribute: string }
  | { kind: 'compare'; attribute: string; op: Operator; value: Value }
  | { kind: 'some'; attribute: string; part: Condition }

/** What is asked for cannot be answered; `message` says which part of it. */
export class ConditionProblem extends Error {}

export const keyOf = (userName: string): string => userName.normalize('NFKC').toLowerCase()

/** `exact` with case, `folded` without, `key` in the form of `keyOf`. */
type Single = { type: 'exact' | 'folded' | 'key' | 'truth' | 'instant'; sql: SQL }
type Many = { type: 'many'; from: SQL; of: Record<string, Single> }
type Attributes = Record<string, Single | Many>

const inData = (data: SQL, ...path: string[]): Single => ({
  type: 'folded',
  sql: sql`(${data} #>> ${`{${path.join(',')}}`}::text[])`,
})
const exact = (column: SQL): Single => ({ type: 'exact', sql: column })
const inEmail = (name: string): SQL => sql`(email ->> ${name})`

/** `data`: what the provider said of a person, parsed. */
const userAttributes = (data: SQL): Attributes => ({
  ...{ id: exact(sql`${scimUser.id}`), externalid: exact(sql`${scimUser.externalId}`) },
  ...{ username: { type: 'key', sql: sql`${scimUser.userNameKey}` }, ownerid: exact(sql`${scimUser.ownerId}`) },
  active: { type: 'truth', sql: sql`${scimUser.active}` },
  displayname: inData(data, 'displayName'),
  'name.formatted': inData(data, 'name', 'formatted'),
  'name.givenname': inData(data, 'name', 'givenName'),
  'name.familyname': inData(data, 'name', 'familyName'),
  'meta.created': { type: 'instant', sql: sql`${scimUser.createdAt}` },
  'meta.lastmodified': { type: 'instant', sql: sql`${scimUser.updatedAt}` },
  emails: {
    type: 'many',
    from: sql`jsonb_array_elements(coalesce(${data} -> 'emails', '[]'::jsonb)) email where true`,
    of: {
      ...{ value: { type: 'folded', sql: inEmail('value') }, type: { type: 'folded', sql: inEmail('type') } },
      primary: { type: 'truth', sql: sql`${inEmail('primary')}::boolean` },
    },
  },
  groups: {
    type: 'many',
    from: sql`${membership} where ${membership.ownerId} = ${scimUser.ownerId}`,
    of: { value: exact(sql`${membership.organisationId}`) },
  },
})
const KEPT = userAttributes(sql`kept.data`)

/** True or false for each provisioned person, whose data is parsed once however many comparisons look into it. Throws ConditionProblem. */
// Without `offset 0` the planner would put the parsing into each of them.
export const userCondition = (condition: Condition): SQL =>
  sql`exists (select 1 from (select ${scimUser.data}::jsonb as data offset 0) kept where ${conditionSql(KEPT, condition)})`

export const userOrder = (name: string, isDescending: boolean): SQL =>
  orderSql(userAttributes(sql`${scimUser.data}::jsonb`), name, isDescending)
export const groupCondition = (condition: Condition): SQL => conditionSql(groupAttributes, condition)
export const groupOrder = (name: string, isDescending: boolean): SQL => orderSql(groupAttributes, name, isDescending)

const groupAttributes: Attributes = {
  ...{ id: exact(sql`${scimGroup.organisationId}`), externalid: exact(sql`${scimGroup.externalId}`) },
  displayname: { type: 'folded', sql: sql`${organisation.name}` },
  'meta.created': { type: 'instant', sql: sql`${scimGroup.createdAt}` },
  'meta.lastmodified': { type: 'instant', sql: sql`${scimGroup.updatedAt}` },
  members: {
    type: 'many',
    from: sql`${membership} join ${scimUser} on ${scimUser.ownerId} = ${membership.ownerId}
      where ${membership.organisationId} = ${scimGroup.organisationId}`,
    of: { value: exact(sql`${scimUser.id}`) },
  },
}

/** True or false for each row, never null. Throws ConditionProblem. */
function conditionSql(attributes: Attributes, condition: Condition): SQL {
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const parts = condition.parts.map((part) => conditionSql(attributes, part))
      return sql`(${sql.join(parts, condition.kind === 'and' ? sql` and ` : sql` or `)})`
    }
    case 'not':
      return sql`(not ${conditionSql(attributes, condition.part)})`
    case 'some':
      return someSql(attributes, condition.attribute, (of) => conditionSql(of, condition.part))
    default:
      return leafSql(attributes, condition)
  }
}

function someSql(attributes: Attributes, name: string, part: (of: Attributes) => SQL): SQL {
  const found = Object.hasOwn(attributes, name) ? attributes[name] : undefined
  if (found?.type !== 'many') throw new ConditionProblem(`${name} is no list here`)
  return sql`exists (select 1 from ${found.from} and ${part(found.of)})`
}

type Leaf = Extract<Condition, { kind: 'present' | 'compare' }>

function leafSql(attributes: Attributes, leaf: Leaf): SQL {
  const found = Object.hasOwn(attributes, leaf.attribute) ? attributes[leaf.attribute] : undefined
  if (found === undefined) {
    // `emails.value` is one of the list's values.
    const [, list, part] = /^([^.]+)\.([^.]+)$/.exec(leaf.attribute) ?? []
    if (list !== undefined && part !== undefined && attributes[list]?.type === 'many')
      return someSql(attributes, list, (of) => leafSql(of, { ...leaf, attribute: part }))
    const known = Object.keys(attributes).join(', ')
    throw new ConditionProblem(`${leaf.attribute.slice(0, 60)} is not kept here; these are: ${known}`)
  }
  if (found.type === 'many')
    return leaf.kind === 'present'
      ? sql`exists (select 1 from ${found.from})`
      : someSql(attributes, leaf.attribute, (of) => leafSql(of, { ...leaf, attribute: 'value' }))
  if (leaf.kind === 'present') return presentSql(found)
  if (leaf.value === null && (leaf.op === 'eq' || leaf.op === 'ne'))
    return leaf.op === 'ne' ? presentSql(found) : sql`(not ${presentSql(found)})`
  return sql`coalesce(${comparisonSql(found, leaf.attribute, leaf)}, ${leaf.op === 'ne'})`
}

const isText = ({ type }: Single): boolean => type === 'exact' || type === 'folded' || type === 'key'

const presentSql = (single: Single): SQL =>
  isText(single) ? sql`coalesce(${single.sql} <> '', false)` : sql`(${single.sql} is not null)`

const FIRST_INSTANT = Date.parse('0001-01-01T00:00:00.000Z')
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z')
const SIGNS = { eq: sql`=`, ne: sql`<>`, gt: sql`>`, ge: sql`>=`, lt: sql`<`, le: sql`<=` }

function comparisonSql(single: Single, name: string, { op, value }: { op: Operator; value: Value }): SQL {
  const wrong = (what: string) => new ConditionProblem(`${name} ${op}: ${what}`)
  const sign = Object.hasOwn(SIGNS, op) ? SIGNS[op as keyof typeof SIGNS] : null
  if (single.type === 'truth') {
    const truth = typeof value === 'string' ? { true: true, false: false }[value.toLowerCase()] : value
    if (typeof truth !== 'boolean' || (op !== 'eq' && op !== 'ne')) throw wrong('it is true or false')
    return sql`${single.sql} ${SIGNS[op]} ${truth}`
  }
  if (typeof value !== 'string') throw wrong('it is compared with a text')
  if (single.type === 'instant') {
    if (
      sign === null ||
      !/^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)?$/i.test(value) ||
      // A database knows no year 0, and none of five digits as it is written here.
      !(Date.parse(value) >= FIRST_INSTANT && Date.parse(value) <= LAST_INSTANT)
    )
      throw wrong('an instant is compared by order with one like 2026-01-31T12:00:00Z')
    return sql`${single.sql} ${sign} ${new Date(value).toISOString()}::timestamptz(3)`
  }
  const fold = (text: SQL): SQL => (single.type === 'folded' ? sql`lower(${text})` : text)
  const left = fold(single.sql)
  const right = fold(sql`${single.type === 'key' ? keyOf(value) : value}::text`)
  if (op === 'co') return sql`position(${right} in ${left}) > 0`
  if (op === 'sw') return sql`starts_with(${left}, ${right})`
  if (op === 'ew') return sql`right(${left}, length(${right})) = ${right}`
  return sql`${left} collate "C" ${sign} ${right}`
}

/** Of attributes that have one value; what has none comes last when it rises. Throws ConditionProblem. */
function orderSql(attributes: Attributes, name: string, isDescending: boolean): SQL {
  const found = Object.hasOwn(attributes, name) ? attributes[name] : undefined
  if (found === undefined || found.type === 'many')
    throw new ConditionProblem(`nothing is sorted by ${name.slice(0, 60)}`)
  const by = found.type === 'folded' ? sql`lower(${found.sql})` : found.sql
  const ordered = isText(found) ? sql`${by} collate "C"` : by
  return isDescending ? sql`${desc(ordered)} nulls first` : sql`${asc(ordered)} nulls last`
}
