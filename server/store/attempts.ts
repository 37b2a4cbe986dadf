/** Wrong tries, counted in the database so that limits hold over addresses, processes and restarts. Knows no code and no secret. */
import { and, count, desc, eq, gt, lt, type SQL, sql } from 'drizzle-orm'
import type { Tx } from '../db/database.ts'
import { attempt } from '../db/schema.ts'

export type AttemptLimit = { kind: string; perAddress: number; perServer: number; windowSeconds: number }

const within = (limit: AttemptLimit): SQL =>
  sql`clock_timestamp() - make_interval(secs => ${limit.windowSeconds}::float8)`

/** One guesser at a time until the transaction ends: without it a thousand guesses at once would all find the count low. */
export async function lockAttempts(tx: Tx, kind: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(760119, hashtext(${kind}))`)
}

/** Seconds until another try is allowed; null when one is allowed now. Call under `lockAttempts`. */
export async function attemptWait(tx: Tx, limit: AttemptLimit, address: string): Promise<number | null> {
  const recent = and(eq(attempt.kind, limit.kind), gt(attempt.at, within(limit)))
  const own = await waitFor(tx, and(recent, eq(attempt.address, address)), limit.perAddress, limit.windowSeconds)
  const all = await waitFor(tx, recent, limit.perServer, limit.windowSeconds)
  return own === null ? all : Math.max(own, all ?? 0)
}

async function waitFor(tx: Tx, which: SQL | undefined, most: number, windowSeconds: number): Promise<number | null> {
  const [counted] = await tx.select({ tries: count() }).from(attempt).where(which)
  if ((counted?.tries ?? 0) < most) return null
  // The one that must grow old before there is room again.
  const [blocking] = await tx
    .select({ age: sql`extract(epoch from clock_timestamp() - ${attempt.at})::float8`.mapWith(Number) })
    .from(attempt)
    .where(which)
    .orderBy(desc(attempt.at))
    .offset(most - 1)
    .limit(1)
  return Math.max(1, Math.ceil(windowSeconds - (blocking?.age ?? 0)))
}

export async function recordAttempt(tx: Tx, limit: AttemptLimit, address: string): Promise<void> {
  await tx.insert(attempt).values({ kind: limit.kind, address })
  await tx.delete(attempt).where(and(eq(attempt.kind, limit.kind), lt(attempt.at, within(limit))))
}
