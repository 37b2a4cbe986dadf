/** A decision as the server gives it, for the tests of this room. */
import type { Decision } from '../../../../pwa/features/decisions/decision-store.ts'

export const options: Decision['options'] = [
  { id: 'once', name: 'Allow once', kind: 'allow_once', description: null, rung: 'ANSWER', thenMode: null },
  { id: 'always', name: 'Always allow', kind: 'allow_always', description: null, rung: 'FULL', thenMode: null },
  { id: 'no', name: 'Deny', kind: 'reject_once', description: null, rung: 'ANSWER', thenMode: null },
]

export const decision = (change: Partial<Decision> = {}): Decision => ({
  id: 'dec_1',
  kind: 'PERMISSION',
  state: 'OPEN',
  epoch: 1,
  title: 'Run this command?',
  evidence: 'npm test\n\nFolder: /home/anna/src',
  evidenceDigest: '0'.repeat(64),
  cwd: '/home/anna/src',
  paths: [],
  plan: null,
  openedAt: '2026-11-20T14:00:00.000Z',
  settledAt: null,
  toolCallId: null,
  toolKind: 'execute',
  wordsGo: 'NEXT_PROMPT',
  options,
  questions: [],
  proposal: null,
  settlement: null,
  session: {
    id: 'ses_1',
    title: 'Idempotent invoices',
    branch: null,
    cwd: '/home/anna/src',
    agent: { id: 'demo', name: 'Demo' },
    host: { id: 'hst_1', name: 'atlas', liveUntil: null },
    allowed: { rung: 'STEER', rule: null, code: null, message: null },
  },
  ...change,
})

export const settlement = (change: Partial<NonNullable<Decision['settlement']>> = {}) => ({
  at: '2026-11-20T14:02:00.000Z',
  outcome: 'ANSWERED' as const,
  optionId: 'once',
  optionName: 'Allow once',
  reason: null,
  answer: null,
  origin: { surface: 'TERMINAL' as const, deviceId: null, deviceName: null, commandId: null },
  ...change,
})
