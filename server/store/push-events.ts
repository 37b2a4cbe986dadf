/** Takes a batch of events from the host that owns the session: whole, in order, once (E1 to E4, docs/protocol.md §2). */
import { and, eq, gte, lte } from 'drizzle-orm'
import type { Tx } from '../db/database.ts'
import { event } from '../db/schema.ts'
import { fenced } from './attachments.ts'
import { requireBodies } from './bodies.ts'
import { bodyRefsIn } from './event-kinds.ts'
import { addEvents } from './event-rows.ts'
import { limits } from './limits.ts'
import { project } from './projection.ts'
import { type PushedEvent, refusedEvent } from './pushed-event.ts'
import { refuse } from './refused.ts'
import { asPublished, lockSession, type SessionRow } from './sessions.ts'
import { type Ring, sessionTopic } from './topic.ts'

export type Push = {
  sessionId: string
  epoch: number
  attachmentId: string
  events: PushedEvent[]
}

/** Returns the last stored number. Throws EVENT_GAP, EVENT_CONFLICT, EVENT_REFUSED, EPOCH_FENCED, BODY_MISSING, TOO_LARGE, SESSION_*. */
export async function pushEvents(
  tx: Tx,
  ring: Ring,
  by: { ownerId: string; hostId: string },
  push: Push,
): Promise<number> {
  // Take the row first: two pushes at once could commit in the other order, and a reader past 8 never asks for 7 again.
  const session = asPublished(await lockSession(tx, push.sessionId), by)
  if (push.epoch !== session.epoch || push.attachmentId !== session.attachmentId) throw fenced(session.epoch)
  assertDense(push.events)
  await assertSame(tx, session, push.events)
  const fresh = push.events.filter((pushed) => pushed.seq > session.lastSeq)
  const [first] = fresh
  const last = fresh.at(-1)
  if (!first || !last) return session.lastSeq
  if (session.endedAt)
    throw refuse('SESSION_ENDED', 'The session has ended; only a new attachment can add to it.', { level: 'session' })
  if (session.withheldBy)
    throw refuse('POLICY', 'Policy does not allow this session from away; nothing of it is taken.', {
      rule: session.withheldBy.includes('"headlessSessions"') ? 'headlessSessions' : 'allowedAgents',
      level: 'organisation',
      remedy: 'Ask the admins of your organisation (effectivePolicy says more); at its terminal the session goes on.',
    })
  if (first.seq !== session.lastSeq + 1) throw gap(session.lastSeq + 1)
  assertAcceptable(fresh)
  const refs = fresh.flatMap((pushed) => bodyRefsIn(pushed.refs))
  await requireBodies(
    tx,
    session.id,
    refs.map((ref) => ref.digest),
  )
  await addEvents(tx, session, fresh)
  await project(tx, ring, session, fresh)
  ring(sessionTopic(session.id))
  return last.seq
}

const gap = (expectedSeq: number) =>
  refuse('EVENT_GAP', `Number ${expectedSeq} is expected next.`, {
    rule: 'E2: numbers are dense',
    level: 'session',
    numbers: { expectedSeq },
  })

function assertDense(events: PushedEvent[]): void {
  let expected: number | null = null
  for (const pushed of events) {
    if (expected !== null && pushed.seq !== expected) throw gap(expected)
    expected = pushed.seq + 1
  }
}

// Numbers that retention has removed compare with nothing and count as acknowledged (E5).
async function assertSame(tx: Tx, session: SessionRow, events: PushedEvent[]): Promise<void> {
  const old = events.filter((pushed) => pushed.seq <= session.lastSeq)
  const [first] = old
  const last = old.at(-1)
  if (!first || !last) return
  const rows = await tx
    .select({ seq: event.seq, digest: event.digest })
    .from(event)
    .where(and(eq(event.sessionId, session.id), gte(event.seq, first.seq), lte(event.seq, last.seq)))
  const stored = new Map(rows.map((row) => [row.seq, row.digest]))
  for (const { seq, digest } of old) {
    if ((stored.get(seq) ?? digest) !== digest)
      throw refuse('EVENT_CONFLICT', `Number ${seq} is stored with another content.`, {
        rule: 'E2: a number is never used twice',
        level: 'session',
        numbers: { seq },
      })
  }
}

// The single bad event is named before the batch is: the host can replace the one, and has no use for a smaller batch around it.
function assertAcceptable(events: PushedEvent[]): void {
  let batchBytes = 0
  for (const { seq, bytes, problem } of events) {
    if (bytes > limits.maxEventBytes)
      throw refusedEvent(seq, `it has ${bytes} bytes, the limit is ${limits.maxEventBytes}`)
    if (problem) throw refusedEvent(seq, problem)
    batchBytes += bytes
  }
  if (batchBytes > limits.maxBatchBytes)
    throw refuse('TOO_LARGE', `A batch holds at most ${limits.maxBatchBytes} bytes.`, {
      numbers: { limit: limits.maxBatchBytes },
    })
}
