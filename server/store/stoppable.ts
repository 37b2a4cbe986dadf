/** What of an owner's may be ended without being seen (D5): sessions at work and open decisions, with no word of what is said in them. */
import { and, asc, eq, inArray, isNull, or } from 'drizzle-orm'
import type { Tx } from '../db/database.ts'
import { command, host, session } from '../db/schema.ts'
import type { CommandRow } from './commands.ts'
import { listDecisions } from './decisions.ts'

export type Deniable = {
  id: string
  kind: 'PERMISSION' | 'QUESTION' | 'PLAN'
  epoch: number
  openedAt: Date
  /** The option that denies, as the agent calls it, for both are signed; null for a question, and where the agent offers none. */
  optionId: string | null
  optionName: string | null
  /** What became of the last answer of the device that asks. */
  said: Pick<CommandRow, 'key' | 'state'> | null
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

export async function findStoppable(tx: Tx, ownerId: string, deviceId: string): Promise<Stoppable[]> {
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
  const said = await lastSaid(tx, open, deviceId)
  return rows.map(({ state, ...row }) => ({
    ...{ ...row, ownerId, isWorking: state === 'WORKING' },
    decisions: open
      .filter(({ sessionId }) => sessionId === row.sessionId)
      .map((one) => deniable(one, said.get(`${one.sessionId}/${one.id}`) ?? null)),
  }))
}

/** By session and decision, of these alone: a session of days has had thousands. Without it a deny that its host refused would look like one on its way. */
async function lastSaid(
  tx: Tx,
  open: readonly { id: string; sessionId: string }[],
  deviceId: string,
): Promise<Map<string, Deniable['said']>> {
  if (open.length === 0) return new Map()
  const { sessionId, decisionId, key, state, number } = command
  const sessionIds = [...new Set(open.map((one) => one.sessionId))]
  const ids = open.map(({ id }) => id)
  const rows = await tx
    .select({ sessionId, decisionId, key, state })
    .from(command)
    .where(and(inArray(sessionId, sessionIds), inArray(decisionId, ids), eq(command.deviceId, deviceId)))
    .orderBy(asc(number))
  return new Map(rows.map((row) => [`${row.sessionId}/${row.decisionId}`, { key: row.key, state: row.state }]))
}

// Not the digest of what is asked: from a hash that nothing is mixed into, whoever may not look finds short words by trying them. A deny is good without it (D5).
function deniable(
  { id, kind, epoch, openedAt, asked }: Awaited<ReturnType<typeof listDecisions>>[number],
  said: Deniable['said'],
): Deniable {
  const rejecting = asked?.options.filter((option) => option.kind.startsWith('reject')) ?? []
  const option = rejecting.find((one) => one.kind === 'reject_once') ?? rejecting[0]
  return {
    id,
    kind,
    epoch,
    openedAt,
    optionId: option?.id ?? null,
    optionName: option?.name ?? null,
    said,
  }
}
