import { expect, test, vi } from 'vitest'
import { hosted } from './fixtures/host.ts'

test('a second turn is refused while one runs', async () => {
  const { agent, heard, play } = await hosted()
  const first = play('wait')
  await vi.waitFor(() => expect(heard.texts()).toEqual(['waiting']))
  await expect(play('hello')).rejects.toMatchObject({ fault: 'BUSY' })
  await agent.cancel('s1')
  expect(await first).toMatchObject({ stopReason: 'cancelled' })
  expect(await play('hello')).toMatchObject({ stopReason: 'end_turn' })
})

test('a cancel with a permission open answers it as cancelled and aborts the one who was asked', async () => {
  let aborted: unknown
  let askedFor: () => void
  const asked = new Promise<void>((resolve) => {
    askedFor = resolve
  })
  const { heard, agent, play } = await hosted({
    onPermission: (_, signal) =>
      new Promise(() => {
        signal.addEventListener('abort', () => {
          aborted = signal.reason
        })
        askedFor()
      }),
  })
  const turn = play('askThenCancel')
  await asked
  await agent.cancel('s1')
  expect(await turn).toMatchObject({ stopReason: 'cancelled' })
  expect(JSON.parse(heard.texts()[0] ?? '')).toEqual({ outcome: { outcome: 'cancelled' } })
  expect(aborted).toMatchObject({ fault: 'CLOSED' })
})

test('a question the agent withdraws is closed', async () => {
  const { heard, play } = await hosted({
    onPermission: (_, signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  })
  await play('withdraw')
  expect(heard.texts()).toHaveLength(1)
  expect(heard.errors).toEqual([])
})

test('aborting a prompt’s signal cancels the turn', async () => {
  const { heard, agent } = await hosted()
  const leaving = new AbortController()
  const turn = agent.prompt('s1', [{ type: 'text', text: 'wait' }], leaving.signal)
  await vi.waitFor(() => expect(heard.texts()).toEqual(['waiting']))
  leaving.abort()
  expect(await turn).toMatchObject({ stopReason: 'cancelled' })
})

test('a turn that does not heed its cancel is called hung, not waited for', async () => {
  const { agent, heard, play } = await hosted({}, { limits: { cancelSeconds: 0.1 } })
  const turn = play('ignoreCancel')
  await vi.waitFor(() => expect(heard.texts()).toEqual(['busy']))
  await agent.cancel('s1')
  await expect(turn).rejects.toMatchObject({ fault: 'TIMED_OUT' })
})
