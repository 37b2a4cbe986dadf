/** What a host must sign to be given a credential: single use, two minutes. Knows no key. */
import { and, eq, gt, isNull, lt, sql } from 'drizzle-orm'
import { instantIn, instantNow } from '../db/clock.ts'
import type { Tx } from '../db/database.ts'
import { challenge } from '../db/schema.ts'

const CHALLENGE_SECONDS = 120
/** Open challenges kept for one host; the oldest make way, so that asking for many locks nobody out. */
const MOST_PER_HOST = 1000

export async function addChallenge(tx: Tx, nonceHash: string, hostId: string): Promise<Date> {
  await tx.delete(challenge).where(lt(challenge.expiresAt, instantNow))
  await tx.delete(challenge).where(
    sql`${challenge.nonceHash} in (select nonce_hash from challenge where host_id = ${hostId}
      order by expires_at desc offset ${MOST_PER_HOST - 1})`,
  )
  const [row] = await tx
    .insert(challenge)
    .values({ nonceHash, hostId, expiresAt: instantIn(CHALLENGE_SECONDS) })
    .returning({ expiresAt: challenge.expiresAt })
  if (!row) throw new Error('the challenge was not stored')
  return row.expiresAt
}

/** True for the one call that uses it up: what is used, late, unknown or another host's changes no row. */
export async function useChallenge(tx: Tx, nonceHash: string, hostId: string): Promise<boolean> {
  const used = await tx
    .update(challenge)
    .set({ usedAt: instantNow })
    .where(
      and(
        eq(challenge.nonceHash, nonceHash),
        eq(challenge.hostId, hostId),
        isNull(challenge.usedAt),
        gt(challenge.expiresAt, instantNow),
      ),
    )
    .returning({ hostId: challenge.hostId })
  return used.length > 0
}
