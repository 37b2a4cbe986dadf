/** The lists of one owner as they change: a snapshot first, then what differs (L6). */
import { databaseNow } from '../db/clock.ts'
import { differences, type Seen } from '../live/differences.ts'
import { type Decision as DecisionValue, decisionRevisions, findDecisions } from '../store/decisions.ts'
import { maxPageSize } from '../store/limits.ts'
import { type PolicyRow, readPolicy } from '../store/policies.ts'
import { findSessions, type SessionRow, sessionRevisions } from '../store/sessions.ts'
import { ownerTopic, trustTopic } from '../store/topic.ts'
import { builder } from './builder.ts'
import type { Context } from './context.ts'
import { type List, listStream } from './list.ts'
import { Policy } from './policy.ts'
import { Decision, Session } from './session-ref.ts'
import { mayList, sessionFilter } from './sessions.ts'
import { delivered } from './streams.ts'

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
export function sessionsList(asker: Context): List<SessionsChangeShape> {
  const filter = sessionFilter(asker, false)
  const { ownerId } = filter
  return {
    topics: [ownerTopic(ownerId), trustTopic],
    endsWithSight: false,
    look: async (context, before) => {
      const isSeen = await mayList(context)
      return context.database.read(async (tx) => {
        const policy = await readPolicy(tx, ownerId)
        const revisions = isSeen ? await sessionRevisions(tx, filter, maxPageSize) : new Map<string, string>()
        const seen: Seen = { revisions, mark: String(policy.version) }
        const { changed, removed } = differences(before, seen)
        if (before && changed.length + removed.length === 0 && before.mark === seen.mark) return { change: null, seen }
        const sessions = await findSessions(tx, ownerId, changed)
        const change = { isSnapshot: !before, sessions, removedIds: removed, policy, now: await databaseNow(tx) }
        return { change, seen }
      })
    },
  }
}

builder.subscriptionField('sessionsChanged', (t) =>
  t.field({
    type: SessionsChange,
    authScopes: { is: ['device', 'host'] },
    subscribe: (_root, _args, context) => listStream(context, sessionsList(context)),
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

/** Part of a revision: what is settled by the journal's word is told once and looked at no more. */
const FINAL = ' final'

/** When sight is lost or comes back it begins anew: what was settled in between is never told to whoever was shown it before. */
export function decisionsList(asker: Context): List<DecisionsChangeShape> {
  const { ownerId, hostId } = sessionFilter(asker, false)
  return {
    topics: [ownerTopic(ownerId), trustTopic],
    endsWithSight: false,
    look: async (context, before) => {
      const isSeen = await mayList(context)
      const mark = isSeen ? 'seen' : 'unseen'
      const last = before?.mark === mark ? before : null
      const notFinal = [...(last?.revisions ?? [])].flatMap(([key, text]) => (text.endsWith(FINAL) ? [] : [key]))
      return context.database.read(async (tx) => {
        const found = isSeen ? await decisionRevisions(tx, { ownerId, hostId }, notFinal) : []
        const texts = [...found].map(([key, one]) => [key, `${one.revision}${one.isFinal ? FINAL : ''}`] as const)
        const seen: Seen = { revisions: new Map(texts), mark }
        const { changed } = differences(last, seen)
        if (last && changed.length === 0) return { change: null, seen }
        const rows = await findDecisions(tx, ownerId, changed)
        const decisions = last ? rows : rows.filter((one) => one.state === 'OPEN')
        return { change: { isSnapshot: !last, decisions, ownerId }, seen }
      })
    },
  }
}

builder.subscriptionField('decisionsChanged', (t) =>
  t.field({
    type: DecisionsChange,
    authScopes: { is: ['device', 'host'] },
    subscribe: (_root, _args, context) => listStream(context, decisionsList(context)),
    resolve: delivered,
  }),
)
