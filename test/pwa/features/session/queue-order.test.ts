import { describe, expect, it } from 'vitest'
import { planSteps } from '../../../../pwa/features/session/plan-steps.ts'
import { queueOf } from '../../../../pwa/features/session/queue-order.ts'
import type { SessionDetail } from '../../../../pwa/features/session/session-detail.ts'
import { sessionLink } from '../../../../pwa/features/session/session-link.ts'
import { usageWords } from '../../../../pwa/features/session/usage-words.ts'
import { foldEvents } from '../../../../pwa/features/transcript/items/fold.ts'
import { clockAt, iphone, prompt, script } from '../transcript/script.ts'

const row = (id: string, state: string, since: string, text = 'from the row'): SessionDetail['prompts'][number] =>
  ({
    id,
    state,
    text,
    delivery: 'AFTER_TURN',
    modeId: null,
    since,
    reason: null,
    origin: iphone,
    attachments: [],
  }) as never
const shown = (queue: ReturnType<typeof queueOf>) => queue.map(({ promptId, state, text }) => [promptId, state, text])

describe('the queue', () => {
  it('[C6] shows prompts of which only the row tells, in its order', () => {
    const detail = {
      prompts: [row('b', 'QUEUED', clockAt(1)), row('a', 'HELD', clockAt(2)), row('r', 'RUNNING', clockAt(3))],
    }
    expect(shown(queueOf(detail, foldEvents([])))).toEqual([
      ['b', 'QUEUED', 'from the row'],
      ['a', 'HELD', 'from the row'],
    ])
  })
  it('[C6] takes a newer event over the row, and an older one not', () => {
    const events = script([prompt('a', 'QUEUED', { text: 'from the event' })])
    expect(shown(queueOf({ prompts: [row('a', 'QUEUED', clockAt(0))] }, foldEvents(events)))).toEqual([
      ['a', 'QUEUED', 'from the event'],
    ])
    expect(shown(queueOf({ prompts: [row('a', 'HELD', clockAt(9))] }, foldEvents(events)))).toEqual([
      ['a', 'HELD', 'from the row'],
    ])
  })
  it('[C6] a prompt that has begun is no longer queued, whatever an older row says', () => {
    const events = script([prompt('a', 'QUEUED'), prompt('a', 'RUNNING')])
    expect(queueOf({ prompts: [row('a', 'QUEUED', clockAt(1))] }, foldEvents(events))).toEqual([])
  })
  it('shows what only the events tell', () => {
    expect(shown(queueOf(null, foldEvents(script([prompt('a', 'QUEUED')]))))).toEqual([['a', 'QUEUED', 'Make it so']])
  })
})

describe('the link of a session', () => {
  const away = { live: false, since: 5 } as const
  it.each([
    [{ kind: 'live', sinceMs: 1 }, { live: true }, { kind: 'live' }],
    [{ kind: 'live', sinceMs: 1 }, away, { kind: 'host-offline', since: 5, host: 'atlas' }],
    [{ kind: 'reconnecting', sinceMs: 1 }, away, { kind: 'reconnecting', since: 1 }],
    [{ kind: 'offline', sinceMs: 1 }, away, { kind: 'device-offline', since: 1 }],
    [{ kind: 'connecting', sinceMs: 9_900 }, { live: true }, { kind: 'live' }],
    [{ kind: 'connecting', sinceMs: 1 }, { live: true }, { kind: 'reconnecting', since: 1 }],
  ] as const)('[B6] %o with %o is %o', (page, life, link) => {
    expect(sessionLink(page, life, 'atlas', 10_000)).toEqual(link)
  })
})

describe('plan and usage', () => {
  it('the events’ plan is newer than the row’s', () => {
    const entry = (content: string, status: string) => ({ content, status, priority: 'medium' })
    expect(planSteps([entry('new', 'in_progress')], [entry('old', 'pending')])).toEqual([
      { id: '0', words: 'new', state: 'working' },
    ])
    expect(planSteps(null, [entry('old', 'completed')])).toEqual([{ id: '0', words: 'old', state: 'done' }])
  })
  it.each([
    [{ used: 41_200, size: 1, costAmount: 0.38, costCurrency: 'USD' }, '41k tokens, $0.38'],
    [{ used: 900, size: 1, costAmount: null, costCurrency: null }, '900 tokens'],
    [{ used: 1_250_000, size: 1, costAmount: 2, costCurrency: 'CHF' }, '1.3M tokens, 2.00 CHF'],
  ])('%o', (usage, words) => expect(usageWords(usage)).toBe(words))
})
