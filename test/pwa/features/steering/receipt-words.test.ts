import { describe, expect, it } from 'vitest'
import type { Command } from '../../../../pwa/features/steering/command-fields.ts'
import { type Around, standingOf, whatOf, winnerWords } from '../../../../pwa/features/steering/receipt-words.ts'

const at = (hour: number, minute: number) => new Date(2026, 2, 2, hour, minute).toISOString()
const around: Around = {
  hostName: 'atlas',
  hostOfflineSince: null,
  now: new Date(2026, 2, 2, 14, 10).getTime(),
  deviceId: 'dev_me',
  nameOf: (kind, id) => ({ option: { no: 'Deny' }, mode: { auto: 'Autopilot' } })[kind][id as never],
}
const base = {
  id: 'cmd_1',
  key: 'k'.repeat(16),
  createdAt: at(14, 5),
  deliveredAt: null,
  settledAt: null,
  expiresAt: at(14, 20),
  deviceId: 'dev_me',
  deviceName: 'iPhone',
  sessionId: 'ses_1',
  refusal: null,
  winner: null,
}
const prompt = (change: Partial<Command>): Command =>
  ({
    ...base,
    __typename: 'SendPrompt',
    state: 'QUEUED',
    promptId: 'p',
    promptText: 'Run the suite.\nAll of it.',
    promptDelivery: 'AFTER_TURN',
    promptModeId: null,
    ...change,
  }) as Command

describe('what a command’s state is called', () => {
  it.each([
    ['QUEUED', {}, 'saved', 'Saved 14:05, atlas has not fetched it'],
    ['DELIVERED', { deliveredAt: at(14, 6) }, 'delivered', 'Delivered to atlas 14:06, not applied yet'],
    ['APPLIED', { settledAt: at(14, 7) }, 'applied', 'Applied 14:07'],
  ] as const)('[C5] on its way: %s', (state, change, step, words) => {
    expect(standingOf(prompt({ state, ...change }), around)).toEqual({ kind: 'way', step, words })
  })

  it('[B6] a saved command says that its workstation is offline, and since when', () => {
    const offline = { ...around, hostOfflineSince: new Date(2026, 2, 2, 14, 2).getTime() }
    expect(standingOf(prompt({}), offline)).toMatchObject({ words: 'Saved 14:05. atlas is offline since 14:02' })
  })

  it('[T7] refused says what was refused, why, and by which rule', () => {
    const whose = { level: 'organisation', owner: 'the admins of acme', remedy: 'Ask them.' }
    const refusal = { code: 'POLICY', message: 'acme does not allow it.', rule: 'modes.allowed', ...whose }
    const command = { ...base, __typename: 'SetMode', state: 'REFUSED', modeId: 'auto', refusal } as Command
    expect(standingOf(command, around)).toEqual({
      kind: 'over',
      title: 'Refused',
      what: 'Autopilot',
      detail: 'acme does not allow it.',
      refusal,
    })
  })

  it('[D3] superseded names who answered, where and when', () => {
    const origin = { surface: 'TERMINAL', deviceId: null, deviceName: null, commandId: null }
    const winner = {
      at: at(14, 2),
      outcome: 'ANSWERED',
      optionId: 'once',
      optionName: 'Allow once',
      answer: null,
      origin,
    }
    const mine = { decisionId: 'd', optionId: 'no' }
    const command = { ...base, __typename: 'AnswerPermission', state: 'SUPERSEDED', ...mine, winner } as Command
    expect(standingOf(command, around)).toMatchObject({
      title: 'Superseded',
      what: 'Deny',
      detail: 'Answered at the terminal 14:02: Allow once',
    })
  })

  it('superseded without a known winner still says that it was not applied', () => {
    expect(standingOf(prompt({ state: 'SUPERSEDED' }), around)).toMatchObject({
      detail: 'Another answer came first. It was not applied.',
    })
  })

  it('[C4] unknown is never called done: it says what to do first', () => {
    expect(standingOf(prompt({ state: 'UNKNOWN', settledAt: at(14, 3) }), around)).toEqual({
      kind: 'unknown',
      title: 'Unknown since 14:03',
      what: 'Run the suite.',
      detail: 'atlas restarted in the middle of it. Look before you send it again.',
    })
  })

  it('expired says that nothing was done', () => {
    expect(standingOf(prompt({ state: 'EXPIRED' }), around)).toMatchObject({
      title: 'Expired',
      detail: 'atlas did not take it by 14:20. Nothing was done.',
    })
  })
})

describe('who answered', () => {
  const by = (surface: string, deviceId: string | null, deviceName: string | null) =>
    winnerWords(
      {
        at: at(14, 2),
        outcome: 'ANSWERED',
        optionId: 'once',
        optionName: 'Allow once',
        answer: null,
        origin: { surface: surface as 'DEVICE', deviceId, deviceName, commandId: null },
      },
      around,
    )
  it.each([
    ['TERMINAL', null, null, 'Answered at the terminal 14:02: Allow once'],
    ['DEVICE', 'dev_me', 'iPhone', 'Answered on this computer 14:02: Allow once'],
    ['DEVICE', 'dev_2', 'iPad', 'Answered on iPad 14:02: Allow once'],
    ['DEVICE', null, null, 'Answered on another device 14:02: Allow once'],
    ['HOST', null, null, 'Answered by atlas 14:02: Allow once'],
    ['AGENT', null, null, 'Answered by the agent 14:02: Allow once'],
  ])('%s %s', (surface, id, name, words) => expect(by(surface, id, name)).toBe(words))
})

describe('what a command was', () => {
  it.each([
    [{ __typename: 'CancelTurn', turnId: null }, 'Cancel turn'],
    [{ __typename: 'StopSession' }, 'Stop the session'],
    [{ __typename: 'WithdrawPrompt', promptId: 'p' }, 'Withdraw a prompt'],
    [{ __typename: 'EditPrompt', promptId: 'p', newText: null, newDelivery: 'NOW' }, 'Send now'],
    [{ __typename: 'SetMode', modeId: 'unknown-mode' }, 'unknown-mode'],
    [{ __typename: 'AnswerQuestion', decisionId: 'd', accepted: false }, 'Decline'],
    [{ __typename: 'SomethingNewer' }, 'a command'],
  ])('%o', (kind, words) => expect(whatOf({ ...base, state: 'QUEUED', ...kind } as Command, around)).toBe(words))
})
