/** The audit's entries: written with what they tell of, read back, sealed into a chain, removed by retention alone. Nothing here changes one (F5). */
import { and, asc, desc, eq, gt, gte, isNotNull, isNull, lt, lte, type SQL, sql } from 'drizzle-orm'
import { auditHash, GENESIS } from '../../protocol/audit.ts'
import type { Tx } from '../db/database.ts'
import { auditChain, auditEntry } from '../db/schema.ts'

export type AuditRow = typeof auditEntry.$inferSelect
/** One that has its place in a chain. */
export type SealedRow = AuditRow & { number: number; previous: string; hash: string }
export type Surface = 'TERMINAL' | 'DEVICE' | 'HOST' | 'ADMIN' | 'SERVER' | 'STRANGER'

export type NewEntry = {
  /** Left out: the chain of the owner's organisation, else the server's. */
  chain?: string
  ownerId: string | null
  actor: string
  actorName: string
  surface: Surface
  action: string
  target?: string | null
  proof?: string
  outcome: 'DONE' | 'REFUSED'
  code?: string | null
  rule?: string | null
  whatDigest?: string | null
  /** No content: kinds, ids, names of settings. */
  line: string
}

/** The chain of what concerns nobody's organisation. */
export const SERVER_CHAIN = 'server'

const MAX_LINE_CHARS = 500

/** In the transaction of what it tells of, so that there is not the one without the other. */
export async function noteAudit(tx: Tx, { chain, line, ...entry }: NewEntry): Promise<void> {
  // An empty chain is filled in by the table's trigger, which knows where the owner belongs.
  await tx.insert(auditEntry).values({ ...entry, chain: chain ?? '', line: line.slice(0, MAX_LINE_CHARS) })
}

const SEAL_AT_ONCE = 500

/**
 * Gives the oldest entries without one a number, and binds each to the one before it. True when there may be more. Entries are chained in the
 * order in which they are found, so a transaction that commits late is chained late; nobody who writes ever waits for the chain's lock.
 */
export async function sealAudit(tx: Tx): Promise<boolean> {
  const rows = await tx
    .select()
    .from(auditEntry)
    .where(isNull(auditEntry.hash))
    .orderBy(asc(auditEntry.id))
    .limit(SEAL_AT_ONCE)
  for (const chain of [...new Set(rows.map((row) => row.chain))].sort()) {
    await tx.insert(auditChain).values({ id: chain, lastHash: GENESIS }).onConflictDoNothing()
    const [head] = await tx.select().from(auditChain).where(eq(auditChain.id, chain)).for('update')
    if (!head) throw new Error('an audit chain is gone')
    let [number, previous] = [head.lastNumber, head.lastHash]
    for (const row of rows.filter((one) => one.chain === chain)) {
      const hash = await auditHash(previous, auditFields({ ...row, number: number + 1 }))
      // Another process may have sealed it while we waited for the chain.
      const sealed = await tx
        .update(auditEntry)
        .set({ number: number + 1, previous, hash })
        .where(and(eq(auditEntry.id, row.id), isNull(auditEntry.hash)))
        .returning({ id: auditEntry.id })
      if (sealed.length === 0) continue
      number += 1
      previous = hash
    }
    await tx.update(auditChain).set({ lastNumber: number, lastHash: previous }).where(eq(auditChain.id, chain))
  }
  return rows.length === SEAL_AT_ONCE
}

/** What the hash is over, as it is exported. */
export const auditFields = (row: AuditRow & { number: number }) => ({
  chain: row.chain,
  number: row.number,
  at: row.at.toISOString(),
  ownerId: row.ownerId,
  actor: row.actor,
  actorName: row.actorName,
  surface: row.surface,
  action: row.action,
  target: row.target,
  proof: row.proof,
  outcome: row.outcome,
  code: row.code,
  rule: row.rule,
  whatDigest: row.whatDigest,
  line: row.line,
})

