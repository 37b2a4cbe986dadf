/** Policy documents: tried, applied, rolled back; people brought under one and let go (F1, F2). Knows no transport and no token. */
import type { Tx } from '../db/database.ts'
import { type NewEntry, noteAudit, SERVER_CHAIN } from '../store/audit.ts'
import {
  addMember,
  findEnterprise,
  findMember,
  findOrganisation,
  type MemberRow,
  removeMember,
} from '../store/organisations.ts'
import {
  addDocument,
  type DocumentRow,
  findDocument,
  lockPolicies,
  standingDocument,
} from '../store/policy-documents.ts'
import { notFound, refuse } from '../store/refused.ts'
import { countRunning, listRunning, lockSessionsOf, type RunningSession } from '../store/running.ts'
import { noteBroughtUnder } from '../store/scim.ts'
import { lockPerson } from '../store/sign-in-passkeys.ts'
import type { Ring } from '../store/topic.ts'
import { firstDocument, type PolicyDocument, parseDocument, readDocument, type ScopeKind } from './document.ts'
import { changesFor, enforce, type SettingChange } from './governing.ts'
import { ownersUnder, resolveFor, type Tried } from './standing-levels.ts'

/** Who does it: an admin's token, for now. */
export type Governor = { actor: string; name: string }

export const kindOf = (scopeId: string): ScopeKind => (scopeId.startsWith('ent_') ? 'enterprise' : 'organisation')

/** The name of an enterprise or an organisation. Throws NOT_FOUND. */
export async function scopeName(tx: Tx, scopeId: string): Promise<string> {
  const kind = kindOf(scopeId)
  const row = kind === 'enterprise' ? await findEnterprise(tx, scopeId) : await findOrganisation(tx, scopeId)
  if (!row) throw notFound(kind)
  return row.name
}

export type Standing = { scopeId: string; version: number; document: PolicyDocument; row: DocumentRow | null }

/** Version 0 is what holds before anyone has written a document. */
export async function standingPolicy(tx: Tx, scopeId: string): Promise<Standing> {
  await scopeName(tx, scopeId)
  const row = await standingDocument(tx, scopeId)
  const document = row ? readDocument(row.document) : firstDocument(kindOf(scopeId))
  return { scopeId, version: row?.version ?? 0, document, row }
}

export type DryRun = { changes: SettingChange[]; sessions: RunningSession[]; sessionCount: number }

const MOST_SESSIONS = 500

/** Who and which running sessions would change. Changes nothing. Throws BAD_INPUT. */
export async function dryRun(tx: Tx, scopeId: string, given: unknown): Promise<DryRun> {
  await scopeName(tx, scopeId)
  const document = parseDocument(kindOf(scopeId), given)
  const changes = await changesFor(tx, await governedUnder(tx, scopeId, { scopeId, document }))
  const changed = [...new Set(changes.map(({ ownerId }) => ownerId))]
  return {
    changes,
    sessions: await listRunning(tx, changed, MOST_SESSIONS),
    sessionCount: await countRunning(tx, changed),
  }
}

async function governedUnder(tx: Tx, scopeId: string, tried: Tried | null) {
  const memberOf = new Map<string, string | null>()
  for (const ownerId of await ownersUnder(tx, scopeId)) {
    memberOf.set(ownerId, (await findMember(tx, ownerId))?.organisationId ?? null)
  }
  return resolveFor(tx, memberOf, { tried })
}

/**
 * The next version, in force from the commit on. `expectedVersion` is the one the change was made from; null takes whatever stands (the kill switch).
 * Throws VERSION_CONFLICT, BAD_INPUT.
 */
