/** Connections of organisations to their providers, and who people of a provider are here: queries only. Knows no protocol and no principal. */
import { and, asc, eq, gt, inArray, isNull, or, sql } from 'drizzle-orm'
import { instantIn, instantNow } from '../db/clock.ts'
import type { Tx } from '../db/database.ts'
import {
  device,
  membership,
  oidcConnection,
  oidcDevice,
  oidcIdentity,
  organisation,
  scimGroup,
  scimUser,
} from '../db/schema.ts'
import { lockPerson } from './sign-in-passkeys.ts'

export type RequiredClaim = { name: string; value: string }
type Row = typeof oidcConnection.$inferSelect
export type OidcConnectionRow = Omit<Row, 'requiredClaims'> & { requiredClaims: RequiredClaim[] }
export type OidcIdentityRow = typeof oidcIdentity.$inferSelect

const shown = (row: Row): OidcConnectionRow => ({
  ...row,
  requiredClaims: JSON.parse(row.requiredClaims) as RequiredClaim[],
})

export async function findOidcConnection(tx: Tx, organisationId: string): Promise<OidcConnectionRow | null> {
  const [row] = await tx.select().from(oidcConnection).where(eq(oidcConnection.organisationId, organisationId))
  return row ? shown(row) : null
}

export async function findOidcConnectionByHandle(tx: Tx, handle: string): Promise<OidcConnectionRow | null> {
  const [row] = await tx.select().from(oidcConnection).where(eq(oidcConnection.handle, handle))
  return row ? shown(row) : null
}

/** Until the transaction ends nobody changes or removes it: who is let in by it is found by whoever removes it afterwards. */
export async function holdOidcConnection(tx: Tx, organisationId: string): Promise<OidcConnectionRow | null> {
  const [row] = await tx
    .select()
    .from(oidcConnection)
    .where(eq(oidcConnection.organisationId, organisationId))
    .for('share')
  return row ? shown(row) : null
}

export type NewConnection = Omit<OidcConnectionRow, 'createdAt' | 'updatedAt'>

/** The one of its organisation from now on. Null when the handle is another's. */
export async function writeOidcConnection(tx: Tx, of: NewConnection): Promise<OidcConnectionRow | null> {
  const values = { ...of, requiredClaims: JSON.stringify(of.requiredClaims) }
  const [taken] = await tx
    .select({ organisationId: oidcConnection.organisationId })
    .from(oidcConnection)
    .where(eq(oidcConnection.handle, of.handle))
  if (taken && taken.organisationId !== of.organisationId) return null
  const [row] = await tx
    .insert(oidcConnection)
    .values(values)
    .onConflictDoUpdate({ target: oidcConnection.organisationId, set: { ...values, updatedAt: instantNow } })
    .returning()
  return row ? shown(row) : null
}

/** Null when there was none. */
export async function removeOidcConnectionRow(tx: Tx, organisationId: string): Promise<OidcConnectionRow | null> {
  const [row] = await tx.delete(oidcConnection).where(eq(oidcConnection.organisationId, organisationId)).returning()
  return row ? shown(row) : null
}

/** Whether an identity provider provisions people of this organisation. */
export async function isProvisioned(tx: Tx, scopes: readonly string[], organisationId: string): Promise<boolean> {
  const groups = await tx
    .select({ id: scimGroup.organisationId })
    .from(scimGroup)
    .where(eq(scimGroup.organisationId, organisationId))
  if (groups.length > 0) return true
  const users = await tx
    .select({ id: scimUser.id })
    .from(scimUser)
    .leftJoin(membership, eq(membership.ownerId, scimUser.ownerId))
    .where(or(inArray(scimUser.scopeId, [...scopes]), eq(membership.organisationId, organisationId)))
    .limit(1)
  return users.length > 0
}

export async function findOidcIdentity(tx: Tx, issuer: string, subject: string): Promise<OidcIdentityRow | null> {
  const [row] = await tx
    .select()
    .from(oidcIdentity)
    .where(and(eq(oidcIdentity.issuer, issuer), eq(oidcIdentity.subject, subject)))
  return row ?? null
}

/** Whoever was meant by it before is not any more. */
export async function linkOidcIdentity(
  tx: Tx,
  of: Pick<OidcIdentityRow, 'issuer' | 'subject' | 'ownerId' | 'organisationId' | 'isMadeHere'>,
): Promise<void> {
  await tx
    .insert(oidcIdentity)
    .values(of)
    .onConflictDoUpdate({ target: [oidcIdentity.issuer, oidcIdentity.subject], set: { ...of, linkedAt: instantNow } })
}

export async function noteOidcSignIn(tx: Tx, issuer: string, subject: string): Promise<void> {
  await tx
    .update(oidcIdentity)
    .set({ lastSignInAt: instantNow })
    .where(and(eq(oidcIdentity.issuer, issuer), eq(oidcIdentity.subject, subject)))
}

