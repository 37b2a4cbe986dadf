import { expect, test, vi } from 'vitest'
import { hosted } from './fixtures/host.ts'

const permission = { outcome: { outcome: 'selected', optionId: 'one' }, answers: { 0: 'SQLite' } }

test('[E9] unknown kinds, fields and notifications arrive as they were written, and the console stays clean', async () => {
  const said = [vi.spyOn(console, 'error'), vi.spyOn(console, 'warn'), vi.spyOn(console, 'log')]
  const { heard, play } = await hosted()
  await play('unknown')
  expect(heard.updates).toEqual([
    { sessionId: 's1', update: { sessionUpdate: 'hologram', depth: 3, nested: { kept: true } } },
    { sessionId: 's1', update: { sessionUpdate: 'tool_call', toolCallId: 't9', kind: 'teleport', oddField: 1 } },
    'not even an object',
  ])
  expect(heard.notifications).toEqual([['_own/notice', { of: 'the agent' }]])
  await play('garbage')
  for (const spy of said) expect(spy).not.toHaveBeenCalled()
})

test('garbage is reported in order, bounded, and the agent goes on', async () => {
  const { heard, play } = await hosted({}, { limits: { garbageExcerptBytes: 10 } })
  await play('garbage')
  expect(heard.garbage.map(({ why, excerpt }) => [why, excerpt])).toEqual([
    ['NOT_JSON', 'Welcome to'],
    ['NOT_JSON', '{"half":'],
    ['NOT_JSON_RPC', '[{"jsonrpc'],
    ['NOT_JSON_RPC', '42'],
    ['NOT_ASKED_FOR', '{"jsonrpc"'],
    ['NOT_JSON_RPC', '{"jsonrpc"'],
    ['NOT_JSON', '\uFFFD\uFFFD'],
  ])
  expect(heard.texts()).toEqual(['still here'])
})

test('5,000 updates and a question among them arrive in the order of writing', async () => {
  const order: unknown[] = []
  const { play } = await hosted({
    onUpdate: (params) => order.push((params as { update: { n: number } }).update.n),
    onPermission(params) {
      order.push((params as { n: string }).n)
      return permission
    },
  })
  await play('flood')
  const numbers = Array.from({ length: 5_000 }, (_, n) => n)
  expect(order).toEqual([...numbers.slice(0, 2_500), 'asked', ...numbers.slice(2_500)])
})

test('an update written after the prompt’s answer does not overtake it', async () => {
  const order: string[] = []
  const { agent, play } = await hosted({ onUpdate: () => order.push('update') })
  await play('late').then(() => order.push('answer'))
  await agent.setMode('s1', 'plan')
  expect(order).toEqual(['answer', 'update'])
})

test('a message above the limit is skipped and told to both sides; nobody waits for it', async () => {
  const { heard, play } = await hosted({}, { limits: { maxMessageBytes: 20_000 } })
  await play('big')
  expect(heard.garbage.map(({ why }) => why)).toEqual(['TOO_LONG', 'TOO_LONG'])
  expect(heard.garbage[0]?.bytes).toBeGreaterThan(40_000)
  expect(JSON.parse(heard.texts()[0] ?? '')).toMatchObject({ error: { code: -32600 } })
  await expect(play('bigAnswer')).rejects.toMatchObject({ fault: 'REFUSED', rpc: { code: -32600 } })
  expect(await play('hello')).toMatchObject({ stopReason: 'end_turn' })
})

test('100,000 levels of nesting arrive, in an update and in a question', async () => {
  const { heard, play } = await hosted({
    onPermission(params) {
      expect(Array.isArray(params)).toBe(true)
      return permission
    },
  })
  await play('deep')
  expect(Array.isArray(heard.updates[0])).toBe(true)
  expect(JSON.parse(heard.texts()[0] ?? '')).toEqual(permission)
})
