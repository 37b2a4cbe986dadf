/** Refuses a schema in which some type or root field says nothing about who may see it (T1). Knows no rule itself. */
import { type GraphQLObjectType, type GraphQLSchema, isObjectType } from 'graphql'

const RELAY_EDGE = ['cursor', 'node']
const RELAY_CONNECTION = ['edges', 'pageInfo']

/** Throws with every missing name at once. Called by `buildSchema`, so such a schema can be neither printed nor served. */
export function assertOwnerRules(schema: GraphQLSchema): void {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  const missing: string[] = []
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    if (roots.includes(type)) {
      for (const field of Object.values(type.getFields())) {
        if (!optionsOf(field.extensions).authScopes) missing.push(`${type.name}.${field.name}`)
      }
    } else if (!hasOwnerRule(type)) missing.push(type.name)
  }
  if (missing.length > 0)
    throw new Error(`T1: no owner rule on ${missing.join(', ')} (authScopes, or extensions partOf)`)
}

function hasOwnerRule(type: GraphQLObjectType): boolean {
  if (typeof type.extensions.partOf === 'string') return true
  if ([type, ...type.getInterfaces()].some((t) => optionsOf(t.extensions).authScopes !== undefined)) return true
  // Relay's wrappers hold nothing of their own: the node's type is asked.
  const fields = Object.keys(type.getFields()).sort().join()
  return fields === RELAY_EDGE.join() || fields === RELAY_CONNECTION.join()
}

function optionsOf(extensions: Readonly<Record<string, unknown>>): { authScopes?: unknown } {
  const options = extensions.pothosOptions
  return typeof options === 'object' && options !== null ? options : {}
}
