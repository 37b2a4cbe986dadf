/** The handshake's rows (docs/protocol.md §6): every step is one conditional update, so it happens once. Knows no key and no rung's meaning. */
import { and, asc, eq, gt, inArray, lt, sql } from 'drizzle-orm'
import { instantIn, instantNow } from '../db/clock.ts'
import type { Tx } from '../db/database.ts'
import { pairing } from '../db/schema.ts'
import { notFound, type Refused, refuse } from './refused.ts'

export type PairingRow = typeof pairing.$inferSelect & { isLate: boolean }
export type StoredState = PairingRow['state']

/** A code lives this long; everything up to the confirmation must happen within. */
export const PAIRING_SECONDS = 300

const columns = {
  id: pairing.id,
  ownerId: pairing.ownerId,
  purpose: pairing.purpose,
  state: pairing.state,
  codeHash: pairing.codeHash,
  commitment: pairing.commitment,
  openerPublicKey: pairing.openerPublicKey,
  openerName: pairing.openerName,
  openerNonce: pairing.openerNonce,
  openerTokenHash: pairing.openerTokenHash,
  joinerPublicKey: pairing.joinerPublicKey,
  joinerName: pairing.joinerName,
  joinerNonce: pairing.joinerNonce,
  mac: pairing.mac,
  rung: pairing.rung,
  sessionId: pairing.sessionId,
  hostId: pairing.hostId,
  deviceId: pairing.deviceId,
  tokenHash: pairing.tokenHash,
  platform: pairing.platform,
  openerAddress: pairing.openerAddress,
  createdAt: pairing.createdAt,
  expiresAt: pairing.expiresAt,
  isLate: sql<boolean>`${pairing.expiresAt} <= clock_timestamp()`,
}

export async function addPairing(tx: Tx, opened: Omit<typeof pairing.$inferInsert, 'state' | 'expiresAt'>) {
  await tx.delete(pairing).where(lt(pairing.expiresAt, sql`clock_timestamp() - interval '1 day'`))
  const [row] = await tx
    .insert(pairing)
    .values({ ...opened, state: 'OPEN', expiresAt: instantIn(PAIRING_SECONDS) })
    .returning(columns)
  if (!row) throw new Error('the pairing was not stored')
  return row
}

export async function findPairing(tx: Tx, id: string): Promise<PairingRow | null> {
  const [row] = await tx.select(columns).from(pairing).where(eq(pairing.id, id))
  return row ?? null
}

export async function findPairingByCode(tx: Tx, codeHash: string): Promise<PairingRow | null> {
  const [row] = await tx.select(columns).from(pairing).where(eq(pairing.codeHash, codeHash))
  return row ?? null
}

/** Machines that somebody with this owner's device would let in, both codes shown: what a key press elsewhere may confirm. Oldest first. */
export async function revealedEnrolments(tx: Tx, ownerId: string): Promise<PairingRow[]> {
  const waits = [eq(pairing.purpose, 'ENROL_HOST'), eq(pairing.state, 'REVEALED'), gt(pairing.expiresAt, instantNow)]
  return tx
    .select(columns)
    .from(pairing)
    .where(and(eq(pairing.ownerId, ownerId), ...waits))
    .orderBy(asc(pairing.createdAt), asc(pairing.id))
}

/** Null when it is not open any more: of any number of claims at once, one changes the row. */
export async function claimRow(
  tx: Tx,
  codeHash: string,
  claim: { tokenHash: string | null; ownerId: string | null; deviceId: string | null },
): Promise<PairingRow | null> {
  const [row] = await tx
    .update(pairing)
    .set({
      state: 'CLAIMED',
      tokenHash: claim.tokenHash,
      deviceId: claim.deviceId,
      ownerId: sql`coalesce(${pairing.ownerId}, ${claim.ownerId})`,
    })
    .where(and(eq(pairing.codeHash, codeHash), eq(pairing.state, 'OPEN'), gt(pairing.expiresAt, instantNow)))
    .returning(columns)
  return row ?? null
}

/** Moves a pairing on by one step. Throws PAIRING_EXPIRED or PAIRING_STATE when it is not (any longer) where the step begins. */
export async function stepPairing(
  tx: Tx,
  id: string,
  from: readonly StoredState[],
  change: Partial<Omit<typeof pairing.$inferInsert, 'id' | 'state'>> & { state: StoredState },
): Promise<PairingRow> {
  const [row] = await tx
    .update(pairing)
    .set(change)
    .where(and(eq(pairing.id, id), inArray(pairing.state, [...from]), gt(pairing.expiresAt, instantNow)))
    .returning(columns)
  if (row) return row
  const stands = await findPairing(tx, id)
  if (!stands) throw notFound('pairing')
  throw stands.isLate && stands.state !== 'CONFIRMED' ? pairingExpired() : pairingState(stands.state, from)
}

export const pairingExpired = (): Refused =>
  refuse('PAIRING_EXPIRED', 'This code has expired; codes live for five minutes.', {
    rule: 'a pairing must be finished within five minutes',
    level: 'server',
    remedy: 'Ask the terminal for a new code.',
  })

export const pairingTaken = (): Refused =>
  refuse('PAIRING_TAKEN', 'This code has already been used. If that was not you, refuse it at the terminal.', {
    rule: 'a code works once',
    level: 'server',
    remedy: 'Ask the terminal for a new code.',
  })

const pairingState = (state: StoredState, from: readonly StoredState[]): Refused =>
  refuse('PAIRING_STATE', `The pairing is ${state}; this step begins at ${from.join(' or ')}.`, {
    rule: 'the steps of a pairing follow each other',
    level: 'server',
    remedy: 'Look at the pairing again, or begin a new one.',
  })