export async function applyPolicy(
  tx: Tx,
  ring: Ring,
  by: Governor,
  asked: { scopeId: string; expectedVersion: number | null; document: unknown; note: string | null },
): Promise<Standing> {
  await lockPolicies(tx)
  const { scopeId, expectedVersion, note } = asked
  const before = await standingPolicy(tx, scopeId)
  if (expectedVersion !== null && expectedVersion !== before.version) {
    throw refuse('VERSION_CONFLICT', `Version ${before.version} stands, not ${expectedVersion}; nothing was changed.`, {
      rule: 'a policy is changed from the version that stands',
      level: 'server',
      remedy: 'Read the standing document, make your change to that, and apply it with its version.',
      numbers: { currentVersion: before.version },
    })
  }
  const document = parseDocument(kindOf(scopeId), asked.document)
  const text = JSON.stringify(document)
  const row = await addDocument(tx, { scopeId, document: text, note, createdBy: by.name })
  await enforce(tx, ring, await governedUnder(tx, scopeId, null), by.name)
  const line = `version ${row.version}: remoteControl ${document.remoteControl}; ${Object.keys(document).length} settings`
  await noteAudit(tx, {
    ...{ chain: chainOf(scopeId), ownerId: null, actor: by.actor, actorName: by.name, surface: 'ADMIN' },
    ...{ action: 'policy.apply', target: scopeId, outcome: 'DONE', whatDigest: row.digest, line },
  })
  return { scopeId, version: row.version, document, row }
}

/** What an organisation's admins may read is theirs; an enterprise's is the server's. */
export const chainOf = (scopeId: string): string => (scopeId.startsWith('org_') ? scopeId : SERVER_CHAIN)

/** Applies what stood as `version` anew. */
export async function rollBack(
  tx: Tx,
  ring: Ring,
  by: Governor,
  asked: { scopeId: string; version: number; expectedVersion: number },
): Promise<Standing> {
  const old = await findDocument(tx, asked.scopeId, asked.version)
  if (!old) throw notFound('policy version')
  const { scopeId, expectedVersion } = asked
  const note = `rolled back to version ${asked.version}`
  return applyPolicy(tx, ring, by, { scopeId, expectedVersion, document: readDocument(old.document), note })
}

/** Everything remote ends for everyone under the scope; the rest of the document stays as it was. */
export async function killSwitch(tx: Tx, ring: Ring, by: Governor, scopeId: string): Promise<Standing> {
  await lockPolicies(tx)
  const { document } = await standingPolicy(tx, scopeId)
  const off = { ...document, remoteControl: 'DISABLED' }
  return applyPolicy(tx, ring, by, { scopeId, expectedVersion: null, document: off, note: 'kill switch' })
}

/** From the commit on the organisation's policy holds for the person. */
export async function bringUnder(
  tx: Tx,
  ring: Ring,
  by: Governor,
  asked: { organisationId: string; ownerId: string },
): Promise<MemberRow> {
  await lockPolicies(tx)
  await lockAll(tx, asked.ownerId)
  await scopeName(tx, asked.organisationId)
  const row = await addMember(tx, { ...asked, addedBy: by.name })
  await noteBroughtUnder(tx, asked)
  await enforce(tx, ring, await resolveFor(tx, new Map([[asked.ownerId, asked.organisationId]])), by.name)
  await noteAudit(tx, memberEntry(by, asked, 'member.add'))
  return row
}

/** What they were given ends with it; their own switch stays. */
export async function letGo(
  tx: Tx,
  ring: Ring,
  by: Governor,
  asked: { organisationId: string; ownerId: string },
): Promise<void> {
  await lockPolicies(tx)
  // Before anything of theirs is locked: who is nobody, and whose members they are not, are one answer and as quick (F1).
  if ((await findMember(tx, asked.ownerId))?.organisationId !== asked.organisationId) throw notFound('member')
  await lockAll(tx, asked.ownerId)
  if (!(await removeMember(tx, asked))) throw notFound('member')
  await enforce(tx, ring, await resolveFor(tx, new Map([[asked.ownerId, null]])), by.name)
  await noteAudit(tx, memberEntry(by, asked, 'member.remove'))
}

// Whoever is moved is let go and brought under in one transaction: `enforce` locks hosts at the first, and a session that only the second touches would come after them.
async function lockAll(tx: Tx, ownerId: string): Promise<void> {
  await lockPerson(tx, ownerId)
  await lockSessionsOf(tx, ownerId)
}

const memberEntry = (by: Governor, of: { organisationId: string; ownerId: string }, action: string): NewEntry => ({
  ...{ chain: of.organisationId, ownerId: of.ownerId, actor: by.actor, actorName: by.name, surface: 'ADMIN' },
  ...{ action, target: of.ownerId, outcome: 'DONE', line: `${of.ownerId} in ${of.organisationId}` },
})
