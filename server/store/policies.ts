/** What an owner allows remotely. Knows no principal: who may do what is policy/'s. */
import { type Column, inArray, type SQL, sql } from 'drizzle-orm'
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

/** What bounds them besides, likewise. */
export const boundsTextOf = (ownerId: Owned): SQL<string | null> =>
  sql<string | null>`(select ${policy.bounds} from ${policy} where ${policy.ownerId} = ${ownerId})`

/** True when nobody but the owner says what is allowed: then the level is all there is. */
export const isFree = (ownerId: Owned): SQL<boolean> =>
  sql<boolean>`not exists (select 1 from ${policy} where ${policy.ownerId} = ${ownerId} and (${policy.bounds} is not null or ${policy.settings} is not null))`

/** A short text that differs when `readPolicy` would say something else. */
export const policyMarkOf = (ownerId: Owned): SQL<string> =>
  sql<string>`coalesce((select ${policy.version} from ${policy} where ${policy.ownerId} = ${ownerId}), 0)::text`

/** All of it as a text for `parsePolicy`; null when the owner is not there. */
export const policyTextOf = (ownerId: Owned): SQL<string | null> =>
  sql<
    string | null
  >`(select json_build_object('ownerId', ${owner.id}, 'remoteControl', coalesce(${policy.remoteControl}, 'VIEW_AND_CONTROL'),
    'version', coalesce(${policy.version}, 0), 'ownControl', coalesce(${policy.ownControl}, 'VIEW_AND_CONTROL'), 'bounds', ${policy.bounds}, 'settings', ${policy.settings},
    'updatedAt', coalesce(${policy.updatedAt}, ${owner.createdAt}), 'updatedBy', ${policy.updatedBy})::text
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

/** Rows that are there; who has none is free. */
export async function readPolicies(tx: Tx, ownerIds: readonly string[]): Promise<Map<string, PolicyRow>> {
  if (ownerIds.length === 0) return new Map()
  const rows = await tx
    .select()
    .from(policy)
    .where(inArray(policy.ownerId, [...ownerIds]))
  return new Map(rows.map((row) => [row.ownerId, row]))
}

/** What is worked out of all levels, and the owner's own switch in it. */
export type Resolved = Pick<PolicyRow, 'remoteControl' | 'ownControl' | 'bounds' | 'settings'>

/** Writing what stands changes nothing, not even the version. */
export async function writePolicy(tx: Tx, ownerId: string, next: Resolved, updatedBy: string): Promise<PolicyRow> {
  const before = await readPolicy(tx, ownerId)
  const names = ['remoteControl', 'ownControl', 'bounds', 'settings'] as const
  if (names.every((name) => before[name] === next[name])) return before
  const set = { ...next, updatedBy, updatedAt: instantNow }
  const [row] = await tx
    .insert(policy)
    .values({ ownerId, ...set })
    .onConflictDoUpdate({ target: policy.ownerId, set: { ...set, version: sql`${policy.version} + 1` } })
    .returning()
  if (!row) throw new Error('the policy was not stored')
  return row
}
