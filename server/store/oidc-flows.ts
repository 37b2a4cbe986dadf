/** Sign-ins under way at a provider: begun once, taken once, gone after ten minutes. Knows no secret, only hashes. */
import { and, eq, gt, isNull, lt } from 'drizzle-orm'
import { instantIn, instantNow } from '../db/clock.ts'
import type { Tx } from '../db/database.ts'
import { oidcFlow } from '../db/schema.ts'

export type OidcFlowRow = typeof oidcFlow.$inferSelect

/** Long enough for a second factor that lies in another room. */
export const OIDC_FLOW_SECONDS = 600

/** Returns when it ends. */
export async function addOidcFlow(tx: Tx, of: Omit<OidcFlowRow, 'expiresAt' | 'usedAt'>): Promise<Date> {
  await tx.delete(oidcFlow).where(lt(oidcFlow.expiresAt, instantNow))
  const [row] = await tx
    .insert(oidcFlow)
    .values({ ...of, expiresAt: instantIn(OIDC_FLOW_SECONDS) })
    .returning({ expiresAt: oidcFlow.expiresAt })
  if (!row) throw new Error('the sign-in was not stored')
  return row.expiresAt
}

/** For the one call that uses it up; null when it is used, late, unknown or another browser's, which does not use it up. */
export async function takeOidcFlow(tx: Tx, stateHash: string, bindingHash: string): Promise<OidcFlowRow | null> {
  const [row] = await tx
    .update(oidcFlow)
    .set({ usedAt: instantNow })
    .where(
      and(
        eq(oidcFlow.stateHash, stateHash),
        eq(oidcFlow.bindingHash, bindingHash),
        isNull(oidcFlow.usedAt),
        gt(oidcFlow.expiresAt, instantNow),
      ),
    )
    .returning()
  return row ?? null
}

/** Nobody comes back to these: their organisation has another provider, or none. */
export async function dropOidcFlows(tx: Tx, organisationId: string): Promise<void> {
  await tx.delete(oidcFlow).where(eq(oidcFlow.organisationId, organisationId))
}
