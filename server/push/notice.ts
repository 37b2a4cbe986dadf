/** What a notification says: the question, an excerpt, where; within what a push service takes. Knows no push service. */
import type { Decision } from '../store/decisions.ts'
import type { SessionRow } from '../store/sessions.ts'

/** What the service worker is given. A notice replaces the one with the same tag; a silent one without sound. */
export type Notice = {
  kind: 'DECISION_OPENED' | 'DECISION_SETTLED' | 'TURN_ENDED' | 'TEST'
  title: string
  body: string
  tag: string
  /** Path of the very card, on this server. */
  url: string
  silent: boolean
  /** Left out where nobody asks who looks. A push may lie at its service for a day: from `until` on only `title` is shown, of this one and of those that are shown already and were sent no later (`at`). */
  later?: { until: string; title: string; at: string }
}

/** Push services promise to take 4096 bytes encrypted; the wrapping needs some of them. */
export const MAX_NOTICE_BYTES = 3900
const TITLE_CHARACTERS = 120
const BODY_CHARACTERS = 900

const ASKS = { PERMISSION: 'Allow', QUESTION: 'Question', PLAN: 'Plan' } as const

export function decisionOpened(decision: Decision): Notice {
  const { session, asked } = decision
  const title = asked?.title ? shown(asked.title, TITLE_CHARACTERS) : ASKS[decision.kind]
  // A plan's evidence is the plan; a question's says what its title says. What is about to run is what a person must see.
  const excerpt = decision.kind === 'PERMISSION' ? shown(asked?.evidence ?? '', BODY_CHARACTERS) : ''
  return {
    ...{ kind: 'DECISION_OPENED', title: `${ASKS[decision.kind]}: ${title}`, silent: false },
    ...{ body: [excerpt, where(session)].filter(Boolean).join('\n'), tag: decision.id },
    url: cardUrl(session.id, decision.id),
  }
}

export function decisionSettled(decision: Decision): Notice {
  const { session, asked } = decision
  const by = decision.winnerDeviceName ?? (decision.surface === 'TERMINAL' ? 'the terminal' : 'the host')
  const what = decision.optionName ?? decision.answer
  const words = { ANSWERED: 'Answered', CANCELLED: 'Cancelled', WITHDRAWN: 'No longer asked' } as const
  const outcome = words[decision.outcome ?? 'WITHDRAWN']
  const said = decision.outcome === 'ANSWERED' && what ? `: ${what}` : ''
  return {
    ...{ kind: 'DECISION_SETTLED', title: shown(asked?.title ?? ASKS[decision.kind], TITLE_CHARACTERS), silent: true },
    body: `${shown(`${outcome} by ${by}${said}`, 200)}\n${where(session)}`,
    ...{ tag: decision.id, url: cardUrl(session.id, decision.id) },
  }
}

export function turnEnded(session: SessionRow, stopReason: string, errorMessage: string | null): Notice {
  const calm = stopReason === 'end_turn'
  return {
    ...{ kind: 'TURN_ENDED', tag: session.id, url: `/s/${session.id}`, silent: false },
    title: calm ? 'Done; waiting for you' : `Stopped: ${shown(errorMessage ?? stopReason, TITLE_CHARACTERS)}`,
    body: where(session),
  }
}

export const testNotice: Notice = {
  ...{ kind: 'TEST', title: 'Notifications work', body: 'This is what Offdesk will tell you here.', tag: 'test' },
  ...{ url: '/settings', silent: false },
}

/** How much of it may leave for a push service, and stand on a locked screen. */
export type NoticeContent = 'NONE' | 'TITLE' | 'FULL'

/** The same notice with no more in it than that; where it leads stays, and what it replaces. */
export function limitedTo(content: NoticeContent, notice: Notice): Notice {
  if (content === 'FULL' || notice.kind === 'TEST') return notice
  if (content === 'TITLE') return { ...notice, body: '' }
  const titles = {
    DECISION_OPENED: 'Something waits for you',
    DECISION_SETTLED: 'Answered',
    TURN_ENDED: 'Your agent has stopped',
  }
  return { ...notice, title: titles[notice.kind], body: '' }
}

/** For a person who was verified, and may look until then. */
export const shownUntil = (until: Date, notice: Notice, at = new Date()): Notice => ({
  ...notice,
  later: { until: until.toISOString(), title: limitedTo('NONE', notice).title, at: at.toISOString() },
})

/** JSON within MAX_NOTICE_BYTES: a body too long in bytes gives way. */
export function noticeBytes(notice: Notice): Buffer {
  let body = notice.body
  for (;;) {
    const bytes = Buffer.from(JSON.stringify({ ...notice, body }))
    if (bytes.length <= MAX_NOTICE_BYTES || body === '') return bytes
    body = [...body].slice(0, Math.floor([...body].length * 0.8)).join('')
  }
}

const cardUrl = (sessionId: string, decisionId: string): string => `/s/${sessionId}?d=${encodeURIComponent(decisionId)}`

function where(session: SessionRow): string {
  const folder = session.repository ?? session.cwd
  const title = session.name ?? session.agentTitle ?? session.promptTitle ?? session.agentName
  return shown(`${title} · ${folder.split(/[/\\]/).filter(Boolean).at(-1) ?? folder}`, 200)
}

/** Controls and direction marks made visible, so that what is shown is what is there (T8). */
function shown(text: string, most: number): string {
  const visible = text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, (sign) =>
    sign === '\n' || sign === '\t' ? ' ' : '\uFFFD',
  )
  const characters = [...visible.trim()]
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : characters.join('')
}
