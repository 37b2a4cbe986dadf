/** Provisioned people and groups: queries only. `scopes` are those a caller may see; null is all. Knows no protocol and no principal. */
import { and, asc, count, eq, inArray, or, type SQL, sql } from 'drizzle-orm'
import { randomText } from '../../protocol/bytes.ts'
import { instantNow } from '../db/clock.ts'
import type { Tx } from '../db/database.ts'
import { membership, organisation, owner, scimGroup, scimUser } from '../db/schema.ts'
import { type Condition, groupCondition, groupOrder, keyOf, userCondition, userOrder } from './scim-matching.ts'

export type ScimUserRow = typeof scimUser.$inferSelect
export type ScimGroupRow = typeof scimGroup.$inferSelect & { name: string }
export type Scopes = readonly string[] | null

const within = (scopes: Scopes, column: typeof scimUser.scopeId | typeof scimGroup.scopeId): SQL | undefined =>
  scopes === null ? undefined : inArray(column, [...scopes])

/** Null when the name is taken in that scope. */
export async function addScimUser(
  tx: Tx,
  of: Pick<ScimUserRow, 'scopeId' | 'ownerId' | 'userName' | 'externalId' | 'active' | 'isLinked' | 'data'>,
): Promise<ScimUserRow | null> {
  const id = `usr_${randomText(17).slice(0, 22)}`
  const [row] = await tx
    .insert(scimUser)
    .values({ ...of, id, userNameKey: keyOf(of.userName) })
    .onConflictDoNothing()
    .returning()
  return row ?? null
}

/** Under its lock. Null outside the scopes. */
export async function lockScimUser(tx: Tx, scopes: Scopes, id: string): Promise<ScimUserRow | null> {
  const [row] = await tx
    .select()
    .from(scimUser)
    .where(and(eq(scimUser.id, id), within(scopes, scimUser.scopeId)))
    .for('update')
  return row ?? null
}

/** What is listed: all without a condition, in the order in which they were made unless another is said. */
export type Wanted = { condition?: Condition; order?: { by: string; isDescending: boolean } }
type Page = { offset: number; limit: number }

const wantedSql = (
  [holds, ordered]: [(condition: Condition) => SQL, (name: string, isDescending: boolean) => SQL],
  { condition, order }: Wanted,
): { where: SQL | undefined; order: SQL[] } => ({
  where: condition && holds(condition),
  order: order ? [ordered(order.by, order.isDescending)] : [],
})

/** Throws ConditionProblem. */
export async function listScimUsers(
  tx: Tx,
  scopes: Scopes,
  wanted: Wanted,
  page: Page,
): Promise<{ rows: ScimUserRow[]; total: number }> {
  const { where, order } = wantedSql([userCondition, userOrder], wanted)
  const which = and(within(scopes, scimUser.scopeId), where)
  const [all] = await tx.select({ total: count() }).from(scimUser).where(which)
  const rows = await tx
    .select()
    .from(scimUser)
    .where(which)
    .orderBy(...order, asc(scimUser.createdAt), asc(scimUser.id))
    .limit(page.limit)
    .offset(page.offset)
  return { rows, total: all?.total ?? 0 }
}

/** One or none. */
export const findScimUsers = (tx: Tx, scopes: Scopes, id: string): Promise<ScimUserRow[]> =>
  tx
    .select()
    .from(scimUser)
    .where(and(eq(scimUser.id, id), within(scopes, scimUser.scopeId)))

/** Null when the new name is another's in that scope. The caller holds the row's lock. */
export async function writeScimUser(
  tx: Tx,
  id: string,
  set: Partial<Pick<ScimUserRow, 'userName' | 'externalId' | 'active' | 'data'>>,
): Promise<ScimUserRow | null> {
  const name = set.userName === undefined ? {} : { userNameKey: keyOf(set.userName) }
  if (set.userName !== undefined) {
    const taken = sql<boolean>`exists (select 1 from ${scimUser} other join ${scimUser} own on own.id = ${id}
      where other.scope_id = own.scope_id and other.user_name_key = ${keyOf(set.userName)} and other.id <> ${id})`
    const [row] = await tx.select({ taken }).from(scimUser).where(eq(scimUser.id, id))
    if (row?.taken) return null
  }
  const [row] = await tx
    .update(scimUser)
    .set({ ...set, ...name, version: sql`${scimUser.version} + 1`, updatedAt: sql`${instantNow}` })
    .where(eq(scimUser.id, id))
    .returning()
  return row ?? null
}

const isWithLetGo = (ownerId: string, isLetGo: boolean) =>
  and(eq(scimUser.ownerId, ownerId), scimUser.isLinked, eq(scimUser.isLetGo, isLetGo))

/** An admin has let the person go. Means something for those who were here before. */
export async function noteLetGo(tx: Tx, ownerId: string): Promise<void> {
  await tx.update(scimUser).set({ isLetGo: true }).where(isWithLetGo(ownerId, false))
}

