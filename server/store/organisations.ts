/** Enterprises, organisations, who belongs to one. Knows no policy and no principal. */
import { and, asc, eq, exists, gt, inArray, isNotNull, isNull, not, or } from 'drizzle-orm'
import { instantNow } from '../db/clock.ts'
import type { Tx } from '../db/database.ts'
import { enterprise, invitation, membership, oidcIdentity, organisation, owner, scimUser } from '../db/schema.ts'
import { mintId } from './ids.ts'
import { notFound, refuse } from './refused.ts'

export type EnterpriseRow = typeof enterprise.$inferSelect
export type OrganisationRow = typeof organisation.$inferSelect
export type MemberRow = typeof membership.$inferSelect & { name: string }

export async function createEnterprise(tx: Tx, name: string): Promise<EnterpriseRow> {
  const [row] = await tx
    .insert(enterprise)
    .values({ id: mintId('ent'), name })
    .returning()
  if (!row) throw new Error('the enterprise was not stored')
  return row
}

export async function createOrganisation(
  tx: Tx,
  asked: { name: string; enterpriseId: string | null },
): Promise<OrganisationRow> {
  const [row] = await tx
    .insert(organisation)
    .values({ id: mintId('org'), ...asked })
    .returning()
  if (!row) throw new Error('the organisation was not stored')
  return row
}

export async function findEnterprise(tx: Tx, id: string): Promise<EnterpriseRow | null> {
  const [row] = await tx.select().from(enterprise).where(eq(enterprise.id, id))
  return row ?? null
}

export async function findOrganisation(tx: Tx, id: string): Promise<OrganisationRow | null> {
  const [row] = await tx.select().from(organisation).where(eq(organisation.id, id))
  return row ?? null
}

/** Where an enterprise or organisation stands; null is the server. Throws NOT_FOUND. */
export async function placeOf(
  tx: Tx,
  scopeId: string | null,
): Promise<{ enterpriseId: string | null; organisationId: string | null }> {
  if (scopeId === null) return { enterpriseId: null, organisationId: null }
  if (scopeId.startsWith('ent_')) {
    if (!(await findEnterprise(tx, scopeId))) throw notFound('enterprise or organisation')
    return { enterpriseId: scopeId, organisationId: null }
  }
  const row = await findOrganisation(tx, scopeId)
  if (!row) throw notFound('enterprise or organisation')
  return { enterpriseId: row.enterpriseId, organisationId: row.id }
}

/** All enterprises, or the one. */
export const listEnterprises = (tx: Tx, id: string | null): Promise<EnterpriseRow[]> =>
  tx
    .select()
    .from(enterprise)
    .where(id === null ? undefined : eq(enterprise.id, id))
    .orderBy(asc(enterprise.name), asc(enterprise.id))

/** All, those of one enterprise, or the one. */
export const listOrganisations = (
  tx: Tx,
  of: { enterpriseId?: string; organisationId?: string },
): Promise<OrganisationRow[]> =>
  tx
    .select()
    .from(organisation)
    .where(
      and(
        of.enterpriseId === undefined ? undefined : eq(organisation.enterpriseId, of.enterpriseId),
        of.organisationId === undefined ? undefined : eq(organisation.id, of.organisationId),
      ),
    )
    .orderBy(asc(organisation.name), asc(organisation.id))

const fields = {
  ...{ ownerId: membership.ownerId, organisationId: membership.organisationId },
  ...{ since: membership.since, addedBy: membership.addedBy, name: owner.name },
}

export async function findMember(tx: Tx, ownerId: string): Promise<MemberRow | null> {
  const [row] = await tx
    .select(fields)
    .from(membership)
    .innerJoin(owner, eq(owner.id, membership.ownerId))
    .where(eq(membership.ownerId, ownerId))
  return row ?? null
}

/** By owner id, strictly past the cursor. */
export const listMembers = (
  tx: Tx,
  organisationIds: readonly string[],
  page: { after?: string; limit: number } = { limit: 100_000 },
): Promise<MemberRow[]> =>
  organisationIds.length === 0
    ? Promise.resolve([])
    : tx
        .select(fields)
        .from(membership)
        .innerJoin(owner, eq(owner.id, membership.ownerId))
        .where(
          and(
            inArray(membership.organisationId, [...organisationIds]),
            page.after === undefined ? undefined : gt(membership.ownerId, page.after),
          ),
        )
        .orderBy(asc(membership.ownerId))
        .limit(page.limit)

