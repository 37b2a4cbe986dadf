/** The host's side of a session: start, publish, store contents, end (E1 to E7). */
import type { Tx } from '../db/database.ts'
import { write } from '../live/write.ts'
import { requirePublishing } from '../policy/allowance.ts'
import { boundsOf } from '../policy/effective.ts'
import { requireAgent, requireAttended } from '../policy/steering-rules.ts'
import type { Appended } from '../store/append-events.ts'
import { endSession, startSession } from '../store/attachments.ts'
import { knownEventKinds } from '../store/event-kinds.ts'
import { isSessionId } from '../store/ids.ts'
import { agentInfo } from '../store/kinds/setup.ts'
import { limits, maxNameChars } from '../store/limits.ts'
import { type PolicyRow, readPolicy } from '../store/policies.ts'
import { type Push, pushEvents } from '../store/push-events.ts'
import type { RecentEvent } from '../store/recent-events.ts'
import { refuse } from '../store/refused.ts'
import { letSessionOn } from '../store/running.ts'
import type { SessionRow } from '../store/sessions.ts'
import { type Ring, sessionTopic } from '../store/topic.ts'
import { brokenText } from '../store/well-formed.ts'
import { builder, partOf } from './builder.ts'
import type { Context } from './context.ts'
import { EventInput, readPushed } from './events/input.ts'
import { AgentInfoInput } from './events/setup.ts'
import { Policy } from './policy.ts'
import { Rung } from './rung.ts'
import { Session, sessionKey } from './session-ref.ts'
import { Limits } from './viewer.ts'
import { sessionOf } from './who.ts'

const MAX_FACT_CHARS = 4096

/** Throws BAD_INPUT or TOO_LARGE for a text that no column should hold. */
function parseFacts(facts: Record<string, string | null | undefined>): void {
  const broken = brokenText(facts)
  if (broken) throw refuse('BAD_INPUT', `The input holds ${broken}.`)
  for (const [name, value] of Object.entries(facts)) {
    if ((value?.length ?? 0) > MAX_FACT_CHARS)
      throw refuse('TOO_LARGE', `${name} has at most ${MAX_FACT_CHARS} characters.`, {
        numbers: { limit: MAX_FACT_CHARS },
      })
  }
}

type StartedShape = { session: SessionRow; policy: PolicyRow }

const StartedSession = builder.objectRef<StartedShape>('StartedSession').implement({
  authScopes: ({ session }) => ({ session: sessionKey(session) }),
  fields: (t) => ({
    session: t.expose('session', { type: Session }),
    policy: t.expose('policy', { type: Policy }),
    lastSeq: t.int({ resolve: ({ session }) => session.lastSeq }),
    knownEventKinds: t.stringList({ resolve: () => [...knownEventKinds] }),
    limits: t.field({ type: Limits, resolve: () => limits }),
  }),
})

const StartSessionInput = builder.inputType('StartSessionInput', {
  fields: (t) => ({
    id: t.id({ required: true }),
    hostId: t.id({ required: true }),
    attachmentId: t.id({ required: true }),
    epoch: t.int({ required: true }),
    firstSeq: t.int({ required: true, defaultValue: 1 }),
    agent: t.field({ type: AgentInfoInput, required: true }),
    cwd: t.string({ required: true }),
    repository: t.string(),
    branch: t.string(),
    name: t.string(),
    ceiling: t.field({ type: Rung, required: true }),
    headless: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Nobody sits at a terminal of this session.',
    }),
    createdAt: t.field({ type: 'DateTime', required: true }),
  }),
})

builder.mutationField('startSession', (t) =>
  t.field({
    type: StartedSession,
    authScopes: { is: ['session'] },
    args: { input: t.arg({ type: StartSessionInput, required: true }) },
    resolve: (_root, { input }, context) => {
      const { ownerId, hostId } = sessionOf(context, input.id)
      if (!isSessionId(input.id)) throw refuse('BAD_INPUT', 'A session id is ses_ and 22 base64url characters.')
      if (input.hostId !== hostId) throw refuse('NOT_FOUND', 'There is no such host.')
      if (input.epoch < 1 || input.firstSeq < 1) throw refuse('BAD_INPUT', 'epoch and firstSeq begin at 1.')
      const { id, attachmentId, cwd, repository = null, branch = null, name = null } = input
      parseFacts({ attachmentId, cwd, repository, branch, name, agentId: input.agent.id, agentName: input.agent.name })
      const agent = agentInfo.parse(input.agent)
      const given = name === null || name.trim() === '' ? null : name.trim().slice(0, maxNameChars)
      const { epoch, ceiling, headless, createdAt, firstSeq } = input
      return write(context, async (tx, ring) => {
        const policy = await readPolicy(tx, ownerId)
        requirePublishing({ rung: 'FULL', remoteControl: policy.remoteControl, bounds: boundsOf(policy.bounds) })
        requireAgent(policy, agent.id)
        requireAttended(policy, headless)
        const started = await startSession(tx, ring, {
          ...{ id, ownerId, hostId, attachmentId, epoch, agent, cwd, repository, branch, ceiling, createdAt, firstSeq },
          ...{ headless, name: given },
        })
        return { session: await letOn(tx, ring, started), policy }
      })
    },
  }),
)

