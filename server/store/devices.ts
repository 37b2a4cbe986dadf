/** Paired phones, browsers and scripts: their rung, their roster places, their end. Knows no handshake. */
import { and, asc, count, eq, gt, inArray, isNotNull, isNull, lt, ne, type SQL, sql } from 'drizzle-orm'
import { instantIn, instantNow } from '../db/clock.ts'
import type { Tx } from '../db/database.ts'
import { device, deviceHost } from '../db/schema.ts'
import { notFound, type Refused, refuse } from './refused.ts'

export type DeviceRow = typeof device.$inferSelect

export async function findDevice(tx: Tx, ownerId: string, id: string): Promise<DeviceRow | null> {
  const [row] = await tx
    .select()
    .from(device)
    .where(and(eq(device.id, id), eq(device.ownerId, ownerId), eq(device.confirmed, true)))
  return row ?? null
}

/** `madeAtHostId` is a script's: by whose word it is one. */
export type NewDevice = Pick<DeviceRow, 'id' | 'ownerId' | 'name' | 'kind' | 'publicKey' | 'rung' | 'tokenHash'> & {
  madeAtHostId?: string
}

/**
 * Adds a device, or gives one that pairs again its new token (the old one dies with the row's hash). A revoked key, or one of another owner,
 * is refused.
 */
export async function addDevice(tx: Tx, added: NewDevice): Promise<DeviceRow> {
  const { name, rung, tokenHash, madeAtHostId = null } = added
  await tx
    .insert(device)
    .values({ ...added, confirmed: true })
    .onConflictDoNothing({ target: device.id })
  const [row] = await tx
    .update(device)
    // Whoever holds the new token got it there: what it was before gives it nothing.
    .set({ name, rung, tokenHash, madeAtHostId, confirmed: true, awaitsTrust: false, verifiedAt: null })
    .where(and(eq(device.id, added.id), eq(device.ownerId, added.ownerId), isNull(device.revokedAt)))
    .returning()
  if (!row) throw keyGone()
  return row
}

const keyGone = (): Refused =>
  refuse('REVOKED', 'This device key was revoked here, or belongs to someone else.', {
    rule: 'a revoked key never comes back',
    level: 'server',
    remedy: 'Forget this server on the device, so that it makes a new key, and pair again.',
  })

export type SignedInBy = NonNullable<DeviceRow['signedInBy']>

/** Signed-in devices of one person that are not revoked. */
export const MOST_SIGNED_IN = 50

/**
 * Adds the device on which its person has just signed in: to view with, until a host trusts it. One that is known by its key keeps what it may, and its old
 * token dies. Throws REVOKED like `addDevice`, TOO_LARGE past `MOST_SIGNED_IN`. The caller holds the person's lock.
 */
export async function addSignedIn(
  tx: Tx,
  added: Pick<DeviceRow, 'id' | 'ownerId' | 'name' | 'publicKey' | 'tokenHash'> & {
    by: SignedInBy
  },
): Promise<DeviceRow> {
  const { by: signedInBy, ...columns } = added
  const [there] = await tx
    .select({ devices: count() })
    .from(device)
    .where(
      and(
        eq(device.ownerId, added.ownerId),
        isNotNull(device.signedInAt),
        isNull(device.revokedAt),
        ne(device.id, added.id),
      ),
    )
  if ((there?.devices ?? 0) >= MOST_SIGNED_IN) {
    throw refuse('TOO_LARGE', `You are signed in on ${MOST_SIGNED_IN} devices. Revoke one that you do not use.`, {
      ...{ rule: `a person is signed in on at most ${MOST_SIGNED_IN} devices`, level: 'server' },
      remedy: 'On one of them under Settings, Devices; or at a terminal: offdesk devices revoke <name>.',
      numbers: { limit: MOST_SIGNED_IN },
    })
  }
  await tx
    .insert(device)
    .values({ ...columns, kind: 'BROWSER', rung: 'VIEW', confirmed: true, awaitsTrust: true })
    .onConflictDoNothing({ target: device.id })
  const [row] = await tx
    .update(device)
    // A sign-in with a passkey verifies its person, who may look from then on; one at a provider does not.
    .set({
      ...{ name: added.name, tokenHash: added.tokenHash, signedInAt: instantNow, signedInBy },
      verifiedAt: signedInBy === 'PASSKEY' ? instantNow : null,
    })
    .where(and(eq(device.id, added.id), eq(device.ownerId, added.ownerId), isNull(device.revokedAt)))
    .returning()
  if (!row) throw keyGone()
  return row
}

