/** Where Web Push goes: one subscription per device. Knows no push service. */
import { and, eq, inArray, isNull } from 'drizzle-orm'
import type { Tx } from '../db/database.ts'
import { device, pushSubscription } from '../db/schema.ts'

export type PushRow = typeof pushSubscription.$inferSelect

export async function savePush(tx: Tx, row: Pick<PushRow, 'deviceId' | 'endpoint' | 'p256dh' | 'auth'>): Promise<void> {
  const { endpoint, p256dh, auth } = row
  await tx
    .insert(pushSubscription)
    .values(row)
    .onConflictDoUpdate({ target: pushSubscription.deviceId, set: { endpoint, p256dh, auth } })
}

export async function removePush(tx: Tx, deviceId: string): Promise<void> {
  await tx.delete(pushSubscription).where(eq(pushSubscription.deviceId, deviceId))
}

/** Removes what the push service calls gone, unless the device has subscribed anew in the meantime. */
export async function prunePush(tx: Tx, deviceId: string, endpoint: string): Promise<void> {
  await tx
    .delete(pushSubscription)
    .where(and(eq(pushSubscription.deviceId, deviceId), eq(pushSubscription.endpoint, endpoint)))
}

export async function findPush(tx: Tx, deviceId: string): Promise<PushRow | null> {
  const [row] = await tx.select().from(pushSubscription).where(eq(pushSubscription.deviceId, deviceId))
  return row ?? null
}

/** Subscriptions of an owner's devices that may still see something. */
export async function ownersPushes(tx: Tx, ownerId: string): Promise<PushRow[]> {
  const rows = await tx
    .select({ push: pushSubscription })
    .from(pushSubscription)
    .innerJoin(device, eq(device.id, pushSubscription.deviceId))
    .where(and(eq(device.ownerId, ownerId), isNull(device.revokedAt), eq(device.confirmed, true)))
  return rows.map((row) => row.push)
}

export async function subscribedDevices(tx: Tx, deviceIds: readonly string[]): Promise<Set<string>> {
  if (deviceIds.length === 0) return new Set()
  const rows = await tx
    .select({ deviceId: pushSubscription.deviceId })
    .from(pushSubscription)
    .where(inArray(pushSubscription.deviceId, [...deviceIds]))
  return new Set(rows.map((row) => row.deviceId))
}
