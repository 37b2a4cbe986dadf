import { expect, test } from 'vitest'
import type { HostCommand } from '../../../agent-cli/remote/host-operations.ts'
import { createTakers } from '../../../agent-cli/remote/takers.ts'

function taken(said: { state?: string; sessionEpoch?: number | null; deliveredEpoch?: number | null }) {
  const told: string[] = []
  const takers = createTakers({ rereads: () => void told.push('read again') })
  takers.add('ses_x', {
    epoch: 2,
    take: (_, isInDoubt) => void told.push(isInDoubt ? 'in doubt' : 'taken'),
    fenced: (epoch) => void told.push(`fenced by ${epoch}`),
    behind: () => void told.push('behind'),
  })
  told.length = 0
  const command = { __typename: 'SendPrompt', id: 'cmd_1', sessionId: 'ses_x' } as unknown as HostCommand
  takers.give(command, { id: 'cmd_1', state: 'DELIVERED', sessionEpoch: 2, deliveredEpoch: 2, ...said })
  return { takers, told, command }
}

test('[C5] what was refused, lost or overdue between the reading and the taking is not carried out', () => {
  for (const state of ['REFUSED', 'SUPERSEDED', 'EXPIRED', 'QUEUED']) expect(taken({ state }).told).toEqual([])
  expect(taken({}).told).toEqual(['taken'])
})

test('[E4] an attachment that learns of a newer one carries nothing out any more, and says so', () => {
  const { takers, told, command } = taken({ sessionEpoch: 3, deliveredEpoch: 2 })
  takers.give(command, { id: 'cmd_1', state: 'DELIVERED', sessionEpoch: 3, deliveredEpoch: 2 })
  expect([told, takers.has('ses_x')]).toEqual([['fenced by 3'], false])
})

test('[C4] what an earlier attachment took is in doubt', () => {
  expect(taken({ deliveredEpoch: 1 }).told).toEqual(['in doubt'])
  // A server from before this was kept, or a command taken by a host from before.
  expect(taken({ deliveredEpoch: null }).told).toEqual(['taken'])
})

test('[C2] what the server keeps back from an attachment it does not know yet is asked for again once it does', () => {
  const { takers, told } = taken({ state: 'QUEUED', sessionEpoch: 1, deliveredEpoch: null })
  expect(told).toEqual(['behind'])
  takers.started('ses_x')
  takers.started('ses_x')
  expect(told).toEqual(['behind', 'read again'])
})
