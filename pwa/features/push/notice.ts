// What a push says, read with suspicion, and the notification it becomes. Pure: the worker shows it, the page never sees it.
import { isDeny } from '../decisions/answer-words.ts'
import type { Decision } from '../decisions/decision-store.ts'
import { type Rung, reaches } from '../devices/rung-words.ts'

export type Notice = {
  kind: string
  title: string
  body: string
  tag: string
  /** A path on this origin. */
  path: string
  silent: boolean
  /** Left out where nobody asks who looks: until when its words may stand, and what stands there afterwards. */
  looking?: Looking
  /** Its time is over, and its words are left out. */
  isBare?: true
}

/** `atMs`: when the server said so, by its clock. */
type Looking = { untilMs: number; bare: string; atMs?: number }

/** The answer a button stands for, kept with the notification so that the worker needs no memory. */
export type NoticeAnswer = {
  sessionId: string
  decisionId: string
  epoch: number
  optionId: string
  name: string
  /** Null where nothing of it was shown: only a deny is good then. */
  evidenceDigest: string | null
  hostId: string
  hostName: string
  /** When its notification was made: one tap there is one answer, and a later notification asks anew. */
  shownAtMs: number
}
export type NoticeData = {
  path: string
  title: string
  body: string
  looking?: Looking
  /** It has no words of a session in it. */
  isBare?: true
  deny?: NoticeAnswer
  allow?: NoticeAnswer
}

export type Shown = { title: string; options: NotificationOptions & { renotify?: boolean; actions?: NoticeAction[] } }
type NoticeAction = { action: 'deny' | 'allow' | 'review'; title: string }

const REVIEW: NoticeAction = { action: 'review', title: 'Review' }
const looks = { icon: '/icons/icon-192.png', badge: '/icons/badge-96.png' }

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** A path of this origin, or the inbox: a push must not lead elsewhere. */
export function safePath(value: unknown, origin: string): string {
  try {
    const url = new URL(text(value) || '/inbox', origin)
    return url.origin === origin ? `${url.pathname}${url.search}` : '/inbox'
  } catch {
    return '/inbox'
  }
}

/** Never null: a push that cannot be read still has to be shown, or the browser shows words of its own. */
export function readNotice(payload: string | null, origin: string, now = Date.now()): Notice {
  let read: Record<string, unknown> = {}
  try {
    const value: unknown = JSON.parse(payload ?? '{}')
    if (typeof value === 'object' && value !== null) read = { ...value }
  } catch {
    // Said below in words of our own.
  }
  // It came late: whoever holds the device by now has to be verified first (T4).
  const { until, title, at } = (read.later ?? {}) as { until?: unknown; title?: unknown; at?: unknown }
  const untilMs = Date.parse(text(until))
  const atMs = Date.parse(text(at))
  const isBare = untilMs <= now
  if (isBare) read = { ...read, title, body: '' }
  return {
    kind: text(read.kind),
    title: text(read.title) || 'Something happened in Offdesk',
    body: text(read.body) || (read.title === undefined ? 'Open it to see.' : ''),
    tag: text(read.tag) || 'offdesk',
    path: safePath(read.url, origin),
    silent: read.silent === true,
    ...(Number.isNaN(untilMs)
      ? {}
      : { looking: { untilMs, bare: text(title), ...(Number.isNaN(atMs) ? {} : { atMs }) } }),
    ...(isBare && { isBare }),
  }
}

/** The ids in a decision's path; null for any other path. */
export function decisionIn(path: string): { sessionId: string; decisionId: string } | null {
  const [, sessionId, query] = /^\/s\/([A-Za-z0-9_-]+)\?(.*)$/.exec(path) ?? []
  const decisionId = new URLSearchParams(query ?? '').get('d')
  return sessionId && decisionId ? { sessionId, decisionId } : null
}

const LONGEST_ASKED = 240
const flat = (asked: string) => asked.replaceAll(/\s+/g, ' ').trim()

/** Whether the notification's own words hold all that is asked: nothing cut, nothing a lock screen would fold away. */
export const showsAll = (notice: Notice, evidence: string): boolean =>
  evidence.length <= LONGEST_ASKED && flat(notice.body).includes(flat(evidence))

/** What the worker learned of the decision in time; null when it did not. */
export type Learned = { decision: NoticeDecision; evidenceMatches: boolean; stepUpFrom: Rung } | null
export type NoticeDecision = Pick<Decision, 'id' | 'kind' | 'state' | 'epoch' | 'options' | 'evidence'> & {
  evidenceDigest: string | null
  session: { id: string; host: { id: string; name: string }; allowed: { rung: Decision['session']['allowed']['rung'] } }
}

