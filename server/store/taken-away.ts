/** Ends what devices have asked for and no host has fetched, when the right to ask is taken away (T3). What was fetched, the host reports. */
import { and, asc, eq, inArray, isNotNull, ne, type SQL, sql } from 'drizzle-orm'
import { instantNow } from '../db/clock.ts'
import type { Tx } from '../db/database.ts'
import { command, decision } from '../db/schema.ts'
import type { CommandRow } from './commands.ts'
import type { Refusal } from './delivery.ts'
import { type Rung, rungAtLeast } from './rung.ts'
import { hostTopic, ownerTopic, type Ring, sessionTopic } from './topic.ts'

/** Of one device. */
export const refuseDevicesCommands = (tx: Tx, ring: Ring, deviceId: string, refusal: Refusal): Promise<void> =>
  refuseQueued(tx, ring, eq(command.deviceId, deviceId), refusal)

/** Of one device that may do less from now on: what is queued carries the lower rung, and the host refuses what that does not allow. */
export async function lowerDevicesCommands(tx: Tx, deviceId: string, rung: Rung): Promise<void> {
  // Locked in the order in which everyone locks commands.
  const rows = await tx
    .select({ id: command.id, rung: command.rung })
    .from(command)
    .where(and(eq(command.deviceId, deviceId), eq(command.state, 'QUEUED')))
    .orderBy(asc(command.number))
    .for('update')
  const above = rows.filter((row) => row.rung !== null && !rungAtLeast(rung, row.rung)).map((row) => row.id)
  if (above.length > 0) await tx.update(command).set({ rung }).where(inArray(command.id, above))
}

/** Of all devices of an owner; what governs devices themselves goes on. */
export const refuseSteering = (tx: Tx, ring: Ring, ownerId: string, refusal: Refusal): Promise<void> =>
  refuseQueued(
    tx,
    ring,
    and(eq(command.ownerId, ownerId), isNotNull(command.deviceId), ne(command.kind, 'EndorseDevice')),
    refusal,
  )

async function refuseQueued(tx: Tx, ring: Ring, which: SQL | undefined, refusal: Refusal): Promise<void> {
  const rows = await tx
    .select()
    .from(command)
    .where(and(which, eq(command.state, 'QUEUED')))
    .orderBy(asc(command.number))
  for (const row of rows) await refuseOne(tx, ring, row, refusal)
}

async function refuseOne(tx: Tx, ring: Ring, row: CommandRow, refusal: Refusal): Promise<void> {
  const { sessionId, decisionId } = row
  const its = sessionId && decisionId ? and(eq(decision.sessionId, sessionId), eq(decision.id, decisionId)) : null
  // The decision before the command, as everyone locks them.
  if (its) await tx.select({ id: decision.id }).from(decision).where(its).for('update')
  const refused = await tx
    .update(command)
    .set({
      state: 'REFUSED',
      settledAt: sql`${instantNow}`,
      refusalCode: refusal.code,
      refusalMessage: refusal.message,
      refusalRule: refusal.rule,
      revision: sql`${command.revision} + 1`,
    })
    .where(and(eq(command.id, row.id), eq(command.state, 'QUEUED')))
    .returning({ id: command.id })
  if (refused.length === 0) return
  ring(hostTopic(row.hostId), ownerTopic(row.ownerId), ...(sessionId ? [sessionTopic(sessionId)] : []))
  if (!its) return
  await tx
    .update(decision)
    .set({ proposalId: null, revision: sql`${decision.revision} + 1` })
    .where(and(its, eq(decision.proposalId, row.id), eq(decision.state, 'OPEN')))
}
