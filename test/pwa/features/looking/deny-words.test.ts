/** [C5] [D5] A deny that was said without looking is done when the host has said so, and one that it refused can be said again. */
import { expect, it } from 'vitest'
import type { Said } from '../../../../pwa/features/decisions/answers.ts'
import { denyState } from '../../../../pwa/features/looking/deny-words.ts'
import type { Deniable } from '../../../../pwa/features/looking/documents.ts'

type There = Deniable['said']
const said = (state: Said['state'], isDeny = true): Said => ({
  answer: {
    ...{ key: 'k1', what: 'Deny', isDeny, saidAtMs: 0, seen: { hostId: 'hst_1', optionName: 'Deny' } },
    ...{ kind: 'QUESTION', input: { sessionId: 's', decisionId: 'd', epoch: 1, answer: { decline: {} } } },
  },
  state,
})
const command = (state: NonNullable<There>['state']) =>
  ({ kind: 'sent', command: { __typename: 'AnswerQuestion', id: 'cmd_1', key: 'k1', state } }) as Said['state']
const told = (state: NonNullable<There>['state'], key = 'k1'): There => ({ key, state })

it.each<[string, Said | undefined, There, ReturnType<typeof denyState>['waits'], RegExp | null]>([
  ['nothing was said', undefined, null, null, null],
  ['nothing was said here, and an answer of before was refused', undefined, told('REFUSED', 'k0'), null, null],
  ['it goes', said({ kind: 'sending' }), null, 'Sending', null],
  ['the server is out of reach', said({ kind: 'kept', untilMs: null }), null, 'Sending', /Not sent yet/],
  ['the server has it', said(command('QUEUED')), null, 'Sent', null],
  ['the server has it, and an earlier one was refused', said(command('QUEUED')), told('REFUSED', 'k0'), 'Sent', null],
  ['the host has it', said(command('QUEUED')), told('DELIVERED'), 'Sent', null],
  ['the host has refused it', said(command('QUEUED')), told('REFUSED'), null, /workstation refused/],
  ['it was too late', said(command('QUEUED')), told('EXPIRED'), null, /too late/],
  ['nobody knows', said(command('QUEUED')), told('UNKNOWN'), null, /Nobody knows/],
  ['another answer came first', said(command('SUPERSEDED')), null, null, /Another answer came first/],
  ['an allow of before is on its way', said(command('QUEUED'), false), told('DELIVERED'), null, null],
  ['an allow of before waits for the server', said({ kind: 'kept', untilMs: 1 }, false), null, null, null],
  ['an allow of before was refused', said(command('QUEUED'), false), told('REFUSED'), null, null],
  [
    'the server did not take it',
    said({ kind: 'refused', problem: { code: 'X', message: 'No.', remedy: 'Ask Ann.' } }),
    null,
    null,
    /^Not sent. No\. Ask Ann\.$/,
  ],
])('%s', (_when, here, there, waits, words) => {
  const state = denyState(here, there)
  expect(state.waits).toBe(waits)
  if (words) expect(state.said).toMatch(words)
  else expect(state.said).toBeNull()
})
