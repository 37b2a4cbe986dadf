/** Sessions as rows: found, locked, listed, and the facts that need no host (C7). Knows no event's content. */
import { and, asc, desc, eq, inArray, isNotNull, isNull, sql } from 'drizzle-orm'
import { instantNow } from '../db/clock.ts'
import type { Tx } from '../db/database.ts'
import { madeOnce } from '../db/made-once.ts'
import { body, bodyChunk, command, decision, event, host, prompt, session } from '../db/schema.ts'
import { lockHost } from './commands.ts'
import { notFound, refuse } from './refused.ts'
import { hostTopic, ownerTopic, type Ring, sessionTopic } from './topic.ts'

export type SessionRow = typeof session.$inferSelect

const found = madeOnce((tx) => {
  const [id, ownerId] = [sql.placeholder('id'), sql.placeholder('ownerId')]
  const where = and(eq(session.id, id), eq(session.ownerId, ownerId), isNull(session.deletedAt))
  return tx.select().from(session).where(where).prepare('session_found')
})

/** Null for one that is not there, is another's, or was deleted. */
export async function findSession(tx: Tx, ownerId: string, id: string): Promise<SessionRow | null> {
  const [row] = await found(tx).execute({ id, ownerId })
  return row ?? null
}

/** Last numbers of those that are still there. */
export async function lastNumbers(tx: Tx, ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await tx
    .select({ id: session.id, lastSeq: session.lastSeq })
    .from(session)
    .where(
      and(
        sql`${session.id} in (select json_array_elements_text(${JSON.stringify(ids)}::json))`,
        isNull(session.deletedAt),
      ),
    )
  return new Map(rows.map((row) => [row.id, row.lastSeq]))
}

export async function findSessions(tx: Tx, ownerId: string, ids: string[]): Promise<SessionRow[]> {
  if (ids.length === 0) return []
  return tx
    .select()
    .from(session)
    .where(and(eq(session.ownerId, ownerId), inArray(session.id, ids), isNull(session.deletedAt)))
    .orderBy(desc(session.updatedAt), desc(session.id))
}

/**
 * The row under its lock, deleted or not. The lock order everywhere is session, host, decision, command. Not the stronger `for update`: that would
 * block the foreign keys of rows that others insert, and close a circle with those who hold a decision.
 */
export async function lockSession(tx: Tx, id: string): Promise<SessionRow | null> {
  const [row] = await tx.select().from(session).where(eq(session.id, id)).for('no key update')
  return row ?? null
}

/** Place of a session in a list: newest activity first. */
export type SessionCursor = { updatedAt: Date; id: string }
export type SessionFilter = { ownerId: string; hostId?: string | undefined; archived: boolean }

const listed = (filter: SessionFilter) =>
  and(
    eq(session.ownerId, filter.ownerId),
    filter.hostId === undefined ? undefined : eq(session.hostId, filter.hostId),
    filter.archived ? isNotNull(session.archivedAt) : isNull(session.archivedAt),
    isNull(session.deletedAt),
  )

/** One page in list order, strictly between the cursors. `backward` takes it from the end. */
export async function listSessions(
  tx: Tx,
  filter: SessionFilter,
  page: { after: SessionCursor | null; before: SessionCursor | null; limit: number; backward: boolean },
): Promise<SessionRow[]> {
  const place = (at: SessionCursor) => sql`(${at.updatedAt.toISOString()}::timestamptz, ${at.id}::text)`
  const rows = await tx
    .select()
    .from(session)
    .where(
      and(
        listed(filter),
        page.after ? sql`(${session.updatedAt}, ${session.id}) < ${place(page.after)}` : undefined,
        page.before ? sql`(${session.updatedAt}, ${session.id}) > ${place(page.before)}` : undefined,
      ),
    )
    .orderBy(
      page.backward ? asc(session.updatedAt) : desc(session.updatedAt),
      page.backward ? asc(session.id) : desc(session.id),
    )
    .limit(page.limit)
  return page.backward ? rows.reverse() : rows
}

