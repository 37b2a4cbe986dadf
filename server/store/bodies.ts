/** Large contents, addressed by their SHA-256 inside one session, in chunks, whole before anything refers to them (E6). */
import { createHash } from 'node:crypto'
import { and, asc, eq, gt, inArray, isNotNull, lt, sql } from 'drizzle-orm'
import { instantNow } from '../db/clock.ts'
import type { Tx } from '../db/database.ts'
import { body, bodyChunk } from '../db/schema.ts'
import { refuse } from './refused.ts'

export type BodyRow = typeof body.$inferSelect
export type Chunk = {
  sessionId: string
  digest: string
  mediaType: string
  size: number
  offset: number
  bytes: Uint8Array
}
export type Stored = { digest: string; receivedBytes: number; complete: boolean; mismatch: boolean }

/**
 * Takes one chunk. A chunk that is there is acknowledged; one beyond what is there is left out, and `receivedBytes` says where to go on. With
 * the last one the whole is hashed; `mismatch` then means that all of it was dropped: refuse after the commit, or the drop is undone.
 */
export async function putChunk(tx: Tx, chunk: Chunk): Promise<Stored> {
  const { sessionId, digest, mediaType, size, offset, bytes } = chunk
  const its = and(eq(body.sessionId, sessionId), eq(body.digest, digest))
  await tx.insert(body).values({ sessionId, digest, mediaType, size }).onConflictDoNothing()
  const [row] = await tx.select().from(body).where(its).for('no key update')
  if (!row) throw new Error('a body row vanished under its transaction')
  if (row.completedAt) return { digest, receivedBytes: row.size, complete: true, mismatch: false }
  if (row.size !== size) throw refuse('BAD_INPUT', `This content was begun with ${row.size} bytes, not ${size}.`)
  if (offset + bytes.length > size) throw refuse('BAD_INPUT', 'The chunk reaches beyond the size of its content.')
  const end = offset + bytes.length
  if (offset > row.receivedBytes || (end <= row.receivedBytes && size > 0))
    return { digest, receivedBytes: row.receivedBytes, complete: false, mismatch: false }
  // Only what is new of it: the piece before may have been cut elsewhere.
  const fresh = bytes.subarray(row.receivedBytes - offset)
  if (fresh.length > 0) await tx.insert(bodyChunk).values({ sessionId, digest, start: row.receivedBytes, bytes: fresh })
  await tx.update(body).set({ receivedBytes: end }).where(its)
  if (end < size) return { digest, receivedBytes: end, complete: false, mismatch: false }
  if ((await digestOf(tx, sessionId, digest)) !== digest) {
    await tx.delete(bodyChunk).where(and(eq(bodyChunk.sessionId, sessionId), eq(bodyChunk.digest, digest)))
    await tx.delete(body).where(its)
    return { digest, receivedBytes: 0, complete: false, mismatch: true }
  }
  await tx
    .update(body)
    .set({ completedAt: sql`${instantNow}` })
    .where(its)
  return { digest, receivedBytes: size, complete: true, mismatch: false }
}

// Chunk by chunk, so that 32 MiB are never in memory at once.
async function digestOf(tx: Tx, sessionId: string, digest: string): Promise<string> {
  const hash = createHash('sha256')
  for (let at = -1; ; ) {
    const [chunk] = await tx
      .select()
      .from(bodyChunk)
      .where(and(eq(bodyChunk.sessionId, sessionId), eq(bodyChunk.digest, digest), gt(bodyChunk.start, at)))
      .orderBy(asc(bodyChunk.start))
      .limit(1)
    if (!chunk) return hash.digest('hex')
    hash.update(chunk.bytes)
    at = chunk.start
  }
}

/** Null until it is whole. */
export async function findBody(tx: Tx, sessionId: string, digest: string): Promise<BodyRow | null> {
  const [row] = await tx
    .select()
    .from(body)
    .where(and(eq(body.sessionId, sessionId), eq(body.digest, digest)))
  return row?.completedAt ? row : null
}

/** Bytes from `offset`, at most `length`; fewer at the end. */
export async function readBody(
  tx: Tx,
  of: { sessionId: string; digest: string },
  offset: number,
  length: number,
): Promise<Uint8Array> {
  const rows = await tx
    .select()
    .from(bodyChunk)
    .where(
      and(
        eq(bodyChunk.sessionId, of.sessionId),
        eq(bodyChunk.digest, of.digest),
        lt(bodyChunk.start, offset + length),
        sql`${bodyChunk.start} + length(${bodyChunk.bytes}) > ${offset}`,
      ),
    )
    .orderBy(asc(bodyChunk.start))
  const parts = rows.map((row) => row.bytes.subarray(Math.max(0, offset - row.start), offset + length - row.start))
  return Buffer.concat(parts)
}

/** Throws BODY_MISSING for the first that is not stored whole (E6). */
export async function requireBodies(tx: Tx, sessionId: string, wanted: string[]): Promise<void> {
  const digests = [...new Set(wanted)]
  if (digests.length === 0) return
  const rows = await tx
    .select({ digest: body.digest })
    .from(body)
    .where(and(eq(body.sessionId, sessionId), inArray(body.digest, digests), isNotNull(body.completedAt)))
  const complete = new Set(rows.map((row) => row.digest))
  const digest = digests.find((one) => !complete.has(one))
  if (digest)
    throw refuse('BODY_MISSING', `The content ${digest} is referred to but not stored whole yet. Put it first.`, {
      rule: 'E6: a body is durable before anything refers to it',
      level: 'session',
      numbers: { digest },
    })
}
