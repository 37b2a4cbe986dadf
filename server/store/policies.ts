/** What an owner allows remotely. Knows no principal: who may do what is policy/'s. */
import { type Column, eq, type SQL, sql } from 'drizzle-orm'
import { instantNow } from '../db/clock.ts'
import type { Tx } from '../db/database.ts'
import { owner, policy } from '../db/schema.ts'
import { notFound } from './refused.ts'

export type PolicyRow = typeof policy.$inferSelect
export type RemoteControl = PolicyRow['remoteControl']

/** The level that stands for an owner, inside a statement that reads something else; the same as `readPolicy` says. */
export const remoteControlOf = (ownerId: Column | SQL): SQL<RemoteControl> =>
  sql<RemoteControl>`coalesce((select ${policy.remoteControl} from ${policy} where ${policy.ownerId} = ${ownerId}), 'VIEW_AND_CONTROL')`

/** Without a row: view and control, version 0, since the owner is there. Throws NOT_FOUND when the owner is not. */
export async function readPolicy(tx: Tx, ownerId: string): Promise<PolicyRow> {
  const [row] = await tx
    .select({ policy, since: owner.createdAt })
    .from(owner)
    .leftJoin(policy, eq(policy.ownerId, owner.id))
    .where(eq(owner.id, ownerId))
  if (!row) throw notFound('owner')
  return row.policy ?? { ownerId, remoteControl: 'VIEW_AND_CONTROL', version: 0, updatedAt: row.since, updatedBy: null }
}

/** Setting the level that stands changes nothing, not even the version. */
export async function writePolicy(
  tx: Tx,
  ownerId: string,
  remoteControl: RemoteControl,
  updatedBy: string,
): Promise<PolicyRow> {
  const before = await readPolicy(tx, ownerId)
  if (before.remoteControl === remoteControl) return before
  const [row] = await tx
    .insert(policy)
    .values({ ownerId, remoteControl, updatedBy, updatedAt: instantNow })
    .onConflictDoUpdate({
      target: policy.ownerId,
      set: { remoteControl, updatedBy, updatedAt: instantNow, version: sql`${policy.version} + 1` },
    })
    .returning()
  if (!row) throw new Error('the policy was not stored')
  return row
}
