/** Who a token's hash belongs to, and how that one stands now (T2, T3). Knows tokens as hashes only. */
import { and, eq, inArray, isNotNull, lt, or, sql } from 'drizzle-orm'
import { instantIn } from '../db/clock.ts'
import type { Tx } from '../db/database.ts'
import { credential, device, host, pairing, policy, session } from '../db/schema.ts'
import type { RemoteControl } from './policies.ts'

/** What stands behind one token at the moment it was read. */
export type Standing =
  | {
      kind: 'host'
      ownerId: string
      hostId: string
      hostName: string
      sessionId: string | null
      expiresAt: Date
      isExpired: boolean
      isRevoked: boolean
      remoteControl: RemoteControl
    }
  | {
      kind: 'device'
      ownerId: string
      deviceId: string
      deviceName: string
      rung: 'VIEW' | 'ANSWER' | 'STEER' | 'FULL'
      isRevoked: boolean
      remoteControl: RemoteControl
    }
  | { kind: 'pairing'; pairingId: string; side: 'opener' | 'joiner'; isOver: boolean }

export async function addCredential(
  tx: Tx,
  row: { tokenHash: string; ownerId: string; hostId: string; sessionId: string | null; seconds: number },
): Promise<Date> {
  const { seconds, ...columns } = row
  // Kept for a day past its end, so that its holder is told "expired" and not "unknown".
  await tx.delete(credential).where(lt(credential.expiresAt, sql`clock_timestamp() - interval '1 day'`))
  const [added] = await tx
    .insert(credential)
    .values({ ...columns, expiresAt: instantIn(seconds) })
    .returning({ expiresAt: credential.expiresAt })
  if (!added) throw new Error('the credential was not stored')
  return added.expiresAt
}

const VIEW_AND_CONTROL = sql<RemoteControl>`coalesce(${policy.remoteControl}, 'VIEW_AND_CONTROL')`

/** Reads any number of tokens at once, in at most three statements; a hash without an entry is unknown. */
export async function readStandings(tx: Tx, tokenHashes: readonly string[]): Promise<Map<string, Standing>> {
  const found = new Map<string, Standing>()
  const wanted = [...tokenHashes]
  if (wanted.length === 0) return found
  const devices = await tx
    .select({ device, remoteControl: VIEW_AND_CONTROL })
    .from(device)
    .leftJoin(policy, eq(policy.ownerId, device.ownerId))
    .where(and(inArray(device.tokenHash, wanted), eq(device.confirmed, true)))
  for (const { device: row, remoteControl } of devices) {
    const { ownerId, rung, revokedAt } = row
    found.set(row.tokenHash, {
      ...{ kind: 'device', ownerId, deviceId: row.id, deviceName: row.name, rung, remoteControl },
      isRevoked: revokedAt !== null,
    })
  }
  const missing = () => wanted.filter((hash) => !found.has(hash))
  if (missing().length > 0) await readHosts(tx, missing(), found)
  if (missing().length > 0) await readPairings(tx, missing(), found)
  return found
}

async function readHosts(tx: Tx, wanted: string[], found: Map<string, Standing>): Promise<void> {
  const rows = await tx
    .select({
      credential,
      hostName: host.name,
      revokedAt: host.revokedAt,
      isExpired: sql<boolean>`${credential.expiresAt} <= clock_timestamp()`,
      remoteControl: VIEW_AND_CONTROL,
    })
    .from(credential)
    .innerJoin(host, eq(host.id, credential.hostId))
    .leftJoin(policy, eq(policy.ownerId, credential.ownerId))
    .where(inArray(credential.tokenHash, wanted))
  for (const { credential: row, hostName, revokedAt, isExpired, remoteControl } of rows) {
    const { ownerId, hostId, sessionId, expiresAt } = row
    found.set(row.tokenHash, {
      ...{ kind: 'host', ownerId, hostId, hostName, sessionId, expiresAt, isExpired, remoteControl },
      isRevoked: revokedAt !== null,
    })
  }
}

async function readPairings(tx: Tx, wanted: string[], found: Map<string, Standing>): Promise<void> {
  const rows = await tx
    .select({
      id: pairing.id,
      joiner: pairing.tokenHash,
      opener: pairing.openerTokenHash,
      // A finished one can still be looked at for a while, so that a lost answer can be asked for again.
      isOver: sql<boolean>`${pairing.expiresAt} < clock_timestamp() - interval '10 minutes'`,
    })
    .from(pairing)
    .where(
      or(
        and(isNotNull(pairing.tokenHash), inArray(pairing.tokenHash, wanted)),
        and(isNotNull(pairing.openerTokenHash), inArray(pairing.openerTokenHash, wanted)),
      ),
    )
  for (const { id, joiner, opener, isOver } of rows) {
    if (joiner && wanted.includes(joiner)) found.set(joiner, { kind: 'pairing', pairingId: id, side: 'joiner', isOver })
    if (opener && wanted.includes(opener)) found.set(opener, { kind: 'pairing', pairingId: id, side: 'opener', isOver })
  }
}

/** True when the session is there and another host writes it. */
export async function isAnotherHosts(tx: Tx, sessionId: string, hostId: string): Promise<boolean> {
  const [row] = await tx.select({ hostId: session.hostId }).from(session).where(eq(session.id, sessionId))
  return row !== undefined && row.hostId !== hostId
}
