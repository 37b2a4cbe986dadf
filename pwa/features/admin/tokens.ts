// What is asked about admins' tokens: listed, made, ended (F6).
import { graphql, type ResultOf, type VariablesOf } from '../../graphql/graphql.ts'

export const AdminTokensDocument = graphql(`
  query AdminTokens {
    adminTokens { id name scopes scopeId createdAt createdBy madeBy expiresAt lastUsedAt revokedAt }
  }
`)
export const CreateAdminTokenDocument = graphql(`
  mutation AdminCreateToken($input: CreateAdminTokenInput!) {
    createAdminToken(input: $input) { token adminToken { id name expiresAt } }
  }
`)
export const RevokeAdminTokenDocument = graphql(`
  mutation AdminRevokeToken($id: ID!) { revokeAdminToken(id: $id) { id revokedAt } }
`)

export type ListedToken = ResultOf<typeof AdminTokensDocument>['adminTokens'][number]
export type NewToken = VariablesOf<typeof CreateAdminTokenDocument>['input']

/** Those that still open something first, the newest of them at the top. `now` in milliseconds since 1970. */
export const inOrder = (tokens: readonly ListedToken[], now: number): readonly ListedToken[] =>
  [...tokens].sort(
    (a, b) => Number(isOver(a, now)) - Number(isOver(b, now)) || Date.parse(b.createdAt) - Date.parse(a.createdAt),
  )
export const isOver = (token: ListedToken, now: number): boolean =>
  token.revokedAt !== null || Date.parse(token.expiresAt) <= now

/** How many that still open something it has made, at any remove, also through one that is over. */
export function madeCount(tokens: readonly ListedToken[], id: string, now: number): number {
  const made = tokens.filter((one) => one.madeBy === id)
  return made.reduce((count, one) => count + (isOver(one, now) ? 0 : 1) + madeCount(tokens, one.id, now), 0)
}

export const endsToo = (made: number): string =>
  made === 1 ? 'The token that it made ends with it.' : `The ${made} tokens that came from it end with it.`
