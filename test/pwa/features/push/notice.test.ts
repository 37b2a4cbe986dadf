/** What a push becomes: our words, this origin only, buttons only where everything asked is in them, settled without a sound. */

import { describe, expect, it } from 'vitest'
import { answerKey } from '../../../../pwa/features/push/answer-key.ts'
import {
  answeredNotice,
  decisionIn,
  type Learned,
  notificationOf,
  readNotice,
  readNoticeData,
  safePath,
} from '../../../../pwa/features/push/notice.ts'
import { decision, options } from '../decisions/samples.ts'

const origin = 'https://desk.example'
const payload = (change: object = {}) =>
  JSON.stringify({
    kind: 'DECISION_OPENED',
    title: 'Allow: Run this command?',
    body: 'npm test Folder: /home/anna/src\nIdempotent invoices · billing',
    tag: 'dec_1',
    url: '/s/ses_1?d=dec_1',
    silent: false,
    ...change,
  })
const learned = (change: Parameters<typeof decision>[0] = {}, evidenceMatches = true): Learned => ({
  decision: decision(change),
  evidenceMatches,
  stepUpFrom: 'FULL',
})
const notice = (change: object = {}) => readNotice(payload(change), origin)
const buttons = (shown: ReturnType<typeof notificationOf>) => (shown.options.actions ?? []).map((one) => one.action)

describe('reading a push', () => {
  it('takes the server’s words', () => {
    expect(notice()).toEqual({
      kind: 'DECISION_OPENED',
      title: 'Allow: Run this command?',
      body: 'npm test Folder: /home/anna/src\nIdempotent invoices · billing',
      tag: 'dec_1',
      path: '/s/ses_1?d=dec_1',
      silent: false,
    })
  })

  it.each([null, '', 'no json', '[]', '"text"', '{"title": 5}'])('what cannot be read is still shown: %s', (text) => {
    const read = readNotice(text, origin)
    expect(read.title).not.toBe('')
    expect(read.path).toBe('/inbox')
  })

  it.each([
    ['/s/ses_1?d=dec_1', '/s/ses_1?d=dec_1'],
    ['https://evil.example/s/x', '/inbox'],
    ['//evil.example/s/x', '/inbox'],
    ['javascript:alert(1)', '/inbox'],
    ['https://desk.example/settings', '/settings'],
    [5, '/inbox'],
  ])('[T8] leads nowhere but to this server: %s', (url, path) => {
    expect(safePath(url, origin)).toBe(path)
  })

  it('[T4] what was for a person who was verified is not shown when it comes later', () => {
    const later = { until: '2026-11-20T15:00:00.000Z', title: 'Something waits for you' }
    const at = (now: string) => readNotice(payload({ later }), origin, Date.parse(now))
    expect(at('2026-11-20T14:59:59Z')).toMatchObject({ title: 'Allow: Run this command?' })
    expect(at('2026-11-20T15:00:00Z')).toMatchObject({ title: later.title, body: '', path: '/s/ses_1?d=dec_1' })
    expect(JSON.stringify(at('2026-11-20T15:00:00Z'))).not.toContain('npm test')
  })

  it('finds the decision it is about', () => {
    expect(decisionIn('/s/ses_1?d=dec_1')).toEqual({ sessionId: 'ses_1', decisionId: 'dec_1' })
    expect(decisionIn('/s/ses_1')).toBeNull()
    expect(decisionIn('/settings')).toBeNull()
  })
})

