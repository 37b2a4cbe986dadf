/** What of an owner's may be ended without being seen (D5): sessions at work and open decisions, with no word of what is said in them. */
import { and, asc, eq, inArray, isNull, or } from 'drizzle-orm'
import type { Tx } from '../db/database.ts'
import { host, session } from '../db/schema.ts'
import { listDecisions } from './decisions.ts'

export type Deniable = {
  id: string
  kind: 'PERMISSION' | 'QUESTION' | 'PLAN'
  epoch: number
  evidenceDigest: string
  openedAt: Date
  /** The option that denies, as the agent calls it, for both are signed; null for a question, and where the agent offers none. */
  optionId: string | null
  optionName: string | null
}

export type Stoppable = {
  ownerId: string
  sessionId: string
  hostId: string
  hostName: string
  isWorking: boolean
  decisions: Deniable[]
}

/** Whoever has more at work than this looks at it otherwise. */
const MOST = 100

export async function findStoppable(tx: Tx, ownerId: string): Promise<Stoppable[]> {
  const page = { after: null, before: null, limit: MOST, backward: false }
  const open = await listDecisions(tx, { ownerId, state: 'OPEN' }, page)
  const ids = [...new Set(open.map(({ sessionId }) => sessionId))]
  const rows = await tx
    .select({
      ...{ sessionId: session.id, hostId: session.hostId, hostName: host.name },
      state: session.state,
    })
    .from(session)
    .innerJoin(host, eq(host.id, session.hostId))
    .where(
      and(
        ...[eq(session.ownerId, ownerId), isNull(session.deletedAt), isNull(session.endedAt)],
        or(eq(session.state, 'WORKING'), inArray(session.id, ids)),
      ),
    )
    .orderBy(asc(session.id))
    .limit(MOST)
  return rows.map(({ state, ...row }) => ({
    ...{ ...row, ownerId, isWorking: state === 'WORKING' },
    decisions: open.filter(({ sessionId }) => sessionId === row.sessionId).map(deniable),
  }))
}

function deniable({ id, kind, epoch, openedAt, asked }: Awaited<ReturnType<typeof listDecisions>>[number]): Deniable {
  const rejecting = asked?.options.filter((option) => option.kind.startsWith('reject')) ?? []
  const option = rejecting.find((one) => one.kind === 'reject_once') ?? rejecting[0]
  const digest = asked?.evidenceDigest ?? '0'.repeat(64)
  return {
    id,
    kind,
    epoch,
    openedAt,
    evidenceDigest: digest,
    optionId: option?.id ?? null,
    optionName: option?.name ?? null,
  }
}
