/** Who has a say over whom, read from the store: the levels above each owner, outermost first (F1). Changes nothing. */
import type { Tx } from '../db/database.ts'
import { listMembers, listOrganisations } from '../store/organisations.ts'
import { type RemoteControl, readPolicies } from '../store/policies.ts'
import { roofsOf, standingDocuments } from '../store/policy-documents.ts'
import { firstDocument, type PolicyDocument, readDocument, saysOf } from './document.ts'
import { personLevel } from './effective.ts'
import { type Effective, type Level, resolve } from './resolve.ts'

/** A document that is not in force: tried in a dry run in place of the standing one. */
export type Tried = { scopeId: string; document: PolicyDocument }
export type Governed = {
  ownerId: string
  organisationId: string | null
  ownControl: RemoteControl
  effective: Effective
}

/** Whom a document of this scope concerns. */
export async function ownersUnder(tx: Tx, scopeId: string): Promise<string[]> {
  const organisations = scopeId.startsWith('ent_')
    ? await listOrganisations(tx, { enterpriseId: scopeId })
    : [{ id: scopeId }]
  const members = await listMembers(
    tx,
    organisations.map(({ id }) => id),
  )
  return members.map(({ ownerId }) => ownerId)
}

/**
 * What holds for each, or would hold with a tried document or another position of their own switches. `memberOf` says where each belongs; null is
 * nowhere.
 */
export async function resolveFor(
  tx: Tx,
  memberOf: ReadonlyMap<string, string | null>,
  { tried = null, ownControl }: { tried?: Tried | null; ownControl?: RemoteControl } = {},
): Promise<Governed[]> {
  const organisationIds = [...new Set([...memberOf.values()].filter((id) => id !== null))]
  const roofs = await roofsOf(tx, organisationIds)
  const scopeIds = [...roofs.values()].flatMap((roof) => [
    roof.organisation.id,
    ...(roof.enterprise ? [roof.enterprise.id] : []),
  ])
  const documents = await standingDocuments(tx, scopeIds)
  const switches = await readPolicies(tx, [...memberOf.keys()])
  const say = (kind: 'enterprise' | 'organisation', of: { id: string; name: string }): Level => {
    const kept = documents.get(of.id)
    const standing = kept ? readDocument(kept.document) : firstDocument(kind)
    const document = tried?.scopeId === of.id ? tried.document : standing
    return { level: kind, id: of.id, name: of.name, says: saysOf(document) }
  }
  const above = new Map(
    organisationIds.map((id) => {
      const roof = roofs.get(id)
      const levels: Level[] = []
      if (roof?.enterprise) levels.push(say('enterprise', roof.enterprise))
      if (roof) levels.push(say('organisation', roof.organisation))
      return [id, levels]
    }),
  )
  return [...memberOf].map(([ownerId, organisationId]) => {
    const own = ownControl ?? switches.get(ownerId)?.ownControl ?? 'VIEW_AND_CONTROL'
    const levels = organisationId === null ? [] : (above.get(organisationId) ?? [])
    return { ownerId, organisationId, ownControl: own, effective: resolve([...levels, personLevel(ownerId, own)]) }
  })
}