/** The person was made by a first sign-in, wherever they belong now. */
export async function isMadeBySignIn(tx: Tx, ownerId: string): Promise<boolean> {
  const rows = await tx
    .select({ subject: oidcIdentity.subject })
    .from(oidcIdentity)
    .where(and(eq(oidcIdentity.ownerId, ownerId), eq(oidcIdentity.isMadeHere, true)))
  return rows.length > 0
}

/** That a device came by a sign-in; again says so anew. */
export async function addOidcDevice(
  tx: Tx,
  { isFresh, ...of }: { deviceId: string; ownerId: string; organisationId: string; issuer: string; isFresh: boolean },
): Promise<void> {
  const values = { ...of, at: instantNow, ...(isFresh && { freshAt: instantNow }) }
  await tx.insert(oidcDevice).values(values).onConflictDoUpdate({ target: oidcDevice.deviceId, set: values })
}

/** How long it counts for something that its person has shown themselves at their provider. */
const FRESH_SECONDS = 300

/** Whether the person of this device has shown themselves at their provider within the last five minutes, on this very device. */
export async function isFreshlySignedIn(tx: Tx, deviceId: string): Promise<boolean> {
  const rows = await tx
    .select({ deviceId: oidcDevice.deviceId })
    .from(oidcDevice)
    .where(and(eq(oidcDevice.deviceId, deviceId), gt(oidcDevice.freshAt, instantIn(-FRESH_SECONDS))))
  return rows.length > 0
}

export type DeviceProvider = { handle: string; organisationName: string; freshUntil: Date | null }

/** Where the person of this device signs in; null for one that came another way. `freshUntil`: how long their last showing of themselves counts. */
export async function providerOfDevice(tx: Tx, deviceId: string): Promise<DeviceProvider | null> {
  const [row] = await tx
    .select({
      handle: oidcConnection.handle,
      organisationName: organisation.name,
      freshUntil: sql<Date | null>`case when ${oidcDevice.freshAt} > ${instantIn(-FRESH_SECONDS)}
        then ${oidcDevice.freshAt} + make_interval(secs => ${FRESH_SECONDS}) end`.mapWith(oidcDevice.freshAt),
    })
    .from(oidcDevice)
    .innerJoin(oidcConnection, eq(oidcConnection.organisationId, oidcDevice.organisationId))
    .innerJoin(organisation, eq(organisation.id, oidcDevice.organisationId))
    .where(eq(oidcDevice.deviceId, deviceId))
  return row ?? null
}

/** Those that are not revoked yet: of one person, or of all who signed in there. */
export const listOidcDevices = (
  tx: Tx,
  of: { ownerId: string } | { organisationId: string },
): Promise<{ id: string; ownerId: string }[]> =>
  tx
    .select({ id: oidcDevice.deviceId, ownerId: oidcDevice.ownerId })
    .from(oidcDevice)
    .innerJoin(device, eq(device.id, oidcDevice.deviceId))
    .where(
      and(
        'ownerId' in of ? eq(oidcDevice.ownerId, of.ownerId) : eq(oidcDevice.organisationId, of.organisationId),
        isNull(device.revokedAt),
      ),
    )
    .orderBy(asc(oidcDevice.deviceId))

export type Provisioned = { id: string; ownerId: string; active: boolean; isLinked: boolean }

/** A provisioned person by the provider's own id, under their lock and the row's: whoever deactivates them waits, or is seen here. Null when several have it. */
export async function holdProvisionedByExternalId(
  tx: Tx,
  scopes: readonly string[],
  externalId: string,
): Promise<Provisioned | null> {
  const which = and(inArray(scimUser.scopeId, [...scopes]), eq(scimUser.externalId, externalId))
  const seen = await tx.select({ ownerId: scimUser.ownerId }).from(scimUser).where(which).limit(2)
  if (seen.length !== 1 || !seen[0]) return null
  await lockPerson(tx, seen[0].ownerId)
  const rows = await tx
    .select({ id: scimUser.id, ownerId: scimUser.ownerId, active: scimUser.active, isLinked: scimUser.isLinked })
    .from(scimUser)
    .where(and(which, eq(scimUser.ownerId, seen[0].ownerId)))
    .for('share')
  return rows.length === 1 ? (rows[0] ?? null) : null
}

/** Whether they belong to it, under the row's lock: whoever lets them go waits, or is seen here. */
export async function holdMembership(tx: Tx, organisationId: string, ownerId: string): Promise<boolean> {
  const rows = await tx
    .select({ ownerId: membership.ownerId })
    .from(membership)
    .where(and(eq(membership.ownerId, ownerId), eq(membership.organisationId, organisationId)))
    .for('share')
  return rows.length > 0
}
