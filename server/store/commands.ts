/** Commands as rows: made once per key, numbered per host, found and listed (C1, C2). Knows no content of one. */
import { and, asc, desc, eq, gt, inArray, isNull, lt, or, sql } from 'drizzle-orm'
import { instantIn, instantNow } from '../db/clock.ts'
import type { Tx } from '../db/database.ts'
import { command, host } from '../db/schema.ts'
import type { Rung } from '../policy/rung.ts'
import { idOfKey } from './ids.ts'
import { encodePayload } from './payload.ts'
import { notFound, refuse } from './refused.ts'
import { hostTopic, type Ring, sessionTopic } from './topic.ts'

export type CommandRow = typeof command.$inferSelect
export type CommandState = CommandRow['state']

export type NewCommand = {
  ownerId: string
  hostId: string
  sessionId: string | null
  /** Null when the server itself is the cause; then `sender` says what did. */
  device: { id: string; name: string; rung: Rung } | null
  sender?: string
  key: string
  kind: string
  value: unknown
  proof: string | null
  /** Null never expires. */
  expiresInSeconds: number | null
  decisionId?: string | null
  /** Denies or cancels: it may take the place of an approve (D2). */
  isDeny?: boolean
  /** Settled at birth: an answer that came too late. */
  superseded?: boolean
}

/** Serialises everything that numbers commands of one host, or takes away the right to give them; take it before any decision's lock. */
export async function lockHost(tx: Tx, hostId: string): Promise<void> {
  // Written and not only locked: who has waited for the row finds another version of it, and looks again at what it went by (`queueCommand`).
  const same = { nextCommandNumber: sql`${host.nextCommandNumber}` }
  const rows = await tx.update(host).set(same).where(eq(host.id, hostId)).returning({ id: host.id })
  if (rows.length === 0) throw notFound('host')
}

/** The row that this key made before, whatever its state. Throws BAD_INPUT when the key was used for something else. */
export async function sentBefore(tx: Tx, wanted: NewCommand): Promise<CommandRow | null> {
  const [row] = await tx
    .select()
    .from(command)
    .where(and(eq(command.sender, senderOf(wanted)), eq(command.key, wanted.key)))
  if (!row) return null
  if (row.kind !== wanted.kind || row.sessionId !== wanted.sessionId || row.hostId !== wanted.hostId) throw keyUsed()
  return row
}

/** Makes the command, or returns the one that this sender's key made before (C1). */
export async function createCommand(tx: Tx, ring: Ring, wanted: NewCommand): Promise<CommandRow> {
  await lockHost(tx, wanted.hostId)
  return (await sentBefore(tx, wanted)) ?? addCommand(tx, ring, wanted)
}

/** Makes it. For whoever holds the host's lock and has found that its key is new: while the lock is held everybody else who commands that host waits. */
export async function addCommand(tx: Tx, ring: Ring, wanted: NewCommand): Promise<CommandRow> {
  const numbered = tx.$with('numbered').as(
    tx
      .update(host)
      .set({ nextCommandNumber: sql`${host.nextCommandNumber} + 1` })
      .where(eq(host.id, wanted.hostId))
      .returning({ next: host.nextCommandNumber }),
  )
  const [row] = await tx
    .with(numbered)
    .insert(command)
    .values({
      id: idOfKey('cmd', senderOf(wanted), wanted.key),
      ownerId: wanted.ownerId,
      hostId: wanted.hostId,
      number: sql`(select ${numbered.next} - 1 from ${numbered})`,
      sessionId: wanted.sessionId,
      sender: senderOf(wanted),
      deviceId: wanted.device?.id ?? null,
      deviceName: wanted.device?.name ?? null,
      rung: wanted.device?.rung ?? null,
      key: wanted.key,
      proof: wanted.proof,
      kind: wanted.kind,
      payload: encodePayload(wanted.value),
      decisionId: wanted.decisionId ?? null,
      isDeny: wanted.isDeny ?? false,
      state: wanted.superseded ? 'SUPERSEDED' : 'QUEUED',
      settledAt: wanted.superseded ? sql`clock_timestamp()` : null,
      expiresAt: wanted.expiresInSeconds === null ? null : sql`${instantIn(wanted.expiresInSeconds)}`,
    })
    .onConflictDoNothing()
    .returning()
  // Only the same key sent to another host at the same time gets here; throwing gives the number back.
  if (!row) throw keyUsed()
  ring(hostTopic(row.hostId))
  if (row.sessionId) ring(sessionTopic(row.sessionId))
  return row
}

/** How many of that kind from that device still wait for the host. */
export async function countWaiting(
  tx: Tx,
  of: { hostId: string; deviceId: string; kind: NewCommand['kind'] },
): Promise<number> {
  return tx.$count(
    command,
    and(
      ...[eq(command.hostId, of.hostId), eq(command.deviceId, of.deviceId), eq(command.kind, of.kind)],
      ...[isNull(command.settledAt), or(isNull(command.expiresAt), gt(command.expiresAt, instantNow))],
    ),
  )
}

const senderOf = (wanted: NewCommand): string => wanted.device?.id ?? wanted.sender ?? 'server'

const keyUsed = () => refuse('BAD_INPUT', 'This key was used for another command. Make a new one for each.')

export async function findCommand(tx: Tx, ownerId: string, id: string): Promise<CommandRow | null> {
  const [row] = await tx
    .select()
    .from(command)
    .where(and(eq(command.id, id), eq(command.ownerId, ownerId)))
  return row ?? null
}

/** In the order of their making. */
export async function findCommands(tx: Tx, ids: string[]): Promise<CommandRow[]> {
  if (ids.length === 0) return []
  return tx.select().from(command).where(inArray(command.id, ids)).orderBy(asc(command.number))
}

/** One page of a session's commands in the order of their making, strictly between the numbers. `backward` takes it from the end. */
export async function listCommands(
  tx: Tx,
  sessionId: string,
  page: { after: number | null; before: number | null; limit: number; backward: boolean },
): Promise<CommandRow[]> {
  const rows = await tx
    .select()
    .from(command)
    .where(
      and(
        eq(command.sessionId, sessionId),
        page.after === null ? undefined : gt(command.number, page.after),
        page.before === null ? undefined : lt(command.number, page.before),
      ),
    )
    .orderBy(page.backward ? desc(command.number) : asc(command.number))
    .limit(page.limit)
  return page.backward ? rows.reverse() : rows
}

/** What a subscription compares: every unsettled command of the session and its newest `limit`. */
export async function commandRevisions(tx: Tx, sessionId: string, limit: number): Promise<Map<string, string>> {
  const newest = tx
    .select({ id: command.id })
    .from(command)
    .where(eq(command.sessionId, sessionId))
    .orderBy(desc(command.number))
    .limit(limit)
  const rows = await tx
    .select({ id: command.id, revision: command.revision })
    .from(command)
    .where(
      and(
        eq(command.sessionId, sessionId),
        or(inArray(command.state, ['QUEUED', 'DELIVERED']), inArray(command.id, newest)),
      ),
    )
  return new Map(rows.map((row) => [row.id, String(row.revision)]))
}
