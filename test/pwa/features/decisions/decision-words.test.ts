/** Who answered, where, when; what came second; where words go. */
import { beforeAll, describe, expect, it } from 'vitest'
import { answerNote, isPending, lockedWhy, pendingLabel } from '../../../../pwa/features/decisions/answer-words.ts'
import type { Said } from '../../../../pwa/features/decisions/answers.ts'
import {
  commentsGo,
  loserWords,
  rejectWords,
  settledLine,
  settledTitle,
  wasAllowed,
} from '../../../../pwa/features/decisions/decision-words.ts'
import { decision, options, settlement } from './samples.ts'

beforeAll(() => {
  process.env.TZ = 'UTC'
})
const at = Date.parse('2026-11-20T14:02:09.000Z')
const me = { deviceId: 'dev_me', word: 'phone', hostName: 'atlas', now: at }
const from = (
  surface: 'TERMINAL' | 'DEVICE' | 'HOST' | 'AGENT',
  deviceId: string | null = null,
  deviceName: string | null = null,
) => ({
  surface,
  deviceId,
  deviceName,
  commandId: null,
})

describe('the settled sentence', () => {
  it.each([
    [settlement(), 'Answered at the terminal 14:02: Allow once'],
    [settlement({ origin: from('DEVICE', 'dev_me', 'Pixel 8') }), 'Answered on this phone 14:02: Allow once'],
    [settlement({ origin: from('DEVICE', 'dev_2', 'iPad') }), 'Answered on iPad 14:02: Allow once'],
    [settlement({ origin: from('HOST') }), 'Answered by atlas 14:02: Allow once'],
    [settlement({ origin: from('AGENT') }), 'Answered by the agent 14:02: Allow once'],
    [settlement({ outcome: 'CANCELLED' }), 'Cancelled with the turn 14:02'],
    [settlement({ outcome: 'WITHDRAWN' }), 'No longer asked since 14:02'],
    [settlement({ optionName: null, answer: 'Exponential' }), 'Answered at the terminal 14:02: Exponential'],
  ])('%#: %s', (settled, words) => {
    expect(settledTitle(settled, me)).toBe(words)
  })

  it('stands in a list without its time', () => {
    expect(settledLine(settlement(), me)).toBe('At the terminal: Allow once')
  })

  it('a tick only where something was allowed', () => {
    expect(wasAllowed(decision({ settlement: settlement() }))).toBe(true)
    expect(wasAllowed(decision({ settlement: settlement({ optionId: 'no', optionName: 'Deny' }) }))).toBe(false)
    expect(wasAllowed(decision({ settlement: settlement({ outcome: 'WITHDRAWN', optionId: null }) }))).toBe(false)
    const answered = { optionId: null, optionName: null, answer: 'Exponential' }
    expect(wasAllowed(decision({ kind: 'QUESTION', settlement: settlement(answered) }))).toBe(true)
    expect(
      wasAllowed(decision({ kind: 'QUESTION', settlement: settlement({ ...answered, answer: 'Declined' }) })),
    ).toBe(false)
  })
})

describe('the loser’s sentence', () => {
  const deny = { what: 'Deny', key: 'k', saidAtMs: at, isDeny: true, commandId: 'cmd_1' }
  it('[D3] says that it came second, when, and what stops the command', () => {
    const words = loserWords(deny, decision({ state: 'SETTLED', settlement: settlement() }))
    expect(`${words?.lead}${words?.rest}`).toBe(
      'Your Deny came second (14:02:09). It was not applied. To stop the command, cancel the turn.',
    )
  })
  it('says nothing to the winner or to who said nothing', () => {
    const won = settlement({ origin: { ...from('DEVICE', 'dev_me', 'Pixel 8'), commandId: 'cmd_1' } })
    expect(loserWords(deny, decision({ settlement: won }))).toBeNull()
    expect(loserWords(null, decision({ settlement: settlement() }))).toBeNull()
  })
  it('an answer to what was no longer asked came too late, not second', () => {
    const words = loserWords(deny, decision({ settlement: settlement({ outcome: 'WITHDRAWN' }) }))
    expect(words?.lead).toBe('Your Deny came too late')
    expect(words?.rest).not.toContain('cancel')
  })
})

describe('after a tap', () => {
  const said = (state: Said['state']): Said => ({
    answer: {
      kind: 'PERMISSION',
      key: 'k',
      what: 'Allow once',
      isDeny: false,
      saidAtMs: at,
      input: { sessionId: 's', decisionId: 'd', epoch: 1, optionId: 'once', evidenceDigest: null, reason: null },
    },
    state,
  })
  const sent = (state: string, refusal: { code: string; message: string; rule: null } | null = null) =>
    said({
      kind: 'sent',
      command: {
        __typename: 'AnswerPermission',
        id: 'cmd_1',
        key: 'k',
        state: state as 'QUEUED',
        createdAt: '2026-11-20T14:02:00.000Z',
        settledAt: null,
        expiresAt: null,
        refusal,
        winner: null,
      },
    })
  it('[C5] the button says sent and waits, even when the host has applied it: only the settlement ends it', () => {
    for (const state of ['QUEUED', 'DELIVERED', 'APPLIED']) {
      expect(isPending(sent(state))).toBe(true)
      expect(pendingLabel(sent(state), 'atlas')).toBe('Sent 14:02, waiting for atlas')
    }
    for (const state of ['REFUSED', 'EXPIRED', 'UNKNOWN', 'SUPERSEDED']) expect(isPending(sent(state))).toBe(false)
  })
  it('kept says until when it would be sent', () => {
    const kept = said({ kind: 'kept', untilMs: Date.parse('2026-11-20T14:20:00.000Z') })
    expect(pendingLabel(kept, 'atlas')).toBe('Kept on this computer 14:02')
    expect(answerNote(kept, 'atlas')).toContain('until 14:20')
  })
  it.each([
    ['REFUSED', /atlas refused your Allow once/],
    ['EXPIRED', /expired before atlas took it/],
    ['UNKNOWN', /Look before you answer again/],
    ['SUPERSEDED', /replaced by another answer/],
  ])('an answer that ended %s says so', (state, words) => {
    expect(answerNote(sent(state), 'atlas')).toMatch(words)
  })
  it('[T7] a locked option says what it needs, what is held, and the rule', () => {
    const always = options[1]
    const base = decision()
    const limited = {
      ...base.session,
      allowed: { ...base.session.allowed, rule: 'session-ceiling', message: 'atlas allows steer.' },
    }
    expect(always && lockedWhy(always, decision({ session: limited }))).toBe(
      '“Always allow” needs full: to allow always or use autopilot. Here this device may go up to steer. atlas allows steer. Rule: session-ceiling.',
    )
  })
})

describe('words on a plan', () => {
  it('[D7] says where comments go', () => {
    expect(commentsGo('SAME_TURN', 1)).toBe('Your comment follows in the same turn.')
    expect(commentsGo('NEXT_PROMPT', 2)).toMatch(/only with Reject, as the next prompt/)
    expect(rejectWords('Reject', 0)).toBe('Reject')
    expect(rejectWords('Reject', 1)).toBe('Reject with 1 comment')
    expect(rejectWords('Keep planning', 3)).toBe('Keep planning with 3 comments')
  })
})
