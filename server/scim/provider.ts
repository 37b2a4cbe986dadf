/** Who speaks SCIM: an admin's token with that scope, and what it may see. Knows no message. */
import type { Tx } from '../db/database.ts'
import { requireAdmin } from '../policy/admin.ts'
import type { Governor } from '../policy/applying.ts'
import type { AdminPrincipal, Principal } from '../policy/principal.ts'
import { noteTokenUsed } from '../store/admin-tokens.ts'
import { listOrganisations, placeOf } from '../store/organisations.ts'
import type { Scopes } from '../store/scim.ts'

/** `scopeId` is where what it makes belongs; empty is the whole server. */
export type Provider = { principal: AdminPrincipal; by: Governor; scopeId: string; scopes: Scopes }

/** Throws UNAUTHENTICATED, SCOPE_MISSING. */
export async function providerOf(tx: Tx, principal: Principal): Promise<Provider> {
  const scope = principal.kind === 'admin' ? principal.scopeId : null
  const admin = requireAdmin(principal, 'SCIM', await placeOf(tx, scope))
  await noteTokenUsed(tx, admin.tokenId)
  const by = { actor: admin.tokenId, name: admin.tokenName }
  return { principal: admin, by, scopeId: scope ?? '', scopes: await scopesOf(tx, scope) }
}

async function scopesOf(tx: Tx, scope: string | null): Promise<Scopes> {
  if (scope === null) return null
  if (!scope.startsWith('ent_')) return [scope]
  return [scope, ...(await listOrganisations(tx, { enterpriseId: scope })).map(({ id }) => id)]
}
