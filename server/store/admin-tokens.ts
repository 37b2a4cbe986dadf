/** Tokens of admins: hashed, with scopes and an end, noted when they are used (F6). Knows no principal. */
import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm'
import { instantIn, instantNow } from '../db/clock.ts'
import type { Tx } from '../db/database.ts'
import { adminToken } from '../db/schema.ts'
import { mintId } from './ids.ts'
import { notFound, refuse } from './refused.ts'

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

/** Tokens that come from one first token, at any remove; those that scripts have made, together, are counted likewise. */
export const MOST_TOKENS = 500

/**
 * Holds until the transaction ends: of any number that are being made at once, no more are made than there is room for. Counted is what stands, and what was
 * made within a day whatever has become of it: who makes and ends them fills no table. Throws TOO_LARGE. `madeBy` null is a script.
 */
export async function requireTokenRoom(tx: Tx, madeBy: string | null): Promise<void> {
  const first = madeBy === null ? null : await firstOf(tx, madeBy)
  await tx.execute(sql`select pg_advisory_xact_lock(760121, hashtext(${first ?? ''}))`)
  const own = first === null ? sql`made_by is null` : sql`made_by = ${first}`
  const counts = sql`((revoked_at is null and expires_at > clock_timestamp()) or created_at > clock_timestamp() - interval '1 day')`
  // Those of scripts are the first ones; what those have made counts for each of them.
  const all =
    first === null
      ? sql`(select count(*)::int from admin_token where ${own} and ${counts})`
      : sql`(with recursive made as (select * from admin_token where ${own}
          union all select one.* from admin_token one join made on one.made_by = made.id)
        select count(*)::int from made where ${counts})`
  const [row] = await tx.select({ there: sql<number>`${all}` }).from(sql`(select 1) one`)
  if ((row?.there ?? 0) < MOST_TOKENS) return
  const whose = first === null ? 'that scripts have made' : 'that come from the same first token'
  throw refuse('TOO_LARGE', `There are ${MOST_TOKENS} tokens ${whose}. Revoke those that nobody uses.`, {
    rule: `at most ${MOST_TOKENS} tokens ${whose} stand or were made within a day`,
    ...{ level: 'server', owner: 'Offdesk', numbers: { limit: MOST_TOKENS } },
    remedy:
      'Revoke what nobody uses, with revokeAdminToken or on the tokens’ screen; what was made today counts until tomorrow.',
  })
}

/** Who began the line that this token ends: itself, when no token made it. */
async function firstOf(tx: Tx, id: string): Promise<string> {
  const up = sql`(with recursive up as (select id, made_by from admin_token where id = ${id}
    union all select one.id, one.made_by from admin_token one join up on one.id = up.made_by)
    select id from up where made_by is null)`
  const [row] = await tx.select({ first: sql<string | null>`${up}` }).from(sql`(select 1) one`)
  return row?.first ?? id
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

/** Again changes nothing. `isFirst` is true for the call that did it. Throws NOT_FOUND. */
export async function revokeAdminToken(tx: Tx, id: string): Promise<{ row: AdminTokenRow; isFirst: boolean }> {
  const [revoked] = await tx
    .update(adminToken)
    .set({ revokedAt: instantNow })
    .where(and(eq(adminToken.id, id), isNull(adminToken.revokedAt)))
    .returning()
  if (revoked) return { row: revoked, isFirst: true }
  const row = await findAdminToken(tx, id)
  if (!row) throw notFound('token')
  return { row, isFirst: false }
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
