/** Refusals as GraphQL errors (docs/protocol.md §7): a code, and the rule, its level and what would lift it (T7). Knows no reason of its own. */
import { GraphQLError } from 'graphql'
import { isRefused, type Refused } from '../store/refused.ts'

/** The one form in which a refusal leaves the server. Everything that is not one is masked (T6). */
export function toGraphQLError(refused: Refused): GraphQLError {
  const { code, rule, level, remedy, numbers } = refused
  return new GraphQLError(refused.message, {
    originalError: refused,
    extensions: { code, ...(rule && { rule }), ...(level && { level }), ...(remedy && { remedy }), ...numbers },
  })
}

/** The refusal inside an error, however deep graphql-js or a plugin has wrapped it; null when it was not thrown on purpose. */
export function refusalIn(error: unknown): Refused | null {
  for (let inner: unknown = error, depth = 0; inner instanceof Error && depth < 5; depth++) {
    if (isRefused(inner)) return inner
    inner = inner instanceof GraphQLError ? inner.originalError : inner.cause
  }
  return null
}

export { notFound, Refused, refuse } from '../store/refused.ts'