/**
 * Whether a place has a claim to a person: they are its member, its provider or its sign-in knows them, or they came by an invitation to it or of this token. An id alone is none.
 * `places`: the enterprise and its organisations, or the one.
 */
export async function isKnownTo(
  tx: Tx,
  ownerId: string,
  { places, tokenId }: { places: readonly string[]; tokenId: string },
): Promise<boolean> {
  const here = [...places]
  const [row] = await tx
    .select({ id: owner.id })
    .from(owner)
    .where(
      and(
        eq(owner.id, ownerId),
        or(
          exists(
            tx
              .select()
              .from(membership)
              .where(and(eq(membership.ownerId, ownerId), inArray(membership.organisationId, here))),
          ),
          exists(
            tx
              .select()
              .from(scimUser)
              .where(and(eq(scimUser.ownerId, ownerId), inArray(scimUser.scopeId, here), not(scimUser.isLetGo))),
          ),
          exists(
            tx
              .select()
              .from(oidcIdentity)
              .where(and(eq(oidcIdentity.ownerId, ownerId), inArray(oidcIdentity.organisationId, here))),
          ),
          exists(
            tx
              .select()
              .from(invitation)
              .where(
                and(
                  eq(invitation.usedBy, ownerId),
                  or(eq(invitation.createdBy, tokenId), inArray(invitation.organisationId, here)),
                ),
              ),
          ),
        ),
      ),
    )
  return row !== undefined
}

/** Again changes nothing. Throws NOT_FOUND for nobody, BAD_INPUT for somebody else's member. */
export async function addMember(
  tx: Tx,
  asked: { organisationId: string; ownerId: string; addedBy: string },
): Promise<MemberRow> {
  const [person] = await tx.select({ id: owner.id }).from(owner).where(eq(owner.id, asked.ownerId))
  if (!person) throw notFound('person')
  await tx.insert(membership).values(asked).onConflictDoNothing()
  const row = await findMember(tx, asked.ownerId)
  if (row?.organisationId !== asked.organisationId) {
    throw refuse('BAD_INPUT', 'This person belongs to another organisation.', {
      rule: 'a person belongs to one organisation or to none',
      level: 'organisation',
      owner: 'the admins of the other organisation',
      remedy: 'Let them remove the person there first.',
    })
  }
  return row
}

/** False when they did not belong. */
export async function removeMember(tx: Tx, asked: { organisationId: string; ownerId: string }): Promise<boolean> {
  const gone = await tx
    .delete(membership)
    .where(and(eq(membership.ownerId, asked.ownerId), eq(membership.organisationId, asked.organisationId)))
    .returning({ ownerId: membership.ownerId })
  return gone.length > 0
}

/** Throws POLICY while the owner's organisation is under a legal hold: nothing of theirs is deleted. */
export async function requireNoHold(tx: Tx, ownerId: string): Promise<void> {
  const [row] = await tx
    .select({ name: organisation.name })
    .from(membership)
    .innerJoin(organisation, eq(organisation.id, membership.organisationId))
    .where(and(eq(membership.ownerId, ownerId), isNotNull(organisation.legalHoldSince)))
  if (!row) return
  throw refuse('POLICY', 'Nothing may be deleted now: your organisation is under a legal hold.', {
    rule: 'legal hold',
    level: 'organisation',
    owner: `the admins of the organisation ${row.name}`,
    remedy: `Ask the admins of the organisation ${row.name} to lift it (setLegalHold).`,
  })
}

/** Keeps the first instant when it is held already; null lifts it. */
export async function holdOrganisation(tx: Tx, id: string, by: string | null): Promise<OrganisationRow> {
  const held =
    by === null ? { legalHoldSince: null, legalHoldBy: null } : { legalHoldSince: instantNow, legalHoldBy: by }
  const unlessHeld = by === null ? undefined : isNull(organisation.legalHoldSince)
  await tx
    .update(organisation)
    .set(held)
    .where(and(eq(organisation.id, id), unlessHeld))
  const row = await findOrganisation(tx, id)
  if (!row) throw notFound('organisation')
  return row
}
