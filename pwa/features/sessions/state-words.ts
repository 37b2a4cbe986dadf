// What a session's row says: a sign, a word, what it is about, a time. A table from facts to words (B4); knows no screen.
import type { AskedKind, ReportedState } from '../../ui/state-glyph.tsx'
import type { HostLife } from './host-life.ts'
import type { SessionRow } from './session-row.ts'

/** The oldest open decision of a session, if there is one. */
export type Waiting = {
  id: string
  kind: 'PERMISSION' | 'QUESTION' | 'PLAN'
  toolKind: string | null
  title: string
  openedAt: string
}

export type Glance = {
  sign: { kind: 'tile'; asked: AskedKind } | { kind: 'glyph'; state: ReportedState }
  /** Said first; red when work has stopped. */
  word: string
  tone: 'plain' | 'red'
  rest: string
  /** `age` runs, `moment` is a clock time. Milliseconds since 1970. */
  time: { kind: 'age' | 'moment'; at: number } | null
}

const edits = new Set(['edit', 'delete', 'move'])

/** What kind of thing is asked, as a picture. */
export function askedKind(waiting: Pick<Waiting, 'kind' | 'toolKind'>): AskedKind {
  if (waiting.kind === 'QUESTION') return 'question'
  if (waiting.kind === 'PLAN') return 'plan'
  return waiting.toolKind !== null && edits.has(waiting.toolKind) ? 'edit' : 'permission'
}

const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)
/** `This session has ended at the terminal`, or `… has ended: ` and what was said of it. */
export function endedWords(endReason: string | null): string {
  const how = endReason === null ? '' : `: ${endReason}`.replace(/^: Ended /, ' ').replace(/\.$/, '')
  return `This session has ended${how}.`
}
/** `Claude Code, autopilot` */
const agentAndMode = (session: SessionRow) =>
  session.mode === null ? session.agent.name : `${session.agent.name}, ${lower(session.mode.name)}`

const was: Record<SessionRow['state'], string> = {
  WORKING: 'Was working when it went offline',
  IDLE: 'Was idle when it went offline',
  STOPPED: 'Had stopped before it went offline',
  ENDED: 'Had ended before it went offline',
}

/** Needs-me first, then what it does; under an offline workstation, or with this device `away`, what was true. */
export function glanceOf(session: SessionRow, life: HostLife, waiting: Waiting | null, away = false): Glance {
  if (waiting) {
    const where = life.live ? session.host.name : `${session.host.name}, offline`
    return {
      sign: { kind: 'tile', asked: askedKind(waiting) },
      word: waiting.title,
      tone: 'plain',
      rest: where,
      time: { kind: 'age', at: Date.parse(waiting.openedAt) },
    }
  }
  const since = Date.parse(session.stateSince)
  if (session.state === 'ENDED')
    return {
      sign: { kind: 'glyph', state: 'done' },
      word: 'Ended',
      tone: 'plain',
      rest: session.endReason?.replace(/^Ended (.*?)\.?$/, '$1') ?? session.agent.name,
      time: { kind: 'moment', at: session.endedAt === null ? since : Date.parse(session.endedAt) },
    }
  if (!life.live)
    return {
      sign: { kind: 'glyph', state: 'offline' },
      word: was[session.state],
      tone: 'plain',
      rest: '',
      time: life.since === null ? null : { kind: 'moment', at: life.since },
    }
  switch (session.state) {
    case 'WORKING':
      if (away)
        return {
          sign: { kind: 'glyph', state: 'offline' },
          word: 'Was working',
          tone: 'plain',
          rest: agentAndMode(session),
          time: null,
        }
      return {
        sign: { kind: 'glyph', state: 'working' },
        word: 'Working',
        tone: 'plain',
        rest: agentAndMode(session),
        time: { kind: 'age', at: since },
      }
    case 'IDLE':
      return {
        sign: { kind: 'glyph', state: 'idle' },
        word: 'Idle',
        tone: 'plain',
        rest: agentAndMode(session),
        time: { kind: 'age', at: since },
      }
    case 'STOPPED':
      return {
        sign: { kind: 'glyph', state: 'stopped' },
        word: 'Stopped',
        tone: 'red',
        rest: lower(session.stateDetail ?? agentAndMode(session)),
        time: { kind: 'moment', at: since },
      }
  }
}
