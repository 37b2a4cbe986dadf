/** The way every field of an admin takes: which place, which scope, and the token noted as used. Knows no field. */
import type { Tx } from '../../db/database.ts'
import { type AdminPlace, requireAdmin } from '../../policy/admin.ts'
import type { AdminScope } from '../../policy/admin-scope.ts'
import type { Governor } from '../../policy/applying.ts'
import { noteTokenUsed } from '../../store/admin-tokens.ts'
import { placeOf } from '../../store/organisations.ts'
import type { Context } from '../context.ts'

export type AdminIn = { by: Governor; place: AdminPlace; principal: ReturnType<typeof requireAdmin> }

/** Throws NOT_FOUND for what is not there or out of the token's reach, SCOPE_MISSING. `scopeId` null is the server. */
export async function adminIn(context: Context, tx: Tx, scope: AdminScope, scopeId: string | null): Promise<AdminIn> {
  const place = await placeOf(tx, scopeId)
  const principal = requireAdmin(context.principal, scope, place)
  await noteTokenUsed(tx, principal.tokenId)
  return { place, principal, by: { actor: principal.tokenId, name: principal.tokenName } }
}