/** A host has taken it into its roster. One that came by a sign-in may do `rung` from then on; any other keeps its own. */
export async function noteTrusted(
  tx: Tx,
  ownerId: string,
  of: { id: string; hostId: string; rung: DeviceRow['rung'] },
): Promise<DeviceRow> {
  const { id, hostId, rung } = of
  await tx
    .update(device)
    .set({ rung, awaitsTrust: false })
    .where(and(eq(device.id, id), eq(device.ownerId, ownerId), eq(device.awaitsTrust, true), isNull(device.revokedAt)))
  const row = await findDevice(tx, ownerId, id)
  if (!row || row.revokedAt !== null) throw notFound('device')
  await addToRoster(tx, id, hostId)
  return row
}

/** Notes that the host holds the device in its roster. */
export async function addToRoster(tx: Tx, deviceId: string, hostId: string): Promise<void> {
  await tx.insert(deviceHost).values({ deviceId, hostId }).onConflictDoNothing()
}

/** Hosts whose roster holds each of these devices. */
export async function rosterPlaces(tx: Tx, deviceIds: readonly string[]): Promise<Map<string, string[]>> {
  const places = new Map<string, string[]>(deviceIds.map((id) => [id, []]))
  if (deviceIds.length === 0) return places
  const rows = await tx
    .select()
    .from(deviceHost)
    .where(inArray(deviceHost.deviceId, [...deviceIds]))
    .orderBy(asc(deviceHost.hostId))
  for (const row of rows) places.get(row.deviceId)?.push(row.hostId)
  return places
}

export async function updateDevice(
  tx: Tx,
  ownerId: string,
  id: string,
  change: { name: string } | { rung: DeviceRow['rung'] },
): Promise<DeviceRow> {
  const [row] = await tx
    .update(device)
    .set(change)
    .where(and(eq(device.id, id), eq(device.ownerId, ownerId), eq(device.confirmed, true), isNull(device.revokedAt)))
    .returning()
  if (!row) throw notFound('device')
  return row
}

/** Revokes for good; again changes nothing. `isFirst` is true for the call that did it. Throws NOT_FOUND for another owner's. */
export async function revokeDeviceRow(
  tx: Tx,
  ownerId: string,
  id: string,
): Promise<{ row: DeviceRow; isFirst: boolean }> {
  const [revoked] = await tx
    .update(device)
    .set({ revokedAt: instantNow })
    .where(and(eq(device.id, id), eq(device.ownerId, ownerId), eq(device.confirmed, true), isNull(device.revokedAt)))
    .returning()
  if (revoked) return { row: revoked, isFirst: true }
  const row = await findDevice(tx, ownerId, id)
  if (!row) throw notFound('device')
  return { row, isFirst: false }
}

/** What hosts must forget; they compare with their roster. */
export async function revokedDeviceIds(tx: Tx, ownerId: string): Promise<string[]> {
  const rows = await tx
    .select({ id: device.id })
    .from(device)
    .where(and(eq(device.ownerId, ownerId), isNotNull(device.revokedAt)))
    .orderBy(asc(device.id))
  return rows.map((row) => row.id)
}

/** Notes when devices were last heard. Written at most once a minute for each, so that reading does not become writing. */
export async function noteDevicesSeen(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const stale = sql`(${device.lastSeenAt} is null or ${device.lastSeenAt} < clock_timestamp() - interval '1 minute')`
  await tx
    .update(device)
    .set({ lastSeenAt: instantNow })
    .where(and(inArray(device.id, [...ids]), stale))
}

/** One owner's devices by id, revoked ones included (they are shown as such). */
export async function listDevices(
  tx: Tx,
  page: { ownerId: string; after?: string; before?: string; limit: number; inverted: boolean },
): Promise<DeviceRow[]> {
  const where: (SQL | undefined)[] = [eq(device.ownerId, page.ownerId), eq(device.confirmed, true)]
  if (page.after !== undefined) where.push(gt(device.id, page.after))
  if (page.before !== undefined) where.push(lt(device.id, page.before))
  const order = page.inverted ? sql`${device.id} desc` : asc(device.id)
  return tx
    .select()
    .from(device)
    .where(and(...where))
    .orderBy(order)
    .limit(page.limit)
}

/** Its person has just shown that it is they who look. Returns when. Throws NOT_FOUND for one that is revoked. */
export async function noteVerified(tx: Tx, deviceId: string): Promise<Date> {
  const [row] = await tx
    .update(device)
    .set({ verifiedAt: instantNow })
    .where(and(eq(device.id, deviceId), isNull(device.revokedAt)))
    .returning({ at: device.verifiedAt })
  if (!row?.at) throw notFound('device')
  return row.at
}

/** Until when its person may look, where that is good for so many minutes; null when they may not now, by the database's clock (E10). */
export async function looksUntil(tx: Tx, deviceId: string, minutes: number): Promise<Date | null> {
  const [row] = await tx
    .select({ at: device.verifiedAt })
    .from(device)
    .where(and(eq(device.id, deviceId), gt(device.verifiedAt, instantIn(-60 * minutes))))
  return row?.at ? new Date(row.at.getTime() + minutes * 60_000) : null
}
