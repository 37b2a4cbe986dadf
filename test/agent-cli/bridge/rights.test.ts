import { expect, test } from 'vitest'
import { mayEnterMode, refusalOf } from '../../../agent-cli/bridge/rights.ts'
import type { HostCommand } from '../../../agent-cli/remote/host-operations.ts'
import type { Rung } from '../../../agent-cli/remote/roster.ts'
import { standing } from '../../../agent-cli/rules/rules.ts'
import { enrolled, paired, server, taps } from '../remote/away.ts'
import { desk, eventually, folder, until } from './desk.ts'

const edit = (newText: string | null) =>
  ({ __typename: 'EditPrompt', rung: 'FULL', promptId: 'p', newText }) as HostCommand

function codeFor(rung: Rung, newText: string | null, promptMode: string | null): string | null {
  const device = { id: 'dev', name: 'x', publicKey: null, rung, via: 'paired', addedAt: '' }
  const meaningOf = (id: string) => (id === 'yolo' ? 'AUTOPILOT' : 'INTERACTIVE')
  const facts = {
    device,
    ceiling: 'FULL',
    rules: standing([]),
    sessionRefusal: null,
    isVouched: true,
    decision: null,
    meaningOf,
    standingMode: 'yolo',
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

test('[T4] who prompts under the mode that stands raises nothing: STEER does, but it cannot turn that mode on again', () => {
  const device = { id: 'dev', name: 'x', publicKey: null, rung: 'STEER', via: 'paired', addedAt: '' } as const
  const meaningOf = (id: string) => (id === 'yolo' ? 'AUTOPILOT' : null)
  const rules = {
    device,
    ceiling: 'FULL',
    rules: standing([]),
    sessionRefusal: null,
    isVouched: true,
    decision: null,
    meaningOf,
    promptMode: null,
  } as const
  const prompt = { __typename: 'SendPrompt', rung: 'STEER', promptModeId: 'yolo' } as HostCommand
  expect(refusalOf(prompt, { ...rules, standingMode: 'yolo' })).toBeNull()
  expect(refusalOf(prompt, { ...rules, standingMode: 'ask' })?.code).toBe('RUNG_TOO_LOW')
  expect(mayEnterMode(prompt, { ...rules, standingMode: 'yolo' }, 'yolo')).toBe(false)
  const full = { ...rules, device: { ...device, rung: 'FULL' }, standingMode: null } as const
  expect(mayEnterMode(prompt, full, 'yolo')).toBe(false)
  const byFull = { ...prompt, rung: 'FULL' } as HostCommand
  expect(mayEnterMode(byFull, full, 'yolo')).toBe(true)
  // Else whoever holds an unlocked phone prompts under a mode that its person has left meanwhile (T4).
  expect(mayEnterMode(byFull, { ...full, isVouched: false }, 'yolo')).toBe(false)
})

test('[T4] [peer 10] queued under autopilot by a device that may not turn it on, a prompt runs there or not at all', async () => {
  const at = await server()
  const dataDir = await folder()
  await enrolled(at, dataDir)
  const { session, agent } = await desk({}, { dataDir })
  await session.remote.on()
  await session.setMode('auto')
  await until(session, ({ remote }) => remote.state === 'live' && remote.pendingEvents === 0)
  const phone = await paired(at, session, 'STEER')
  const tap = taps(phone, session.id)
  await tap.prompt('one', { modeId: 'auto' })
  expect((await agent.prompted()).text).toBe('one')
  expect((await tap.settled(await tap.prompt('two', { modeId: 'auto' }))).state).toBe('APPLIED')
  await session.setMode('default')
  agent.ends()
  const two = await eventually(async () =>
    (await tap.events()).events.findLast((event) => event.text === 'two' && event.promptState === 'REFUSED'),
  )
  expect(two).toBeTruthy()
  expect(session.view().mode.effective?.id).toBe('default')
})
