import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { expect, test, vi } from 'vitest'
import { createAgentConnection } from '../../../agent-cli/agent/connection.ts'
import { agentPath, hosted, listen, startedWith } from './fixtures/host.ts'

const permission = { outcome: { outcome: 'selected', optionId: 'one' }, answers: { 0: 'SQLite' } }

test('the agent is told of forms, notices and compaction, and of neither files nor terminals', async () => {
  const { agent } = await hosted()
  expect(agent.answers).toMatchObject({ name: 'fixture', version: '9', canLoadSession: true, canSteer: true })
  expect(agent.answers.authMethods).toEqual([{ id: 'key', name: 'API key', description: null }])
  expect(agent.answers.takes).toEqual({ image: true, audio: false, embeddedContext: false })
  const { _meta } = agent.answers.raw as { _meta: { told: { clientCapabilities: object } } }
  expect(_meta.told.clientCapabilities).toEqual({
    elicitation: { form: {}, url: {} },
    session: { notices: {}, compaction: {}, configOptions: { boolean: {} } },
  })
})

test('a turn ends with the agent’s own stop reason, after its updates', async () => {
  const { heard, play } = await hosted()
  expect(await play('hello')).toEqual({ stopReason: 'end_turn', raw: { stopReason: 'end_turn' } })
  expect(heard.texts()).toEqual(['hello'])
})

test('[D6] options of one kind, of an unknown kind and requests of an unknown shape are all asked, raw, and answered verbatim', async () => {
  const asked: unknown[] = []
  const { heard, play } = await hosted({
    onPermission(params) {
      asked.push((params as { options: unknown }).options)
      return permission
    },
  })
  await play('permissions')
  expect(asked).toEqual([
    [
      { optionId: 'one', name: 'Here', kind: 'allow_once' },
      { optionId: 'two', name: 'There', kind: 'allow_once' },
    ],
    [{ optionId: 'odd', name: 'Odd', kind: 'allow_for_a_week', more: 1 }],
    'no list',
  ])
  expect(JSON.parse(heard.texts()[0] ?? '')).toEqual([permission, permission, permission])
})

test('a form of an unknown kind is asked raw and answered verbatim', async () => {
  const answer = { action: 'accept', content: { a: 1 }, extra: true }
  const { heard, play } = await hosted({
    async onElicitation(params) {
      expect(params).toEqual({ mode: 'hologram', sessionId: 's1', extra: [1] })
      return answer
    },
  })
  await play('form')
  expect(JSON.parse(heard.texts()[0] ?? '')).toEqual(answer)
})

test('a request nobody serves is refused to the agent and told to the host', async () => {
  const { heard, play } = await hosted()
  await play('unserved')
  expect(JSON.parse(heard.texts()[0] ?? '')).toMatchObject({ error: { code: -32601 } })
  expect(heard.unknown).toEqual(['fs/read_text_file'])
})

test('a handler that throws is reported and never counts as consent', async () => {
  const { heard, play } = await hosted({
    onPermission() {
      throw new Error('ours')
    },
    onElicitation: () => Promise.reject(new Error('ours too')),
    onUpdate(params) {
      heard.updates.push(params)
      throw new Error('and this')
    },
  })
  await play('form')
  await play('permissions')
  expect(heard.texts().map((text) => JSON.parse(text))).toEqual([
    { action: 'cancel' },
    Array(3).fill({ outcome: { outcome: 'cancelled' } }),
  ])
  expect(heard.errors).toHaveLength(6)
})

test('every call is made as ACP wants it', async () => {
  const { heard, agent } = await hosted()
  expect(await agent.setMode('s1', 'plan')).toEqual({ told: { sessionId: 's1', modeId: 'plan' } })
  expect(await agent.setConfigOption('s1', 'model', 'big')).toEqual({
    told: { sessionId: 's1', configId: 'model', value: 'big' },
  })
  expect(await agent.setConfigOption('s1', 'auto', true)).toEqual({
    told: { sessionId: 's1', configId: 'auto', type: 'boolean', value: true },
  })
  expect(await agent.steer('s1', [{ type: 'text', text: 'also this' }])).toBe('injected')
  await agent.authenticate('key')
  await agent.loadSession({ sessionId: 's1', cwd: tmpdir() })
  const [steered, replayed] = heard.texts()
  expect(JSON.parse(steered ?? '')).toEqual({
    sessionId: 's1',
    prompt: [{ type: 'text', text: 'also this' }],
    _meta: { steering: { idleBehavior: 'promptRequired' } },
  })
  expect(replayed).toBe('replayed')
})

test('an agent that cannot be steered is not asked to', async () => {
  const { agent } = await hosted({}, { start: 'unsteered' })
  await expect(agent.steer('s1', [])).rejects.toMatchObject({ fault: 'NOT_OFFERED' })
})

test('what cannot start says why and leaves nothing running', async () => {
  const { handlers, heard } = listen()
  const cwd = tmpdir()
  const mark = `OFFDESK_TEST=${randomUUID()}`
  const env = { ...process.env, OFFDESK_TEST: mark.slice(13) }
  const program = { command: process.execPath, cwd, env, handlers }
  await expect(createAgentConnection({ command: 'no-such-agent', cwd, handlers })).rejects.toMatchObject({
    fault: 'MISSING',
    message: 'No program "no-such-agent" was found. Install it, or give its full path.',
  })
  await expect(createAgentConnection({ ...program, cwd: '/no/such/folder' })).rejects.toMatchObject({
    fault: 'NO_FOLDER',
  })
  await expect(createAgentConnection({ command: agentPath, cwd, handlers })).rejects.toMatchObject({
    fault: 'NOT_STARTED',
  })
  await expect(createAgentConnection({ ...program, args: [agentPath, 'die'] })).rejects.toMatchObject({
    fault: 'EXITED',
    message: 'The agent ended with code 2. Its last words: cannot start: no key',
  })
  await expect(createAgentConnection({ ...program, args: [agentPath, 'v9'] })).rejects.toMatchObject({
    fault: 'NOT_OFFERED',
    message: expect.stringContaining('version 9'),
  })
  expect(heard.exits).toEqual([])
  expect(startedWith(mark)).toEqual([])
})

test('an agent that hangs on its greeting is reported in time and ended', async () => {
  const { handlers } = listen()
  const mark = `OFFDESK_TEST=${randomUUID()}`
  const env = { ...process.env, OFFDESK_TEST: mark.slice(13) }
  const options = { command: process.execPath, args: [agentPath, 'hang'], cwd: tmpdir(), env, handlers }
  const hanging = createAgentConnection({ ...options, limits: { startSeconds: 0.5 } })
  await vi.waitFor(() => expect(startedWith(mark)).toHaveLength(1))
  await expect(hanging).rejects.toMatchObject({ fault: 'TIMED_OUT' })
  const leaving = new AbortController()
  const left = createAgentConnection({ ...options, signal: leaving.signal })
  setImmediate(() => leaving.abort(new Error('left')))
  await expect(left).rejects.toThrow('left')
  await expect(createAgentConnection({ ...options, signal: leaving.signal })).rejects.toThrow('left')
  expect(startedWith(mark)).toEqual([])
})