export type AuditFilter = {
  chain?: string
  ownerId?: string
  action?: string
  actor?: string
  outcome?: string
  since?: Date
  until?: Date
}

const within = (filter: AuditFilter): SQL | undefined =>
  and(
    isNotNull(auditEntry.hash),
    filter.chain === undefined ? undefined : eq(auditEntry.chain, filter.chain),
    filter.ownerId === undefined ? undefined : eq(auditEntry.ownerId, filter.ownerId),
    filter.action === undefined ? undefined : eq(auditEntry.action, filter.action),
    filter.actor === undefined ? undefined : eq(auditEntry.actor, filter.actor),
    filter.outcome === undefined ? undefined : eq(auditEntry.outcome, filter.outcome),
    filter.since === undefined ? undefined : gte(auditEntry.at, filter.since),
    filter.until === undefined ? undefined : lt(auditEntry.at, filter.until),
  )

/** Sealed entries, newest first, strictly between the ids. `backward` takes the page from the oldest end. */
export async function listAudit(
  tx: Tx,
  filter: AuditFilter,
  page: { after: number | null; before: number | null; limit: number; backward: boolean },
): Promise<SealedRow[]> {
  const rows = await tx
    .select()
    .from(auditEntry)
    .where(
      and(
        within(filter),
        page.after === null ? undefined : lt(auditEntry.id, page.after),
        page.before === null ? undefined : gt(auditEntry.id, page.before),
      ),
    )
    .orderBy(page.backward ? asc(auditEntry.id) : desc(auditEntry.id))
    .limit(page.limit)
  return sealedOnly(page.backward ? rows.reverse() : rows)
}

/** A chain in its order, from past `after` on. */
export const readChain = async (tx: Tx, chain: string, after: number, limit: number): Promise<SealedRow[]> =>
  sealedOnly(
    await tx
      .select()
      .from(auditEntry)
      .where(and(eq(auditEntry.chain, chain), gt(auditEntry.number, after)))
      .orderBy(asc(auditEntry.number))
      .limit(limit),
  )

const sealedOnly = (rows: AuditRow[]): SealedRow[] =>
  rows.flatMap((row) => (row.number !== null && row.previous && row.hash ? [row as SealedRow] : []))

export type ChainRow = typeof auditChain.$inferSelect

export async function findChain(tx: Tx, id: string): Promise<ChainRow> {
  const [row] = await tx.select().from(auditChain).where(eq(auditChain.id, id))
  return row ?? { id, firstNumber: 1, lastNumber: 0, lastHash: GENESIS }
}

/**
 * Removes at most `limit` entries from the beginning of a chain, none of them younger than `until`; what is left still verifies, from the first
 * number on. Returns how many. The triggers let it through for this transaction alone, and not at all under a legal hold.
 */
export async function removeAudit(tx: Tx, chain: string, until: SQL<Date>, limit: number): Promise<number> {
  const [head] = await tx.select().from(auditChain).where(eq(auditChain.id, chain)).for('update')
  if (!head) return 0
  const [kept] = await tx
    .select({ number: auditEntry.number })
    .from(auditEntry)
    .where(and(eq(auditEntry.chain, chain), isNotNull(auditEntry.number), sql`${auditEntry.at} >= ${until}`))
    .orderBy(asc(auditEntry.number))
    .limit(1)
  const upTo = Math.min(kept?.number ?? head.lastNumber + 1, head.firstNumber + limit) - 1
  if (upTo < head.firstNumber) return 0
  await tx.execute(sql`select set_config('offdesk.audit_retention', 'on', true)`)
  await tx.delete(auditEntry).where(and(eq(auditEntry.chain, chain), lte(auditEntry.number, upTo)))
  await tx.execute(sql`select set_config('offdesk.audit_retention', '', true)`)
  await tx
    .update(auditChain)
    .set({ firstNumber: upTo + 1 })
    .where(eq(auditChain.id, chain))
  return upTo + 1 - head.firstNumber
}