/** They are brought under again. By an organisation of another place they are no more this provider's than before: they may leave it without an admin's hand. */
export async function noteBroughtUnder(
  tx: Tx,
  { ownerId, organisationId }: { ownerId: string; organisationId: string },
): Promise<void> {
  const roof = tx
    .select({ id: organisation.enterpriseId })
    .from(organisation)
    .where(eq(organisation.id, organisationId))
  const reaches = or(inArray(scimUser.scopeId, ['', organisationId]), inArray(scimUser.scopeId, roof))
  await tx
    .update(scimUser)
    .set({ isLetGo: false })
    .where(and(isWithLetGo(ownerId, true), reaches))
}

export async function removeScimUser(tx: Tx, id: string): Promise<void> {
  await tx.delete(scimUser).where(eq(scimUser.id, id))
}

/** False for a person whose provider has deactivated them: nobody lets them in anew. True for whom no provider knows. */
export async function isProvisionedIn(tx: Tx, ownerId: string): Promise<boolean> {
  // Under a shared lock: a deactivation that is under way is waited for, and one that comes now finds what was let in.
  const [row] = await tx
    .select({ active: scimUser.active })
    .from(scimUser)
    .where(eq(scimUser.ownerId, ownerId))
    .for('share')
  return row?.active ?? true
}

export async function hasOwner(tx: Tx, ownerId: string): Promise<boolean> {
  return (await tx.select({ id: owner.id }).from(owner).where(eq(owner.id, ownerId))).length > 0
}

const groupFields = {
  ...{ organisationId: scimGroup.organisationId, scopeId: scimGroup.scopeId, externalId: scimGroup.externalId },
  ...{ version: scimGroup.version, createdAt: scimGroup.createdAt, updatedAt: scimGroup.updatedAt },
  name: organisation.name,
}

const joined = eq(organisation.id, scimGroup.organisationId)

/** Throws ConditionProblem. */
export async function listScimGroups(
  tx: Tx,
  scopes: Scopes,
  wanted: Wanted,
  page: Page,
): Promise<{ rows: ScimGroupRow[]; total: number }> {
  const { where, order } = wantedSql([groupCondition, groupOrder], wanted)
  const which = and(within(scopes, scimGroup.scopeId), where)
  const [all] = await tx.select({ total: count() }).from(scimGroup).innerJoin(organisation, joined).where(which)
  const rows = await tx
    .select(groupFields)
    .from(scimGroup)
    .innerJoin(organisation, joined)
    .where(which)
    .orderBy(...order, asc(scimGroup.createdAt), asc(scimGroup.organisationId))
    .limit(page.limit)
    .offset(page.offset)
  return { rows, total: all?.total ?? 0 }
}

/** One or none. */
export const findScimGroups = (tx: Tx, scopes: Scopes, id: string): Promise<ScimGroupRow[]> =>
  tx
    .select(groupFields)
    .from(scimGroup)
    .innerJoin(organisation, joined)
    .where(and(eq(scimGroup.organisationId, id), within(scopes, scimGroup.scopeId)))

/** False when that organisation is a group already. */
export async function addScimGroup(
  tx: Tx,
  of: { organisationId: string; scopeId: string; externalId: string | null },
): Promise<boolean> {
  const made = await tx.insert(scimGroup).values(of).onConflictDoNothing().returning({ id: scimGroup.organisationId })
  return made.length > 0
}

export async function writeScimGroup(
  tx: Tx,
  id: string,
  set: { name?: string; externalId?: string | null },
): Promise<void> {
  const { name, externalId } = set
  if (name !== undefined) await tx.update(organisation).set({ name }).where(eq(organisation.id, id))
  const other = externalId === undefined ? {} : { externalId }
  await tx
    .update(scimGroup)
    .set({ ...other, version: sql`${scimGroup.version} + 1`, updatedAt: sql`${instantNow}` })
    .where(eq(scimGroup.organisationId, id))
}

export async function removeScimGroup(tx: Tx, id: string): Promise<void> {
  await tx.delete(scimGroup).where(eq(scimGroup.organisationId, id))
}

/** Provisioned members of one group. */
export const membersOf = (
  tx: Tx,
  organisationId: string,
): Promise<{ id: string; ownerId: string; userName: string }[]> =>
  tx
    .select({ id: scimUser.id, ownerId: scimUser.ownerId, userName: scimUser.userName })
    .from(membership)
    .innerJoin(scimUser, eq(scimUser.ownerId, membership.ownerId))
    .where(eq(membership.organisationId, organisationId))
    .orderBy(asc(scimUser.id))

export async function organisationOf(tx: Tx, ownerId: string): Promise<{ id: string; name: string } | null> {
  const [row] = await tx
    .select({ id: organisation.id, name: organisation.name })
    .from(membership)
    .innerJoin(organisation, eq(organisation.id, membership.organisationId))
    .where(eq(membership.ownerId, ownerId))
  return row ?? null
}

export async function organisationsOf(
  tx: Tx,
  ownerIds: readonly string[],
): Promise<Map<string, { id: string; name: string }>> {
  if (ownerIds.length === 0) return new Map()
  const rows = await tx
    .select({ ownerId: membership.ownerId, id: organisation.id, name: organisation.name })
    .from(membership)
    .innerJoin(organisation, eq(organisation.id, membership.organisationId))
    .where(inArray(membership.ownerId, [...ownerIds]))
  return new Map(rows.map(({ ownerId, ...group }) => [ownerId, group]))
}
