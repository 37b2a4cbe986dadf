/** Webhooks that are sent a chain: where each stands, and which process sends now (F5). Knows no transport. */
import { and, asc, eq, isNull, lt, or, sql } from 'drizzle-orm'
import { instantIn, instantNow } from '../db/clock.ts'
import type { Tx } from '../db/database.ts'
import { auditChain, auditSink } from '../db/schema.ts'
import { mintId } from './ids.ts'
import { notFound } from './refused.ts'

export type SinkRow = typeof auditSink.$inferSelect

export async function addSink(tx: Tx, added: { chain: string; url: string; createdBy: string }): Promise<SinkRow> {
  const [row] = await tx
    .insert(auditSink)
    .values({ id: mintId('snk'), ...added })
    .returning()
  if (!row) throw new Error('the webhook was not stored')
  return row
}

export const listSinks = (tx: Tx, chain: string): Promise<SinkRow[]> =>
  tx.select().from(auditSink).where(eq(auditSink.chain, chain)).orderBy(asc(auditSink.createdAt), asc(auditSink.id))

export async function findSink(tx: Tx, id: string): Promise<SinkRow> {
  const [row] = await tx.select().from(auditSink).where(eq(auditSink.id, id))
  if (!row) throw notFound('webhook')
  return row
}

/** Throws NOT_FOUND for all but the one call that removes it. */
export async function removeSink(tx: Tx, id: string): Promise<void> {
  const removed = await tx.delete(auditSink).where(eq(auditSink.id, id)).returning({ id: auditSink.id })
  if (removed.length === 0) throw notFound('webhook')
}

/** One that has something to be sent, for this process alone until the lease ends; null when there is none. */
export async function leaseSink(tx: Tx, seconds: number): Promise<SinkRow | null> {
  const [due] = await tx
    .select({ id: auditSink.id })
    .from(auditSink)
    .innerJoin(auditChain, eq(auditChain.id, auditSink.chain))
    .where(
      and(
        lt(auditSink.sentNumber, auditChain.lastNumber),
        or(isNull(auditSink.leasedUntil), lt(auditSink.leasedUntil, instantNow)),
      ),
    )
    .orderBy(asc(auditSink.id))
    .limit(1)
    .for('update', { of: auditSink, skipLocked: true })
  if (!due) return null
  const [row] = await tx
    .update(auditSink)
    .set({ leasedUntil: instantIn(seconds) })
    .where(eq(auditSink.id, due.id))
    .returning()
  return row ?? null
}

/** It has taken everything up to `number`. */
export const noteSent = async (tx: Tx, id: string, number: number): Promise<void> =>
  void (await tx
    .update(auditSink)
    .set({ sentNumber: number, leasedUntil: null, failures: 0, lastError: null })
    .where(eq(auditSink.id, id)))

/** It has not; it is tried again after a pause that doubles with each failure, up to ten minutes. */
export const noteUnsent = async (tx: Tx, id: string, error: string): Promise<void> =>
  void (await tx
    .update(auditSink)
    .set({
      failures: sql`${auditSink.failures} + 1`,
      lastError: error.slice(0, 500),
      leasedUntil: sql`clock_timestamp() + make_interval(secs => least(600, 2 ^ least(${auditSink.failures}, 9)))`,
    })
    .where(eq(auditSink.id, id)))
