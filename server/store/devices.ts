/** Paired phones, browsers and scripts: their rung, their roster places, their end. Knows no handshake. */
import { and, asc, eq, gt, inArray, isNotNull, isNull, lt, type SQL, sql } from 'drizzle-orm'
import { instantNow } from '../db/clock.ts'
import type { Tx } from '../db/database.ts'
import { device, deviceHost } from '../db/schema.ts'
import { notFound, refuse } from './refused.ts'

export type DeviceRow = typeof device.$inferSelect

export async function findDevice(tx: Tx, ownerId: string, id: string): Promise<DeviceRow | null> {
  const [row] = await tx
    .select()
    .from(device)
    .where(and(eq(device.id, id), eq(device.ownerId, ownerId), eq(device.confirmed, true)))
  return row ?? null
}

export type NewDevice = Pick<DeviceRow, 'id' | 'ownerId' | 'name' | 'kind' | 'publicKey' | 'rung' | 'tokenHash'>

/**
 * Adds a device, or gives one that pairs again its new token (the old one dies with the row's hash). A revoked key, or one of another owner,
 * is refused.
 */
export async function addDevice(tx: Tx, added: NewDevice): Promise<DeviceRow> {
  await tx
    .insert(device)
    .values({ ...added, confirmed: true })
    .onConflictDoNothing({ target: device.id })
  const [row] = await tx
    .update(device)
    .set({ name: added.name, rung: added.rung, tokenHash: added.tokenHash, confirmed: true })
    .where(and(eq(device.id, added.id), eq(device.ownerId, added.ownerId), isNull(device.revokedAt)))
    .returning()
  if (!row) {
    throw refuse('REVOKED', 'This device key was revoked here, or belongs to someone else.', {
      rule: 'a revoked key never comes back',
      level: 'server',
      remedy: 'Forget this server on the device, so that it makes a new key, and pair again.',
    })
  }
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