/** What was withheld goes on under an attachment that is allowed. Looked at under the session's lock: a policy that changes now finds it as it is then. */
async function letOn(tx: Tx, ring: Ring, session: SessionRow): Promise<SessionRow> {
  if (session.withheldBy === null) return session
  const policy = await readPolicy(tx, session.ownerId)
  requireAgent(policy, session.agentId)
  requireAttended(policy, session.headless)
  await letSessionOn(tx, ring, session)
  return { ...session, withheldBy: null }
}

const PushedEvents = builder.objectRef<{ lastSeq: number }>('PushedEvents').implement({
  extensions: partOf('Session'),
  fields: (t) => ({ lastSeq: t.exposeInt('lastSeq') }),
})

/** For who follows it here, who is told. A kind that this server does not know is read from the store. */
function showHere({ recent, bell }: Context, { sessionId, epoch, events }: Push, { at: receivedAt }: Appended): void {
  const read: RecentEvent[] = []
  for (const { seq, at, kind, digest, format, known, bytes } of events) {
    if (known) read.push({ row: { sessionId, seq, epoch, at, receivedAt, kind, digest, format }, known, bytes })
  }
  if (read.length === events.length) {
    recent.put(sessionId, read)
    bell.ringHeld(sessionTopic(sessionId))
  } else {
    recent.forget(sessionId)
    bell.ring(sessionTopic(sessionId))
  }
}

builder.mutationField('pushEvents', (t) =>
  t.field({
    type: PushedEvents,
    authScopes: { is: ['session'] },
    args: {
      sessionId: t.arg.id({ required: true }),
      attachmentId: t.arg.id({ required: true }),
      epoch: t.arg.int({ required: true }),
      events: t.arg({ type: [EventInput], required: true }),
    },
    resolve: async (_root, { sessionId, attachmentId, epoch, events }, context) => {
      const by = sessionOf(context, sessionId)
      if (events.length > limits.maxBatchEvents)
        throw refuse('TOO_LARGE', `A batch holds at most ${limits.maxBatchEvents} events.`, {
          numbers: { limit: limits.maxBatchEvents },
        })
      if (events.some((event) => event.seq < 1)) throw refuse('BAD_INPUT', 'Events are numbered from 1.')
      requirePublishing(await context.stands())
      const push = { sessionId, attachmentId, epoch, events: events.map(readPushed) }
      const appended = await context.append({ ...push, by }, context.isLeft)
      if (appended !== null) showHere(context, push, appended)
      const lastSeq = appended?.lastSeq ?? (await write(context, (tx, ring) => pushEvents(tx, ring, by, push)))
      // What goes the short way says nothing that a person waits for: no turn ends in it and nothing is asked.
      const firstSeq = appended ? undefined : events[0]?.seq
      if (firstSeq !== undefined) context.push.committed({ ownerId: by.ownerId, sessionId, firstSeq, lastSeq })
      return { lastSeq }
    },
  }),
)

const EndSessionInput = builder.inputType('EndSessionInput', {
  fields: (t) => ({
    sessionId: t.id({ required: true }),
    epoch: t.int({ required: true }),
    reason: t.string({ required: true }),
  }),
})

builder.mutationField('endSession', (t) =>
  t.field({
    type: Session,
    authScopes: { is: ['session'] },
    args: { input: t.arg({ type: EndSessionInput, required: true }) },
    resolve: (_root, { input }, context) => {
      const by = sessionOf(context, input.sessionId)
      parseFacts({ reason: input.reason })
      return write(context, (tx, ring) => endSession(tx, ring, by, input))
    },
  }),
)
