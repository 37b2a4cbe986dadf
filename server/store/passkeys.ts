/** Passkeys, the hosts that have pinned them, and challenges for making one. Knows no signature. */
import { and, asc, eq, gt, inArray, isNull, lt, sql } from 'drizzle-orm'
import { instantIn, instantNow } from '../db/clock.ts'
import type { Tx } from '../db/database.ts'
import { device, passkey, passkeyChallenge, passkeyHost } from '../db/schema.ts'
import { notFound, refuse } from './refused.ts'

export type PasskeyRow = typeof passkey.$inferSelect
/** With the hosts that have pinned it. */
export type PlacedPasskey = PasskeyRow & { hostIds: string[] }

const CHALLENGE_SECONDS = 300
/** Open challenges kept for one device; the oldest make way. */
const MOST_CHALLENGES = 20
export const MOST_PASSKEYS = 10

export async function addPasskeyChallenge(
  tx: Tx,
  made: { challengeHash: string; deviceId: string | null; origin: string },
): Promise<void> {
  await tx.delete(passkeyChallenge).where(lt(passkeyChallenge.expiresAt, instantNow))
  if (made.deviceId !== null)
    await tx.delete(passkeyChallenge).where(
      sql`${passkeyChallenge.challengeHash} in (select challenge_hash from passkey_challenge
        where device_id = ${made.deviceId} order by expires_at desc offset ${MOST_CHALLENGES - 1})`,
    )
  await tx.insert(passkeyChallenge).values({ ...made, expiresAt: instantIn(CHALLENGE_SECONDS) })
}

/** Its origin, for the one call that uses it up; null when it is used, late, unknown or another device's. */
export async function spendPasskeyChallenge(
  tx: Tx,
  challengeHash: string,
  deviceId: string | null,
): Promise<string | null> {
  const whose = deviceId === null ? isNull(passkeyChallenge.deviceId) : eq(passkeyChallenge.deviceId, deviceId)
  const [used] = await tx
    .update(passkeyChallenge)
    .set({ usedAt: instantNow })
    .where(
      and(
        eq(passkeyChallenge.challengeHash, challengeHash),
        whose,
        isNull(passkeyChallenge.usedAt),
        gt(passkeyChallenge.expiresAt, instantNow),
      ),
    )
    .returning({ origin: passkeyChallenge.origin })
  return used?.origin ?? null
}

export type NewPasskey = Omit<typeof passkey.$inferInsert, 'createdAt' | 'lastUsedAt'>

/** Again with the same key changes nothing. Throws BAD_INPUT when that id stands for another key or device, TOO_LARGE past `MOST_PASSKEYS`. */
export async function addPasskey(tx: Tx, made: NewPasskey): Promise<PasskeyRow> {
  const there = await tx.select({ id: passkey.id }).from(passkey).where(eq(passkey.deviceId, made.deviceId))
  if (there.length >= MOST_PASSKEYS && !there.some(({ id }) => id === made.id)) {
    throw refuse('TOO_LARGE', `A device has at most ${MOST_PASSKEYS} passkeys. Remove one first.`, {
      numbers: { limit: MOST_PASSKEYS },
    })
  }
  await tx.insert(passkey).values(made).onConflictDoNothing({ target: passkey.id })
  const [row] = await tx.select().from(passkey).where(eq(passkey.id, made.id))
  if (row?.deviceId !== made.deviceId || row.publicKey !== made.publicKey)
    throw refuse('BAD_INPUT', 'This passkey is known here for another device. Make a new one.')
  return row
}

/** Oldest first, in two statements for any number of devices. */
export async function passkeysOf(tx: Tx, deviceIds: readonly string[]): Promise<Map<string, PlacedPasskey[]>> {
  const found = new Map<string, PlacedPasskey[]>(deviceIds.map((id) => [id, []]))
  if (deviceIds.length === 0) return found
  const rows = await tx
    .select({ row: passkey, hostId: passkeyHost.hostId })
    .from(passkey)
    .leftJoin(passkeyHost, eq(passkeyHost.passkeyId, passkey.id))
    .where(inArray(passkey.deviceId, [...deviceIds]))
    .orderBy(asc(passkey.createdAt), asc(passkey.id), asc(passkeyHost.hostId))
  for (const { row, hostId } of rows) {
    const own = found.get(row.deviceId) ?? []
    const before = own.find(({ id }) => id === row.id)
    if (before && hostId !== null) before.hostIds.push(hostId)
    else if (!before) own.push({ ...row, hostIds: hostId === null ? [] : [hostId] })
    found.set(row.deviceId, own)
  }
  return found
}

/** Throws NOT_FOUND for another owner's. */
export async function findPasskey(tx: Tx, ownerId: string, id: string): Promise<PlacedPasskey> {
  const [row] = await tx
    .select()
    .from(passkey)
    .where(and(eq(passkey.id, id), eq(passkey.ownerId, ownerId)))
  if (!row) throw notFound('passkey')
  const placed = await passkeysOf(tx, [row.deviceId])
  return placed.get(row.deviceId)?.find((one) => one.id === id) ?? { ...row, hostIds: [] }
}

/** With its places; what is gone stays gone when asked again: NOT_FOUND. */
export async function removePasskey(tx: Tx, ownerId: string, id: string): Promise<PlacedPasskey> {
  const row = await findPasskey(tx, ownerId, id)
  const removed = await tx.delete(passkey).where(eq(passkey.id, id)).returning({ id: passkey.id })
  // Of two at once, one has removed it.
  if (removed.length === 0) throw notFound('passkey')
  return row
}

/** Notes that the host has pinned it; a passkey that is gone meanwhile is passed over. */
export async function placePasskey(tx: Tx, id: string, hostId: string): Promise<void> {
  await tx.execute(sql`insert into ${passkeyHost} (passkey_id, host_id)
    select id, ${hostId} from ${passkey} where id = ${id} on conflict do nothing`)
}

/** It was asked for something that is no command. */
export async function notePasskeyAsked(tx: Tx, id: string): Promise<void> {
  await tx.update(passkey).set({ lastUsedAt: instantNow }).where(eq(passkey.id, id))
}

/** It has just vouched for something its device said. */
export async function notePasskeyUsed(tx: Tx, id: string, deviceId: string): Promise<void> {
  await tx.update(passkey).set({ lastUsedAt: instantNow }).where(eq(passkey.id, id))
  await tx.update(device).set({ vouchedAt: instantNow }).where(eq(device.id, deviceId))
}

/** Whether one has vouched for the device within so many minutes, by the database's clock (E10). */
export async function wasVouchedFor(tx: Tx, deviceId: string, withinMinutes: number): Promise<boolean> {
  const rows = await tx
    .select({ id: device.id })
    .from(device)
    .where(
      and(
        eq(device.id, deviceId),
        gt(device.vouchedAt, sql`clock_timestamp() - make_interval(mins => ${withinMinutes}::int)`),
      ),
    )
  return rows.length > 0
}
