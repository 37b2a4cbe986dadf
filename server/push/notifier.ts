/** Tells devices what needs them, after the commit and never in its way. Knows sessions and decisions as rows, and no transport. */
import type { Database, Tx } from '../db/database.ts'
import { boundsOf } from '../policy/effective.ts'
import { type Decision, findDecision } from '../store/decisions.ts'
import { looksUntil } from '../store/devices.ts'
import { listEvents, readStored } from '../store/events.ts'
import { type PolicyRow, readPolicy } from '../store/policies.ts'
import { findPush, ownersPushes, prunePush } from '../store/pushes.ts'
import { notFound } from '../store/refused.ts'
import { findSession, type SessionRow } from '../store/sessions.ts'
import type { EndpointRule } from './endpoint.ts'
import {
  decisionOpened,
  decisionSettled,
  limitedTo,
  type Notice,
  type NoticeContent,
  shownUntil,
  testNotice,
  turnEnded,
} from './notice.ts'
import type { Delivery, Send } from './sender.ts'

/** A batch of events that has just been committed. Numbers that were told before are not told again. */
export type Committed = { ownerId: string; sessionId: string; firstSeq: number; lastSeq: number }

export type Notifier = EndpointRule & {
  /** Returns at once; what is sent, and whether it arrives, is nobody's wait. Call it after the commit of `pushEvents`. */
  committed(events: Committed): void
  /** Sends a test notice to one device and says what the push service answered. Throws NOT_FOUND when it has not subscribed. */
  test(deviceId: string): Promise<Delivery>
  /** Waits until what has been committed so far is told. */
  idle(): Promise<void>
  close(): Promise<void>
}

export type NotifierOptions = EndpointRule & {
  database: Database
  send: Send
  /** How much of a notice that policy lets out. */
  contentOf: (policy: PolicyRow) => NoticeContent
  log: (error: unknown) => void
}

/** Turns that ended before are history that a host publishes late. A decision that is open blocks, whatever the host's clock says (E10). */
const FRESH_MILLISECONDS = 10 * 60_000
const PAGE = 500

export function createNotifier({ database, send, contentOf, log, allowLoopback }: NotifierOptions): Notifier {
  const closed = new AbortController()
  /** Newest number told, by session; bounded, for it only spares a repetition. */
  const told = new Map<string, number>()
  let working: Promise<void> = Promise.resolve()
  /** One notice after another for each device, so that "answered" never overtakes "asked"; no device waits for another's. */
  const turns = new Map<string, Promise<void>>()

  async function tell(events: Committed): Promise<void> {
    if (closed.signal.aborted) return
    const after = Math.max(events.firstSeq - 1, told.get(events.sessionId) ?? 0)
    if (after >= events.lastSeq) return
    if (told.size > 1000) told.clear()
    told.set(events.sessionId, events.lastSeq)
    const notices = await database.read(async (tx) => {
      // Nobody listens, or nobody may: then not even the events are read.
      const policy = await readPolicy(tx, events.ownerId)
      if (policy.remoteControl === 'OFF' || (await ownersPushes(tx, events.ownerId)).length === 0) return []
      const session = await findSession(tx, events.ownerId, events.sessionId)
      if (!session) return []
      const page = { after, before: events.lastSeq + 1, limit: PAGE, backward: false }
      const rows = await listEvents(tx, events.sessionId, page)
      const found: (Notice | null)[] = []
      for (const row of rows) {
        const known = readStored(row)
        const isFresh = Date.now() - row.at.getTime() <= FRESH_MILLISECONDS
        if (known?.kind === 'TurnEnded' && isFresh) found.push(turnNotice(session, known.value))
        if (known?.kind === 'DecisionOpened' || known?.kind === 'DecisionSettled') {
          const decision = await findDecision(tx, session.id, known.value.decisionId)
          // Opened in the same batch: nobody was told of it, so nobody needs to hear that it is over.
          const isNews = known.kind === 'DecisionOpened' || (decision !== null && decision.openedSeq <= after)
          if (isNews) found.push(decisionNotice(known.kind, decision))
        }
      }
      return found
    })
    for (const notice of notices) if (notice) await announce(events.ownerId, notice)
  }

  async function announce(ownerId: string, notice: Notice): Promise<void> {
    for (const { deviceId } of await database.read((tx) => ownersPushes(tx, ownerId))) {
      const turn = (turns.get(deviceId) ?? Promise.resolve()).then(() => deliverIfAllowed(ownerId, deviceId, notice))
      const settled = turn.catch(log).finally(() => {
        if (turns.get(deviceId) === settled) turns.delete(deviceId)
      })
      turns.set(deviceId, settled)
    }
  }

  // Looked at when its turn comes: it may have been revoked, or policy turned off, behind a slow push service (T3).
  async function deliverIfAllowed(ownerId: string, deviceId: string, notice: Notice): Promise<void> {
    if (closed.signal.aborted) return
    const found = await database.read(async (tx) => {
      const policy = await readPolicy(tx, ownerId)
      const target = policy.remoteControl === 'OFF' ? null : await findPush(tx, deviceId)
      return target && { target, notice: await asSeenBy(tx, policy, deviceId, notice) }
    })
    if (found) await deliver(found.target, found.notice)
  }

  /** A device whose person must be verified before they look is told that something waits, and not what. Reads nothing where nobody asks for that. */
  async function asSeenBy(tx: Tx, policy: PolicyRow, deviceId: string, notice: Notice): Promise<Notice> {
    const looking = boundsOf(policy.bounds)?.looking
    if (!looking) return limitedTo(contentOf(policy), notice)
    const until = await looksUntil(tx, deviceId, looking.minutes)
    // Nobody may look, and nobody might for as long as anybody knows: the device then empties what it shows already.
    return until
      ? shownUntil(until, limitedTo(contentOf(policy), notice))
      : shownUntil(new Date(0), limitedTo('NONE', notice))
  }

  async function deliver(target: Parameters<Send>[0] & { deviceId: string }, notice: Notice): Promise<Delivery> {
    const delivery = await send(target, notice, closed.signal)
    if (delivery.isGone) await database.read((tx) => prunePush(tx, target.deviceId, target.endpoint))
    return delivery
  }

  async function idle(): Promise<void> {
    await working
    while (turns.size > 0) await Promise.all(turns.values())
  }

  return {
    allowLoopback,
    committed: (events) => {
      working = working.then(() => tell(events)).catch(log)
    },
    test: async (deviceId) => {
      const target = await database.read((tx) => findPush(tx, deviceId))
      if (!target) throw notFound('push subscription on this device')
      return deliver(target, testNotice)
    },
    idle,
    close: () => {
      closed.abort()
      return idle()
    },
  }
}

// Answered in the same batch, or by a rule at once: nothing needs a person any more.
function decisionNotice(kind: 'DecisionOpened' | 'DecisionSettled', decision: Decision | null): Notice | null {
  if (!decision) return null
  if (kind === 'DecisionSettled') return decision.state === 'SETTLED' ? decisionSettled(decision) : null
  return decision.state === 'OPEN' ? decisionOpened(decision) : null
}

// What a person has cancelled they know of.
const turnNotice = (
  session: SessionRow,
  turn: { stopReason: string; errorMessage?: string | null | undefined },
): Notice | null =>
  turn.stopReason === 'cancelled' ? null : turnEnded(session, turn.stopReason, turn.errorMessage ?? null)