describe('the notification', () => {
  it('offers Deny and Allow once where all that is asked stands in its words', () => {
    const shown = notificationOf(notice(), learned())
    expect(buttons(shown)).toEqual(['deny', 'allow'])
    expect(shown.options.actions?.map((one) => one.title)).toEqual(['Deny', 'Allow once'])
    expect(shown.options.data).toMatchObject({ allow: { optionId: 'once', epoch: 1 }, deny: { optionId: 'no' } })
  })

  it.each([
    ['the words leave something out', notificationOf(notice({ body: 'npm test' }), learned())],
    ['the evidence is long', notificationOf(notice(), learned({ evidence: `${'x'.repeat(300)}\n\nFolder: /a` }))],
    ['the digest does not fit', notificationOf(notice(), learned({}, false))],
    [
      'two options allow once',
      notificationOf(
        notice(),
        learned({ options: [...options, ...options.slice(0, 1).map((one) => ({ ...one, id: 'x' }))] }),
      ),
    ],
  ])('offers only Deny when %s', (_why, shown) => {
    expect(buttons(shown)).toEqual(['deny'])
  })

  it.each([
    ['nothing was learned in time', notificationOf(notice(), null)],
    ['it is a question', notificationOf(notice(), learned({ kind: 'QUESTION' }))],
    ['it is settled by now', notificationOf(notice(), learned({ state: 'SETTLED' }))],
  ])('has no buttons when %s', (_why, shown) => {
    expect(buttons(shown)).toEqual([])
  })

  it('[T4] where the person must be verified first, Deny stays and Review opens the card', () => {
    const shown = notificationOf(notice(), learned(), true)
    expect(shown.options.actions?.map((one) => one.title)).toEqual(['Deny', 'Review'])
    expect(shown.options.data).not.toHaveProperty('allow')
    const asked = { ...learned(), stepUpFrom: 'ANSWER' as const }
    expect(buttons(notificationOf(notice(), asked))).toEqual(['deny', 'review'])
  })

  it('[D5] a view-only device gets no buttons', () => {
    const { session } = decision()
    const viewOnly = { ...session, allowed: { ...session.allowed, rung: 'VIEW' as const } }
    expect(buttons(notificationOf(notice(), learned({ session: viewOnly })))).toEqual([])
  })

  it('a settled one replaces its card without a sound', () => {
    const shown = notificationOf(notice({ kind: 'DECISION_SETTLED', silent: true }), null)
    expect(shown.options).toMatchObject({ tag: 'dec_1', silent: true, renotify: false })
    expect(notificationOf(notice(), null).options).toMatchObject({ tag: 'dec_1', silent: false, renotify: true })
  })

  it('[C1][D5] a button has one key however often it is pressed, and what was refused can be said anew from the next notification', async () => {
    const keyAt = async (nowMs: number) => {
      const { deny } = readNoticeData(notificationOf(notice(), learned(), false, nowMs).options.data)
      return deny && answerKey(deny)
    }
    expect(await keyAt(1)).toBe(await keyAt(1))
    expect(await keyAt(1)).not.toBe(await keyAt(2))
    expect(await keyAt(1)).toMatch(/^[\w-]{16,64}$/)
    const data = readNoticeData(notificationOf(notice(), learned()).options.data)
    expect(data.deny && answeredNotice(data, data.deny, { kind: 'sent', state: 'REFUSED' }).options.body).toBe(
      'Your Deny was refused. Open to see why, and to answer.',
    )
  })

  it('[C5] after a button it says sent, never done; a loser is told; what was not sent is heard', () => {
    const data = readNoticeData(notificationOf(notice(), learned()).options.data)
    const deny = data.deny
    if (!deny) throw new Error('no deny')
    expect(answeredNotice(data, deny, { kind: 'sent', state: 'QUEUED' }).options.body).toBe(
      'Deny sent, waiting for atlas.',
    )
    expect(answeredNotice(data, deny, { kind: 'sent', state: 'SUPERSEDED' }).options.body).toContain('came second')
    const failed = answeredNotice(data, deny, { kind: 'failed', why: 'the server gave no answer.' })
    expect(failed.options).toMatchObject({ silent: false, tag: 'dec_1', data: { path: '/s/ses_1?d=dec_1' } })
    expect(failed.options.body).toBe('Deny was not sent: the server gave no answer. Open to answer.')
  })
})
