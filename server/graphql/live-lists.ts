/** The lists of one owner as they change: a snapshot first, then what differs (L6). */
import { databaseNow } from '../db/clock.ts'
import { createDifferences } from '../live/differences.ts'
import { type Decision as DecisionValue, decisionRevisions, findDecisions } from '../store/decisions.ts'
import { maxPageSize } from '../store/limits.ts'
import { type PolicyRow, readPolicy } from '../store/policies.ts'
import { findSessions, type SessionRow, sessionRevisions } from '../store/sessions.ts'
import { ownerTopic, trustTopic } from '../store/topic.ts'
import { builder } from './builder.ts'
import type { Context } from './context.ts'
import { Policy } from './policy.ts'
import { Decision, Session } from './session-ref.ts'
import { mayList, sessionFilter } from './sessions.ts'
import { delivered, stream } from './streams.ts'

type SessionsChangeShape = {
  isSnapshot: boolean
  sessions: SessionRow[]
  removedIds: string[]
  policy: PolicyRow
  now: Date
}

const SessionsChange = builder.objectRef<SessionsChangeShape>('SessionsChange').implement({
  description: 'The first one is a snapshot (isSnapshot), later ones carry what changed.',
  authScopes: ({ policy }) => ({ owner: policy.ownerId }),
  fields: (t) => ({
    isSnapshot: t.exposeBoolean('isSnapshot'),
    sessions: t.expose('sessions', { type: [Session] }),
    removedIds: t.exposeIDList('removedIds'),
    policy: t.expose('policy', { type: Policy }),
    now: t.expose('now', { type: 'DateTime' }),
  }),
})

/** Under OFF a device's lists are empty and stay open, so that they fill again when the policy does. */
function followSessions(context: Context) {
  const filter = sessionFilter(context, false)
  const { ownerId } = filter
  const differences = createDifferences()
  let version: number | null = null
  const read = async (): Promise<SessionsChangeShape | null> => {
    const seen = await mayList(context)
    return context.database.read(async (tx) => {
      const policy = await readPolicy(tx, ownerId)
      const revisions = seen ? await sessionRevisions(tx, filter, maxPageSize) : new Map<string, string>()
      const { changed, removed } = differences.look(revisions)
      const isSnapshot = version === null
      if (!isSnapshot && changed.length + removed.length === 0 && policy.version === version) return null
      version = policy.version
      const sessions = await findSessions(tx, ownerId, changed)
      return { isSnapshot, sessions, removedIds: removed, policy, now: await databaseNow(tx) }
    })
  }
  return stream({ bell: context.bell, topics: [ownerTopic(ownerId), trustTopic], read, signal: context.signal() })
}

builder.subscriptionField('sessionsChanged', (t) =>
  t.field({
    type: SessionsChange,
    authScopes: { is: ['device', 'host'] },
    subscribe: (_root, _args, context) => followSessions(context),
    resolve: delivered,
  }),
)

type DecisionsChangeShape = { isSnapshot: boolean; decisions: DecisionValue[]; ownerId: string }

const DecisionsChange = builder.objectRef<DecisionsChangeShape>('DecisionsChange').implement({
  authScopes: ({ ownerId }) => ({ owner: ownerId }),
  fields: (t) => ({
    isSnapshot: t.exposeBoolean('isSnapshot'),
    decisions: t.expose('decisions', { type: [Decision] }),
  }),
})

function followDecisions(context: Context) {
  const { ownerId, hostId } = sessionFilter(context, false)
  const differences = createDifferences()
  let notFinal: string[] = []
  let isSnapshot = true
  const read = async (): Promise<DecisionsChangeShape | null> => {
    const seen = await mayList(context)
    return context.database.read(async (tx) => {
      const revisions = seen ? [...(await decisionRevisions(tx, { ownerId, hostId }, notFinal))] : []
      notFinal = revisions.flatMap(([key, { isFinal }]) => (isFinal ? [] : [key]))
      const { changed } = differences.look(new Map(revisions.map(([key, { revision }]) => [key, revision])))
      if (changed.length === 0 && !isSnapshot) return null
      const found = await findDecisions(tx, ownerId, changed)
      const change = {
        isSnapshot,
        decisions: isSnapshot ? found.filter((one) => one.state === 'OPEN') : found,
        ownerId,
      }
      isSnapshot = false
      return change
    })
  }
  return stream({ bell: context.bell, topics: [ownerTopic(ownerId), trustTopic], read, signal: context.signal() })
}

builder.subscriptionField('decisionsChanged', (t) =>
  t.field({
    type: DecisionsChange,
    authScopes: { is: ['device', 'host'] },
    subscribe: (_root, _args, context) => followDecisions(context),
    resolve: delivered,
  }),
)