/**
 * What a list subscription compares: id → a text that differs when a list would show something else. A running session's holds its
 * host's heartbeat too, so that "offline since" comes and goes (B4). At most `limit`, newest activity first.
 */
export async function sessionRevisions(tx: Tx, filter: SessionFilter, limit: number): Promise<Map<string, string>> {
  const rows = await tx
    .select({
      id: session.id,
      revision: session.revision,
      live: sql<string | null>`case when ${session.endedAt} is null then ${host.liveUntil}::text end`,
    })
    .from(session)
    .innerJoin(host, eq(host.id, session.hostId))
    .where(listed(filter))
    .orderBy(desc(session.updatedAt), desc(session.id))
    .limit(limit)
  return new Map(rows.map((row) => [row.id, `${row.revision} ${row.live ?? ''}`]))
}

/** Applies a change that a list shows. The caller holds nothing; returns null when the session is not there. */
async function change(
  tx: Tx,
  ring: Ring,
  where: { ownerId: string; id: string },
  values: Partial<typeof session.$inferInsert> | { archivedAt: ReturnType<typeof sql> | null },
): Promise<SessionRow> {
  const [row] = await tx
    .update(session)
    .set({ ...values, revision: sql`${session.revision} + 1` })
    .where(and(eq(session.id, where.id), eq(session.ownerId, where.ownerId), isNull(session.deletedAt)))
    .returning()
  if (!row) throw notFound('session')
  ring(ownerTopic(row.ownerId), sessionTopic(row.id))
  return row
}

/** A null name gives the derived title back. */
export const renameSession = (tx: Tx, ring: Ring, where: { ownerId: string; id: string }, name: string | null) =>
  change(tx, ring, where, { name })

/** Keeps the first instant when it is archived already. */
export const archiveSession = (tx: Tx, ring: Ring, where: { ownerId: string; id: string }, archived: boolean) =>
  change(tx, ring, where, { archivedAt: archived ? sql`coalesce(${session.archivedAt}, ${instantNow})` : null })

/**
 * Removes everything the session holds and leaves the marker: a host that publishes it again gets SESSION_DELETED, and a journal never refills
 * it (E5). Its commands go too: a host that settles one of them is told NOT_FOUND. Deleting again is harmless.
 */
export async function deleteSession(tx: Tx, ring: Ring, where: { ownerId: string; id: string }): Promise<void> {
  const row = await lockSession(tx, where.id)
  if (!row || row.ownerId !== where.ownerId) throw notFound('session')
  if (row.deletedAt) return
  await lockHost(tx, row.hostId)
  for (const table of [bodyChunk, body, event, prompt, decision, command])
    await tx.delete(table).where(eq(table.sessionId, row.id))
  const nothing = { name: null, agentTitle: null, promptTitle: null, stateDetail: null, endReason: null, branch: null }
  const pointers = { configuredSeq: null, modeSeq: null, planSeq: null, usageSeq: null, slashCommandsSeq: null }
  await tx
    .update(session)
    .set({
      ...nothing,
      ...pointers,
      repository: null,
      cwd: '',
      deletedAt: sql`${instantNow}`,
      revision: row.revision + 1,
    })
    .where(eq(session.id, row.id))
  ring(ownerTopic(row.ownerId), sessionTopic(row.id), hostTopic(row.hostId))
}

/** Throws unless the row is there, is this owner's and host's, and was not deleted. */
export function asPublished(row: SessionRow | null, by: { ownerId: string; hostId: string }): SessionRow {
  if (!row || row.ownerId !== by.ownerId || row.hostId !== by.hostId) throw notFound('session')
  if (row.deletedAt)
    throw refuse('SESSION_DELETED', 'This session was deleted on the server; its journal stays on this machine.', {
      rule: 'E5: a deleted session is never refilled',
      level: 'server',
    })
  return row
}
