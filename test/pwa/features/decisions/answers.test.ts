/** This device's own answers: kept when nobody answers, sent once, replaced by a deny, never sent when too old. */
import { describe, expect, it } from 'vitest'
import type { AnswerCommand } from '../../../../pwa/features/decisions/answer-documents.ts'
import {
  ALLOW_VALID_MS,
  type Answer,
  createAnswers,
  type Outcome,
  type Saying,
} from '../../../../pwa/features/decisions/answers.ts'

const saying = (optionId: string, isDeny: boolean): Saying => ({
  kind: 'PERMISSION',
  what: isDeny ? 'Deny' : 'Allow once',
  isDeny,
  seen: { hostId: 'hst_1', optionName: isDeny ? 'Deny' : 'Allow once' },
  input: { sessionId: 'ses_1', decisionId: 'dec_1', epoch: 1, optionId, evidenceDigest: null, reason: null },
})
const command = (id: string, state: AnswerCommand['state'] = 'QUEUED'): AnswerCommand => ({
  __typename: 'AnswerPermission',
  id,
  key: 'k',
  state,
  createdAt: '2026-11-20T14:00:00.000Z',
  settledAt: null,
  expiresAt: null,
  refusal: null,
  winner: null,
})
const offline: Outcome = { problem: { code: 'OFFLINE', message: 'no answer' } }

function phone(kept: readonly Answer[] = []) {
  const sent: Answer[] = []
  let stored: readonly Answer[] = kept
  let nowMs = 1_000_000
  let outcome: (answer: Answer) => Outcome | Promise<Outcome> = () => ({ command: command('cmd_1') })
  const answers = createAnswers({
    send: async (answer) => {
      sent.push(answer)
      return outcome(answer)
    },
    store: {
      read: async () => kept,
      write: async (list) => {
        stored = list
      },
    },
    now: () => nowMs,
  })
  return {
    answers,
    sent,
    stored: () => stored,
    answersWith: (next: typeof outcome) => {
      outcome = next
    },
    later: (ms: number) => {
      nowMs += ms
    },
    standing: () => answers.of('dec_1')?.state.kind,
  }
}

describe('answers of this device', () => {
  it('[C1] an answer that could not be sent goes again under its own key', async () => {
    const it = phone()
    it.answersWith(() => offline)
    it.answers.say(saying('once', false))
    await expect.poll(it.standing).toBe('kept')
    expect(it.stored()).toHaveLength(1)
    it.answersWith(() => ({ command: command('cmd_1') }))
    it.answers.wake()
    await expect.poll(it.standing).toBe('sent')
    expect(it.sent.map((answer) => answer.key)).toEqual([it.sent[0]?.key, it.sent[0]?.key])
    expect(it.stored()).toEqual([])
  })

  it('an allow kept too long is not sent: the person looks again', async () => {
    const it = phone()
    it.answersWith(() => offline)
    it.answers.say(saying('once', false))
    await expect.poll(it.standing).toBe('kept')
    it.later(ALLOW_VALID_MS + 1)
    it.answers.wake()
    await expect.poll(it.standing).toBe('stale')
    expect(it.sent).toHaveLength(1)
    expect(it.stored()).toEqual([])
  })

  it('[D5] a deny waits without an end', async () => {
    const it = phone()
    it.answersWith(() => offline)
    it.answers.say(saying('no', true))
    await expect.poll(it.standing).toBe('kept')
    it.later(ALLOW_VALID_MS * 10)
    it.answersWith(() => ({ command: command('cmd_1') }))
    it.answers.wake()
    await expect.poll(it.standing).toBe('sent')
  })

  it('[D2] a deny takes the place of a kept allow, which is never sent', async () => {
    const it = phone()
    it.answersWith(() => offline)
    it.answers.say(saying('once', false))
    await expect.poll(it.standing).toBe('kept')
    it.later(1)
    it.answers.say(saying('no', true))
    await expect.poll(() => it.sent.length).toBe(2)
    await expect.poll(it.standing).toBe('kept')
    it.answersWith(() => ({ command: command('cmd_2') }))
    it.answers.wake()
    await expect.poll(it.standing).toBe('sent')
    expect(it.sent.filter((answer) => !answer.isDeny)).toHaveLength(1)
  })

  it('[7] the late result of a replaced allow says nothing of the deny', async () => {
    const it = phone()
    const late: { arrive?: (outcome: Outcome) => void } = {}
    it.answersWith((answer) =>
      answer.isDeny
        ? { command: command('cmd_deny') }
        : new Promise<Outcome>((resolve) => {
            late.arrive = resolve
          }),
    )
    it.answers.say(saying('once', false))
    await expect.poll(() => late.arrive).toBeDefined()
    it.later(1)
    it.answers.say(saying('no', true))
    await expect.poll(it.standing).toBe('sent')
    late.arrive?.({ command: command('cmd_allow', 'SUPERSEDED') })
    await Promise.resolve()
    const said = it.answers.of('dec_1')
    expect(said?.answer.isDeny).toBe(true)
    expect(said?.state).toMatchObject({ kind: 'sent', command: { id: 'cmd_deny' } })
  })

  it('a refusal is final and says why', async () => {
    const it = phone()
    it.answersWith(() => ({ problem: { code: 'RUNG_TOO_LOW', message: 'This device may only view.' } }))
    it.answers.say(saying('once', false))
    await expect.poll(it.standing).toBe('refused')
    it.answers.wake()
    expect(it.sent).toHaveLength(1)
    expect(it.stored()).toEqual([])
  })

  it('what was kept before the page was closed is sent when it opens again', async () => {
    const kept: Answer = { ...saying('no', true), key: 'kept-key', saidAtMs: 1 }
    const it = phone([kept])
    await expect.poll(it.standing).toBe('sent')
    expect(it.sent.map((answer) => answer.key)).toEqual(['kept-key'])
  })
})