/** The notification of a notice. `isDue`: the person must be verified before anything is allowed. Deny may stand on any permission; Allow once only where everything asked is in its words. */
export function notificationOf(notice: Notice, learned: Learned, isDue = false, nowMs = Date.now()): Shown {
  const { path, title, body, looking, isBare } = notice
  const data: NoticeData = { path, title, body, ...(looking && { looking }), ...(isBare && { isBare }) }
  const actions: NoticeAction[] = []
  const decision = learned?.decision
  if (decision?.kind === 'PERMISSION' && decision.state === 'OPEN' && decision.session.allowed.rung !== 'VIEW') {
    const answer = (option: { id: string; name: string }): NoticeAnswer => ({
      sessionId: decision.session.id,
      decisionId: decision.id,
      epoch: decision.epoch,
      optionId: option.id,
      name: option.name,
      evidenceDigest: decision.evidenceDigest,
      hostId: decision.session.host.id,
      hostName: decision.session.host.name,
      shownAtMs: nowMs,
    })
    const deny = decision.options.find((option) => option.kind === 'reject_once') ?? decision.options.find(isDeny)
    const once = decision.options.filter((option) => option.kind === 'allow_once')
    const [allow] = once
    if (deny) {
      data.deny = answer(deny)
      actions.push({ action: 'deny', title: deny.name })
    }
    const mustVerify = isDue || (learned !== null && reaches(allow?.rung ?? 'VIEW', learned.stepUpFrom))
    // Two options of one kind: a button could not say which.
    if (!mustVerify && allow && once.length === 1 && learned?.evidenceMatches && showsAll(notice, decision.evidence)) {
      data.allow = answer(allow)
      actions.push({ action: 'allow', title: allow.name })
    }
    // No worker can ask who holds the phone: the card can, so the button leads there.
    if (mustVerify && (allow || reaches('VIEW', learned?.stepUpFrom ?? 'FULL'))) actions.push(REVIEW)
  }
  return {
    title: notice.title,
    options: {
      body: notice.body,
      tag: notice.tag,
      silent: notice.silent,
      // A settled one replaces its card without a sound; a new one on the same tag must be heard.
      renotify: !notice.silent,
      ...looks,
      data,
      ...(actions.length > 0 ? { actions } : {}),
    },
  }
}

const BARE = 'Something of a session'

/**
 * What replaces one whose words may not stand any more; null for one that may stay, or has none. `saidMs`: when it was said that nobody may look, by the server's
 * clock; what was sent after that was sent to somebody who was verified since. Null: nobody has said so.
 */
export function emptied(tag: string, data: NoticeData, nowMs: number, saidMs: number | null): Shown | null {
  const { path, looking, deny, isBare } = data
  const isOver = looking !== undefined && looking.untilMs <= nowMs
  const isTold = saidMs !== null && (looking?.atMs ?? 0) <= saidMs
  if (isBare || tag === 'test' || !(isOver || isTold)) return null
  const title = looking?.bare || BARE
  const actions: NoticeAction[] = deny ? [{ action: 'deny', title: deny.name }, REVIEW] : []
  const kept: NoticeData = { path, title, body: '', isBare: true, ...(deny && { deny }) }
  return {
    title,
    options: { ...looks, tag, body: '', silent: true, data: kept, ...(deny && { actions }) },
  }
}

/** What replaces the notification after a button was pressed. */
export function answeredNotice(
  data: NoticeData,
  answer: NoticeAnswer,
  outcome: { kind: 'sent'; state: string } | { kind: 'failed'; why: string },
): Shown {
  const body =
    outcome.kind === 'failed'
      ? `${answer.name} was not sent: ${outcome.why} Open to answer.`
      : outcome.state === 'SUPERSEDED'
        ? `Your ${answer.name} came second. It was not applied.`
        : outcome.state === 'REFUSED'
          ? `Your ${answer.name} was refused. Open to see why, and to answer.`
          : `${answer.name} sent, waiting for ${answer.hostName}.`
  const { path, title, looking, isBare } = data
  return {
    title,
    options: {
      body,
      tag: answer.decisionId,
      silent: outcome.kind === 'sent',
      renotify: outcome.kind === 'failed',
      ...looks,
      data: { path, title, body, ...(looking && { looking }), ...(isBare && { isBare }) },
    },
  }
}

/** What a notification carries is ours, but it has been through the browser: read it again. */
export function readNoticeData(value: unknown): NoticeData {
  const data = typeof value === 'object' && value !== null ? (value as Partial<NoticeData>) : {}
  return {
    path: text(data.path) || '/inbox',
    title: text(data.title),
    body: text(data.body),
    ...(data.looking ? { looking: data.looking } : {}),
    ...(data.isBare ? { isBare: true } : {}),
    ...(data.deny ? { deny: data.deny } : {}),
    ...(data.allow ? { allow: data.allow } : {}),
  }
}
