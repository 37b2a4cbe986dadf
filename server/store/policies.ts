/** What an owner allows remotely. Knows no principal: who may do what is policy/'s. */
import { type Column, type SQL, sql } from 'drizzle-orm'
import { instantNow } from '../db/clock.ts'
import type { Tx } from '../db/database.ts'
import { rowsOf } from '../db/rows.ts'
import { owner, policy } from '../db/schema.ts'
import { notFound } from './refused.ts'

export type PolicyRow = typeof policy.$inferSelect
export type RemoteControl = PolicyRow['remoteControl']

type Owned = Column | SQL

// What other statements read of a policy on their way. All of it stands here, so that they and `readPolicy` always say the same.
/** The level that stands for an owner. */
export const remoteControlOf = (ownerId: Owned): SQL<RemoteControl> =>
  sql<RemoteControl>`coalesce((select ${policy.remoteControl} from ${policy} where ${policy.ownerId} = ${ownerId}), 'VIEW_AND_CONTROL')`

/** A short text that differs when `readPolicy` would say something else. */
export const policyMarkOf = (ownerId: Owned): SQL<string> =>
  sql<string>`coalesce((select ${policy.version} from ${policy} where ${policy.ownerId} = ${ownerId}), 0)::text`

/** All of it as a text for `parsePolicy`; null when the owner is not there. */
export const policyTextOf = (ownerId: Owned): SQL<string | null> =>
  sql<
    string | null
  >`(select json_build_object('ownerId', ${owner.id}, 'remoteControl', coalesce(${policy.remoteControl}, 'VIEW_AND_CONTROL'),
    'version', coalesce(${policy.version}, 0), 'updatedAt', coalesce(${policy.updatedAt}, ${owner.createdAt}), 'updatedBy', ${policy.updatedBy})::text
    from ${owner} left join ${policy} on ${policy.ownerId} = ${owner.id} where ${owner.id} = ${ownerId})`

export function parsePolicy(text: string): PolicyRow {
  const read = JSON.parse(text) as Omit<PolicyRow, 'updatedAt'> & { updatedAt: string }
  return { ...read, updatedAt: new Date(read.updatedAt) }
}

/** Without a row: view and control, version 0, since the owner is there. Throws NOT_FOUND when the owner is not. */
export async function readPolicy(tx: Tx, ownerId: string): Promise<PolicyRow> {
  const [row] = rowsOf<{ text: string | null }>(await tx.execute(sql`select ${policyTextOf(sql`${ownerId}`)} as text`))
  if (!row?.text) throw notFound('owner')
  return parsePolicy(row.text)
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
