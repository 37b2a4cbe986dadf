/** Policy documents as they are kept: every version, none changed. Knows not what one says. */
import { createHash } from 'node:crypto'
import { and, desc, eq, inArray, lt, sql } from 'drizzle-orm'
import type { Tx } from '../db/database.ts'
import { enterprise, organisation, policyDocument } from '../db/schema.ts'

export type DocumentRow = typeof policyDocument.$inferSelect

/** The version that stands; null before the first. */
export async function standingDocument(tx: Tx, scopeId: string): Promise<DocumentRow | null> {
  return (await standingDocuments(tx, [scopeId])).get(scopeId) ?? null
}

export async function standingDocuments(tx: Tx, scopeIds: readonly string[]): Promise<Map<string, DocumentRow>> {
  if (scopeIds.length === 0) return new Map()
  const rows = await tx
    .selectDistinctOn([policyDocument.scopeId])
    .from(policyDocument)
    .where(inArray(policyDocument.scopeId, [...scopeIds]))
    .orderBy(policyDocument.scopeId, desc(policyDocument.version))
  return new Map(rows.map((row) => [row.scopeId, row]))
}

export async function findDocument(tx: Tx, scopeId: string, version: number): Promise<DocumentRow | null> {
  const [row] = await tx
    .select()
    .from(policyDocument)
    .where(and(eq(policyDocument.scopeId, scopeId), eq(policyDocument.version, version)))
  return row ?? null
}

/** Newest first, strictly older than `before`. */
export const listDocuments = (
  tx: Tx,
  scopeId: string,
  page: { before?: number; limit: number },
): Promise<DocumentRow[]> =>
  tx
    .select()
    .from(policyDocument)
    .where(
      and(
        eq(policyDocument.scopeId, scopeId),
        page.before === undefined ? undefined : lt(policyDocument.version, page.before),
      ),
    )
    .orderBy(desc(policyDocument.version))
    .limit(page.limit)

/**
 * Serialises everything that changes what holds for people: documents, memberships, owners' switches. One lock for the whole database, for an
 * enterprise's document, an organisation's and a new member change the same rows; policies change a few times a day.
 */
export const lockPolicies = async (tx: Tx): Promise<void> =>
  void (await tx.execute(sql`select pg_advisory_xact_lock(760120, 1)`))

/** The next version. The caller holds `lockPolicies`. */
export async function addDocument(
  tx: Tx,
  added: { scopeId: string; document: string; note: string | null; createdBy: string },
): Promise<DocumentRow> {
  const before = await standingDocument(tx, added.scopeId)
  const [row] = await tx
    .insert(policyDocument)
    .values({
      ...added,
      version: (before?.version ?? 0) + 1,
      digest: createHash('sha256').update(added.document).digest('hex'),
    })
    .returning()
  if (!row) throw new Error('the policy document was not stored')
  return row
}

/** The organisation and the enterprise above each of these organisations. */
export async function roofsOf(tx: Tx, organisationIds: readonly string[]) {
  if (organisationIds.length === 0) return new Map()
  const rows = await tx
    .select({ organisation, enterprise })
    .from(organisation)
    .leftJoin(enterprise, eq(enterprise.id, organisation.enterpriseId))
    .where(inArray(organisation.id, [...organisationIds]))
  return new Map(rows.map((row) => [row.organisation.id, row]))
}
