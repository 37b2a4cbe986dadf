/** Who a token's hash belongs to, and how that one stands now (T2, T3). Knows tokens as hashes only. */
import { type Column, eq, lt, type SQL, sql } from 'drizzle-orm'
import { instantIn } from '../db/clock.ts'
import type { Tx } from '../db/database.ts'
import { rowsOf } from '../db/rows.ts'
import { credential, device, host, pairing, session } from '../db/schema.ts'
import { given, statement } from '../db/statement.ts'
import { type AdminTokenRow, readAdminTokens } from './admin-tokens.ts'
import { boundsTextOf, type RemoteControl, remoteControlOf } from './policies.ts'
import type { Rung } from './rung.ts'

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
      /** As kept beside the policy; null where nobody governs. */
      bounds: string | null
    }
  | {
      kind: 'device'
      ownerId: string
      deviceId: string
      deviceName: string
      /** Null for a script that can only look. */
      publicKey: string | null
      deviceKind: 'BROWSER' | 'SCRIPT'
      rung: Rung
      /** It came by a sign-in, and no host trusts it yet. */
      awaitsTrust: boolean
      /** When its person was verified for looking; milliseconds by the database's clock, as `readAt`, when this was read. */
      verifiedAt: number | null
      readAt: number
      isRevoked: boolean
      remoteControl: RemoteControl
      bounds: string | null
    }
  | { kind: 'pairing'; pairingId: string; side: 'opener' | 'joiner'; isOver: boolean }
  | { kind: 'admin'; token: AdminTokenRow; expiresAt: Date; isExpired: boolean; isRevoked: boolean }

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

type Row = {
  hash: string
  kind: 'device' | 'host' | 'pairing'
  owner: string
  id: string
  name: string
  /** A device's rung, a credential's session, a pairing's side. */
  more: string | null
  expires: number
  isRevoked: boolean
  isOver: boolean
  policy: RemoteControl
  /** A device's public key. */
  publicKey: string | null
  bounds: string | null
  deviceKind: 'BROWSER' | 'SCRIPT'
  awaitsTrust: boolean
  verifiedAt: number | null
  readAt: number
}

const milliseconds = (instant: Column | SQL): SQL<number> => sql<number>`extract(epoch from ${instant})::float8 * 1000`

const standings = statement<'hashes'>(() => {
  // A finished pairing can still be looked at for a while, so that a lost answer can be asked for again.
  const isOver = sql`${pairing.expiresAt} < clock_timestamp() - interval '10 minutes'`
  return sql`
    with wanted as (select value as hash from json_array_elements_text(${given('hashes')}::json))
    select hash, 'device' as kind, ${device.ownerId} as owner, ${device.id} as id, ${device.name} as name, ${device.rung} as more,
        0::float8 as expires, ${device.revokedAt} is not null as "isRevoked", false as "isOver", ${remoteControlOf(device.ownerId)} as policy,
        ${device.publicKey} as "publicKey", ${boundsTextOf(device.ownerId)} as bounds, ${device.kind} as "deviceKind",
        ${device.awaitsTrust} as "awaitsTrust", ${milliseconds(device.verifiedAt)} as "verifiedAt",
        ${milliseconds(sql`clock_timestamp()`)} as "readAt"
      from wanted join ${device} on ${device.tokenHash} = hash where ${device.confirmed}
    union all
    select hash, 'host', ${credential.ownerId}, ${host.id}, ${host.name}, ${credential.sessionId},
        ${milliseconds(credential.expiresAt)}, ${host.revokedAt} is not null,
        ${credential.expiresAt} <= clock_timestamp(), ${remoteControlOf(credential.ownerId)}, null,
        ${boundsTextOf(credential.ownerId)}, 'SCRIPT', false, null, 0
      from wanted join ${credential} on ${credential.tokenHash} = hash join ${host} on ${host.id} = ${credential.hostId}
    union all
    select hash, 'pairing', '', ${pairing.id}, '', 'joiner', 0, false, ${isOver}, 'OFF', null, null, 'SCRIPT', false, null, 0
      from wanted join ${pairing} on ${pairing.tokenHash} = hash
    union all
    select hash, 'pairing', '', ${pairing.id}, '', 'opener', 0, false, ${isOver}, 'OFF', null, null, 'SCRIPT', false, null, 0
      from wanted join ${pairing} on ${pairing.openerTokenHash} = hash`
})

/** Reads any number of tokens at once; a hash without an entry is unknown. One statement of one form, so that it is prepared once. */
export async function readStandings(tx: Tx, tokenHashes: readonly string[]): Promise<Map<string, Standing>> {
  const found = new Map<string, Standing>()
  if (tokenHashes.length === 0) return found
  const rows = await tx.execute(standings({ hashes: JSON.stringify(tokenHashes) }))
  // What a pairing's token has become comes first: confirmed, it is its device's.
  for (const row of rowsOf<Row>(rows)) if (!found.has(row.hash)) found.set(row.hash, standingOf(row))
  const missing = tokenHashes.filter((hash) => !found.has(hash))
  for (const { isExpired, ...token } of missing.length > 0 ? await readAdminTokens(tx, missing) : [])
    found.set(token.tokenHash, {
      ...{ kind: 'admin', token, isExpired, expiresAt: token.expiresAt },
      isRevoked: token.revokedAt !== null,
    })
  return found
}

// Each in one literal: of parts that are put together the engine makes a shape for every object, larger than what is in it, and thousands are kept.
function standingOf(row: Row): Standing {
  const { kind, owner: ownerId, id, name, more, isRevoked, policy: remoteControl, bounds } = row
  if (kind === 'pairing')
    return { kind, pairingId: id, side: more === 'opener' ? 'opener' : 'joiner', isOver: row.isOver }
  if (kind === 'device') {
    const { deviceKind, publicKey, awaitsTrust, verifiedAt, readAt } = row
    return {
      kind,
      ownerId,
      deviceId: id,
      deviceName: name,
      deviceKind,
      publicKey,
      rung: (more ?? 'VIEW') as Rung,
      awaitsTrust,
      verifiedAt,
      readAt,
      isRevoked,
      remoteControl,
      bounds,
    }
  }
  return {
    kind,
    ownerId,
    hostId: id,
    hostName: name,
    sessionId: more,
    expiresAt: new Date(row.expires),
    isExpired: row.isOver,
    isRevoked,
    remoteControl,
    bounds,
  }
}

/** True when the session is there and another host writes it. */
export async function isAnotherHosts(tx: Tx, sessionId: string, hostId: string): Promise<boolean> {
  const [row] = await tx.select({ hostId: session.hostId }).from(session).where(eq(session.id, sessionId))
  return row !== undefined && row.hostId !== hostId
}
