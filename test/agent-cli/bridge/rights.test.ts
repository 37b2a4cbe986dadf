import { expect, test } from 'vitest'
import { refusalOf } from '../../../agent-cli/bridge/rights.ts'
import type { HostCommand } from '../../../agent-cli/remote/host-operations.ts'
import type { Rung } from '../../../agent-cli/remote/roster.ts'

const edit = (newText: string | null) =>
  ({ __typename: 'EditPrompt', rung: 'FULL', promptId: 'p', newText }) as HostCommand

function codeFor(rung: Rung, newText: string | null, promptMode: string | null): string | null {
  const device = { id: 'dev', name: 'x', publicKey: null, rung, via: 'paired', addedAt: '' }
  const meaningOf = (id: string) => (id === 'yolo' ? 'AUTOPILOT' : 'INTERACTIVE')
  const facts = {
    device,
    ceiling: 'FULL',
    remoteControl: 'VIEW_AND_CONTROL',
    decision: null,
    meaningOf,
    nowMs: 0,
  } as const
  return refusalOf(edit(newText), { ...facts, promptMode })?.code ?? null
}

test('[T4] [peer 10] new words under a mode that another has chosen need what that mode needs', () => {
  expect(codeFor('STEER', 'rm -rf', 'yolo')).toBe('RUNG_TOO_LOW')
  expect(codeFor('FULL', 'rm -rf', 'yolo')).toBeNull()
  expect(codeFor('STEER', 'tidy', 'ask')).toBeNull()
  expect(codeFor('STEER', 'tidy', null)).toBeNull()
  expect(codeFor('STEER', null, 'yolo')).toBeNull()
})
