/** One-time links by which somebody becomes a person here, or adds a passkey. Knows no code and no principal. */
import { and, count, desc, eq, gt, isNull, or, type SQL, sql } from 'drizzle-orm'
import { instantIn, instantNow, noLaterThan } from '../db/clock.ts'
import type { Tx } from '../db/database.ts'
import { adminToken, invitation } from '../db/schema.ts'
import { mintId } from './ids.ts'
import { notFound, refuse } from './refused.ts'

export type InvitationRow = typeof invitation.$inferSelect & { isLate: boolean }
export type InvitationState = 'OPEN' | 'USED' | 'REVOKED' | 'EXPIRED'
export type NewInvitation = Pick<
  typeof invitation.$inferInsert,
  'kind' | 'codeHash' | 'name' | 'ownerId' | 'organisationId' | 'createdBy' | 'createdByName'
> & {
  seconds: number
  until?: Date | undefined
  /** The server's own, not counted among its maker's. */
  isServers?: true
}

/** Open ones of one maker. */
export const MOST_INVITATIONS = 100
const MOST_LISTED = 500

/** An admin's token that has ended takes what it has made with it, however it ended. */
const makerEnded = sql`exists (select 1 from ${adminToken} where ${adminToken.id} = ${invitation.createdBy}
  and (${adminToken.revokedAt} is not null or ${adminToken.expiresAt} <= clock_timestamp()))`

const columns = {
  ...{ id: invitation.id, kind: invitation.kind, codeHash: invitation.codeHash, name: invitation.name },
  ...{ ownerId: invitation.ownerId, organisationId: invitation.organisationId, createdBy: invitation.createdBy },
  ...{ createdByName: invitation.createdByName, createdAt: invitation.createdAt, expiresAt: invitation.expiresAt },
  ...{ usedAt: invitation.usedAt, usedBy: invitation.usedBy, revokedAt: invitation.revokedAt },
  isLate: sql<boolean>`(${invitation.expiresAt} <= clock_timestamp() or ${makerEnded})`,
}

export const stateOf = ({ usedAt, revokedAt, isLate }: InvitationRow): InvitationState =>
  usedAt !== null ? 'USED' : revokedAt !== null ? 'REVOKED' : isLate ? 'EXPIRED' : 'OPEN'

const open = (): SQL | undefined =>
  and(
    isNull(invitation.usedAt),
    isNull(invitation.revokedAt),
    gt(invitation.expiresAt, instantNow),
    sql`not ${makerEnded}`,
  )

/** No longer open than `until`. Throws TOO_LARGE past `MOST_INVITATIONS`; the server's own are not counted. */
export async function addInvitation(
  tx: Tx,
  { seconds, until, isServers, ...made }: NewInvitation,
): Promise<InvitationRow> {
  const [there] = await tx
    .select({ invitations: count() })
    .from(invitation)
    .where(and(eq(invitation.createdBy, made.createdBy), open()))
  if (!isServers && (there?.invitations ?? 0) >= MOST_INVITATIONS) {
    throw refuse('TOO_LARGE', `At most ${MOST_INVITATIONS} invitations are open at once. Revoke one first.`, {
      numbers: { limit: MOST_INVITATIONS },
    })
  }
  const [row] = await tx
    .insert(invitation)
    .values({
      ...made,
      id: mintId('inv'),
      expiresAt: until ? noLaterThan(instantIn(seconds), until) : instantIn(seconds),
    })
    .returning(columns)
  if (!row) throw new Error('the invitation was not stored')
  return row
}

/** `isLocked`: nobody else uses it or takes it back until the transaction ends. */
export async function findInvitation(
  tx: Tx,
  by: { id: string } | { codeHash: string },
  { isLocked } = { isLocked: false },
): Promise<InvitationRow | null> {
  const which = 'id' in by ? eq(invitation.id, by.id) : eq(invitation.codeHash, by.codeHash)
  const found = tx.select(columns).from(invitation).where(which)
  const [row] = await (isLocked ? found.for('update') : found)
  return row ?? null
}

/** True for the one call that uses it up. `usedBy` is who it has made, or whose it was. */
export async function useInvitation(tx: Tx, id: string, usedBy: string): Promise<boolean> {
  const used = await tx
    .update(invitation)
    .set({ usedAt: instantNow, usedBy })
    .where(and(eq(invitation.id, id), open()))
    .returning({ id: invitation.id })
  return used.length > 0
}

/** Again changes nothing, nor for one that was used. `isFirst` is true for the call that did it. Throws NOT_FOUND. */
export async function revokeInvitation(tx: Tx, id: string): Promise<{ row: InvitationRow; isFirst: boolean }> {
  const revoked = await tx
    .update(invitation)
    .set({ revokedAt: instantNow })
    .where(and(eq(invitation.id, id), isNull(invitation.usedAt), isNull(invitation.revokedAt)))
    .returning({ id: invitation.id })
  const row = await findInvitation(tx, { id })
  if (!row) throw notFound('invitation')
  return { row, isFirst: revoked.length > 0 }
}

/** Links that open this very person: none of them opens anything any more. */
export async function revokeLinksTo(tx: Tx, ownerId: string): Promise<void> {
  await tx
    .update(invitation)
    .set({ revokedAt: instantNow })
    .where(and(eq(invitation.ownerId, ownerId), open()))
}

/** Open ones that a token or a person has made, and those that are a person's own; the caller holds that one's lock. Again changes nothing. */
export const endInvitationsOf = (
  tx: Tx,
  of: { tokenId: string } | { ownerId: string },
): Promise<{ id: string; kind: InvitationRow['kind']; organisationId: string | null }[]> =>
  tx
    .update(invitation)
    .set({ revokedAt: instantNow })
    .where(
      and(
        'tokenId' in of
          ? eq(invitation.createdBy, of.tokenId)
          : or(eq(invitation.createdBy, of.ownerId), eq(invitation.ownerId, of.ownerId)),
        ...[isNull(invitation.usedAt), isNull(invitation.revokedAt), gt(invitation.expiresAt, instantNow)],
      ),
    )
    .returning({ id: invitation.id, kind: invitation.kind, organisationId: invitation.organisationId })

/** Links that the server has printed and that nobody used stop working. */
export async function dropFirstLinks(tx: Tx): Promise<void> {
  await tx.delete(invitation).where(and(eq(invitation.kind, 'OWNER'), isNull(invitation.usedAt)))
}

/** Newest first, at most 500: of one maker, of one organisation, or all that people have made. */
export const listInvitations = (
  tx: Tx,
  of: { createdBy: string } | { organisationId: string } | { isAll: true },
): Promise<InvitationRow[]> =>
  tx
    .select(columns)
    .from(invitation)
    .where(
      'createdBy' in of
        ? eq(invitation.createdBy, of.createdBy)
        : 'organisationId' in of
          ? eq(invitation.organisationId, of.organisationId)
          : undefined,
    )
    .orderBy(desc(invitation.createdAt), desc(invitation.id))
    .limit(MOST_LISTED)
