/** Tokens of admins: hashed, with scopes and an end, noted when they are used (F6). Knows no principal. */
import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm'
import { instantIn, instantNow } from '../db/clock.ts'
import type { Tx } from '../db/database.ts'
import { adminToken } from '../db/schema.ts'
import { mintId } from './ids.ts'
import { notFound } from './refused.ts'

export type AdminTokenRow = typeof adminToken.$inferSelect

export async function addAdminToken(
  tx: Tx,
  added: {
    name: string
    tokenHash: string
    scopeId: string | null
    scopes: string
    createdBy: string
    madeBy: string | null
    seconds: number
  },
): Promise<AdminTokenRow> {
  const { seconds, ...columns } = added
  const [row] = await tx
    .insert(adminToken)
    .values({ id: mintId('adm'), ...columns, expiresAt: instantIn(seconds) })
    .returning()
  if (!row) throw new Error('the token was not stored')
  return row
}

/** Of these places, the server itself included with null; revoked ones too. */
export const listAdminTokens = (tx: Tx, scopeIds: readonly string[] | null): Promise<AdminTokenRow[]> =>
  tx
    .select()
    .from(adminToken)
    .where(scopeIds === null ? undefined : inArray(adminToken.scopeId, [...scopeIds]))
    .orderBy(asc(adminToken.createdAt), asc(adminToken.id))

export async function findAdminToken(tx: Tx, id: string): Promise<AdminTokenRow | null> {
  const [row] = await tx.select().from(adminToken).where(eq(adminToken.id, id))
  return row ?? null
}

/** Keeps the first instant. Throws NOT_FOUND. */
export async function revokeAdminToken(tx: Tx, id: string): Promise<AdminTokenRow> {
  const [row] = await tx
    .update(adminToken)
    .set({ revokedAt: sql`coalesce(${adminToken.revokedAt}, ${instantNow})` })
    .where(eq(adminToken.id, id))
    .returning()
  if (!row) throw notFound('token')
  return row
}

/** Until the transaction ends it is not revoked: what it makes now is found by whoever revokes it afterwards. False when it has ended. */
export async function holdAdminToken(tx: Tx, id: string): Promise<boolean> {
  const [row] = await tx
    .select({ id: adminToken.id })
    .from(adminToken)
    .where(and(eq(adminToken.id, id), isNull(adminToken.revokedAt)))
    .for('share')
  return row !== undefined
}

/** What these tokens have made, revoked ones too: such a one may have made others. */
export const madeByTokens = (tx: Tx, ids: readonly string[]): Promise<AdminTokenRow[]> =>
  tx
    .select()
    .from(adminToken)
    .where(inArray(adminToken.madeBy, [...ids]))
    .orderBy(asc(adminToken.id))

/** Written at most once a minute. */
export const noteTokenUsed = async (tx: Tx, id: string): Promise<void> =>
  void (await tx
    .update(adminToken)
    .set({ lastUsedAt: instantNow })
    .where(
      and(
        eq(adminToken.id, id),
        isNull(adminToken.revokedAt),
        sql`(${adminToken.lastUsedAt} is null or ${adminToken.lastUsedAt} < clock_timestamp() - interval '1 minute')`,
      ),
    ))

export const readAdminTokens = (
  tx: Tx,
  tokenHashes: readonly string[],
): Promise<(AdminTokenRow & { isExpired: boolean })[]> =>
  tx
    .select({ token: adminToken, isExpired: sql<boolean>`${adminToken.expiresAt} <= clock_timestamp()` })
    .from(adminToken)
    .where(inArray(adminToken.tokenHash, [...tokenHashes]))
    .then((rows) => rows.map(({ token, isExpired }) => ({ ...token, isExpired })))
