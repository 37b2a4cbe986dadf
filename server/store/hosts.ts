/** Workstations: enrolled once by key, live by heartbeat, revoked for good. Knows no credential. */
import { and, asc, eq, gt, inArray, isNull, lt, type SQL, sql } from 'drizzle-orm'
import { instantIn, instantNow } from '../db/clock.ts'
import type { Tx } from '../db/database.ts'
import { host } from '../db/schema.ts'
import { notFound, refuse } from './refused.ts'

export type HostRow = typeof host.$inferSelect

/** A host counts as live for this long after it was last heard. */
export const HEARTBEAT_LIVE_SECONDS = 50

export async function findHost(tx: Tx, id: string): Promise<HostRow | null> {
  const [row] = await tx.select().from(host).where(eq(host.id, id))
  return row ?? null
}

/**
 * Enrols a key. Enrolling it again under the same owner only renames it, so a retry is safe, and a setup code counts from then on; a key that is
 * revoked, or another owner's, is refused.
 */
export async function enrolHost(
  tx: Tx,
  wanted: Pick<HostRow, 'id' | 'ownerId' | 'name' | 'platform' | 'publicKey'> & { bySetupCode?: true },
): Promise<HostRow> {
  await tx.insert(host).values(wanted).onConflictDoNothing()
  const [row] = await tx
    .update(host)
    .set({ name: wanted.name, platform: wanted.platform, ...(wanted.bySetupCode && { bySetupCode: true }) })
    .where(and(eq(host.id, wanted.id), eq(host.ownerId, wanted.ownerId), isNull(host.revokedAt)))
    .returning()
  if (!row) {
    throw refuse('REVOKED', 'This host key was revoked here, or belongs to someone else.', {
      rule: 'a revoked key never comes back',
      level: 'server',
      remedy: 'Remove host/key.json in the data folder, so that a new key is made, and sign in again.',
    })
  }
  return row
}

/** Marks the host as heard now. Returns null when it is not this owner's or is revoked. */
export async function beat(tx: Tx, id: string): Promise<HostRow | null> {
  const [row] = await tx
    .update(host)
    .set({ lastSeenAt: instantNow, liveUntil: instantIn(HEARTBEAT_LIVE_SECONDS) })
    .where(and(eq(host.id, id), isNull(host.revokedAt)))
    .returning()
  return row ?? null
}

/** Revokes for good; again changes nothing. `isFirst` is true for the call that did it. Throws NOT_FOUND for another owner's. */
export async function revokeHostRow(tx: Tx, ownerId: string, id: string): Promise<{ row: HostRow; isFirst: boolean }> {
  const own = and(eq(host.id, id), eq(host.ownerId, ownerId))
  const [revoked] = await tx
    .update(host)
    .set({ revokedAt: instantNow, liveUntil: null })
    .where(and(own, isNull(host.revokedAt)))
    .returning()
  if (revoked) return { row: revoked, isFirst: true }
  const [row] = await tx.select().from(host).where(own)
  if (!row) throw notFound('host')
  return { row, isFirst: false }
}

/** One owner's hosts in the order of their ids, past or before a cursor; one more than asked tells that there are more. */
export async function listHosts(
  tx: Tx,
  page: { ownerId: string; only?: string | null; after?: string; before?: string; limit: number; inverted: boolean },
): Promise<HostRow[]> {
  const where: (SQL | undefined)[] = [eq(host.ownerId, page.ownerId)]
  if (page.only) where.push(eq(host.id, page.only))
  if (page.after !== undefined) where.push(gt(host.id, page.after))
  if (page.before !== undefined) where.push(lt(host.id, page.before))
  const order = page.inverted ? sql`${host.id} desc` : asc(host.id)
  return tx
    .select()
    .from(host)
    .where(and(...where))
    .orderBy(order)
    .limit(page.limit)
}

/** Owner's hosts that are not revoked. */
export async function activeHostIds(tx: Tx, ownerId: string): Promise<string[]> {
  const rows = await tx
    .select({ id: host.id })
    .from(host)
    .where(and(eq(host.ownerId, ownerId), isNull(host.revokedAt)))
  return rows.map((row) => row.id)
}

/** Locks every host of these owners that is not revoked, in one order: who numbers commands for them waits, or is done. */
export async function lockHostsOf(tx: Tx, ownerIds: readonly string[]): Promise<void> {
  if (ownerIds.length === 0) return
  const theirs = and(inArray(host.ownerId, [...ownerIds]), isNull(host.revokedAt))
  await tx.select({ id: host.id }).from(host).where(theirs).orderBy(asc(host.id)).for('no key update')
  // Written and not only locked, as `lockHost` does.
  await tx
    .update(host)
    .set({ nextCommandNumber: sql`${host.nextCommandNumber}` })
    .where(theirs)
}

export async function anyHostEnrolled(tx: Tx): Promise<boolean> {
  const [row] = await tx.select({ id: host.id }).from(host).limit(1)
  return row !== undefined
}
