/** What an admin's token is good for: words for what it may do, and the part of the house it may do it in (F6). Knows no table. */
import { refuse } from '../store/refused.ts'
import type { AdminScope } from './admin-scope.ts'
import type { AdminPrincipal, Principal } from './principal.ts'

/** Where something stands; with neither it is the server's own. */
export type AdminPlace = { enterpriseId: string | null; organisationId: string | null }

export const SERVER_PLACE: AdminPlace = { enterpriseId: null, organisationId: null }

/** A token of an enterprise is good for its organisations, one of the server for everything. */
export function reachesPlace(admin: Pick<AdminPrincipal, 'scopeId'>, place: AdminPlace): boolean {
  if (admin.scopeId === null) return true
  return admin.scopeId === place.organisationId || admin.scopeId === place.enterpriseId
}

/** Throws NOT_FOUND outside the token's place, where nothing is to be learnt, and SCOPE_MISSING within it. */
export function requireAdmin(principal: Principal, scope: AdminScope, place: AdminPlace): AdminPrincipal {
  if (principal.kind !== 'admin') throw refuse('UNAUTHENTICATED', "This needs an admin's token.")
  if (!reachesPlace(principal, place)) throw refuse('NOT_FOUND', 'There is no such enterprise or organisation.')
  if (!principal.scopes.includes(scope)) {
    throw refuse('SCOPE_MISSING', `This token may not do that: it has ${principal.scopes.join(', ') || 'no scopes'}.`, {
      rule: `this needs the scope ${scope}`,
      level: 'server',
      owner: 'whoever made this token',
      remedy: 'Make another token with that scope: Administration, Tokens; a script asks createAdminToken.',
    })
  }
  return principal
}
