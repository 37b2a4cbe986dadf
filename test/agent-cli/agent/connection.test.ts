import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { expect, test, vi } from 'vitest'
import { createAgentConnection } from '../../../agent-cli/agent/connection.ts'
import { agentPath, hosted, listen, runs, startedWith } from './fixtures/host.ts'

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

test('a refusal carries the agent’s own error; a missing login says so', async () => {
  const { play } = await hosted()
  await expect(play('refuse')).rejects.toMatchObject({
    fault: 'REFUSED',
    authRequired: false,
    rpc: { code: -32603, message: 'quota used up', data: { reset: 'noon' } },
  })
  await expect(play('login')).rejects.toMatchObject({ fault: 'AUTH_REQUIRED', authRequired: true })
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

test('an agent that dies in a turn ends every pending call by name, after its last words, and once', async () => {
  const { heard, agent, play } = await hosted()
  const turn = play('die')
  const others = [agent.setMode('s1', 'x'), agent.newSession({ cwd: '/' })]
  await expect(turn).rejects.toMatchObject({
    fault: 'EXITED',
    message: 'The agent ended with code 3. Its last words: fatal: out of cheese',
    exit: { code: 3, signal: null },
  })
  await Promise.allSettled(others)
  await vi.waitFor(() => expect(heard.exits).toHaveLength(1))
  expect(heard.texts()).toEqual(['last'])
  expect(heard.exits[0]).toMatchObject({ code: 3, stderrTail: expect.stringContaining('warming up') })
  await expect(play('hello')).rejects.toMatchObject({ fault: 'EXITED' })
  await expect(agent.cancel('s1')).rejects.toMatchObject({ fault: 'EXITED' })
  await agent.close(100)
  expect(heard.exits).toHaveLength(1)
})

test('a child that holds the dead agent’s pipe does not hide its death, and is ended', async () => {
  const { heard, agent, play } = await hosted({}, { limits: { drainMs: 100 } })
  await expect(play('dieWithHeldPipe')).rejects.toMatchObject({ fault: 'EXITED', exit: { code: 4 } })
  expect(heard.texts()).toEqual(['last'])
  await vi.waitFor(async () => expect(await agent.family.snapshot()).toEqual([]), { timeout: 5_000 })
})

test('an agent killed with a question open aborts the one who was asked', async () => {
  let aborted: unknown
  const { play } = await hosted({
    onPermission: (_, signal) => new Promise(() => signal.addEventListener('abort', () => (aborted = signal.reason))),
  })
  await expect(play('dieAsking')).rejects.toMatchObject({ fault: 'EXITED', exit: { signal: 'SIGKILL' } })
  await vi.waitFor(() => expect(aborted).toBeDefined())
})

test('an agent that closes its pipe and lives on is ended, not waited for', async () => {
  const { agent, play } = await hosted({}, { limits: { drainMs: 100 } })
  await expect(play('closeStdout')).rejects.toMatchObject({ fault: 'EXITED' })
  expect(runs(agent.pid)).toBe(false)
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

test('closing rejects what is pending as our own doing', async () => {
  const { heard, agent, play } = await hosted()
  const turn = play('wait')
  const rejected = expect(turn).rejects.toMatchObject({ fault: 'CLOSED' })
  await vi.waitFor(() => expect(heard.texts()).toEqual(['waiting']))
  await agent.close(200)
  await rejected
  await vi.waitFor(() => expect(heard.exits).toHaveLength(1))
})
