// The scripted agent keeps its word: it says what the test says, answers as its manner says, and leaves nothing behind.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Readable, Writable } from 'node:stream'
import {
  type ClientConnection,
  type CreateElicitationResponse,
  client,
  methods,
  ndJsonStream,
  type RequestPermissionRequest,
  type SessionUpdate,
  type SetSessionConfigOptionResponse,
} from '@agentclientprotocol/sdk'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { hostile } from './hostile.ts'
import { claudeLike, clineLike, codexLike, geminiLike, type Manner, opencodeLike } from './manner.ts'
import { createScriptedAgent, type ScriptedAgent } from './scripted.ts'
import { twoAllowOnce } from './shapes.ts'

// Real processes on a busy machine: the claims have deadlines of their own.
vi.setConfig({ testTimeout: 30_000 })

const within = { timeout: 10_000, interval: 10 }
const ends: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

interface Bridge {
  agent: ScriptedAgent
  child: ChildProcess
  lines: string[]
  updates: SessionUpdate[]
  permissions: RequestPermissionRequest[]
  acp: ClientConnection['agent']
  pick: (request: RequestPermissionRequest) => string | Promise<string>
  fill: () => CreateElicitationResponse
  sessionId: string
  prompt(text: string): Promise<{ stopReason: string }>
}

async function bridged(options: Parameters<typeof createScriptedAgent>[0] = {}): Promise<Bridge> {
  const agent = await createScriptedAgent(options)
  ends.push(agent.close)
  const child = spawn(agent.command, agent.args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...agent.env },
  })
  const lines: string[] = []
  const [seen, read] = Readable.toWeb(child.stdout).tee()
  void (async () => {
    for await (const chunk of seen) lines.push(Buffer.from(chunk).toString('utf8'))
  })()
  const updates: SessionUpdate[] = []
  const permissions: RequestPermissionRequest[] = []
  const bridge = { agent, child, lines, updates, permissions, pick: () => 'allow' } as unknown as Bridge
  const connection = client({ name: 'bridge' })
    .onNotification(methods.client.session.update, ({ params }) => void updates.push(params.update))
    .onRequest(methods.client.session.requestPermission, async ({ params }) => {
      permissions.push(params)
      return { outcome: { outcome: 'selected', optionId: await bridge.pick(params) } }
    })
    .onRequest(methods.client.elicitation.create, () => bridge.fill())
    .connect(ndJsonStream(Writable.toWeb(child.stdin), read))
  bridge.acp = connection.agent
  await bridge.acp.request(methods.agent.initialize, { protocolVersion: 1, clientCapabilities: {} })
  bridge.sessionId = (await bridge.acp.request(methods.agent.session.new, { cwd: '/', mcpServers: [] })).sessionId
  bridge.prompt = (text) =>
    bridge.acp.request(methods.agent.session.prompt, {
      sessionId: bridge.sessionId,
      prompt: [{ type: 'text', text }],
    })
  return bridge
}

const texts = (updates: readonly SessionUpdate[]): string[] =>
  updates.flatMap((update) =>
    update.sessionUpdate === 'agent_message_chunk' && update.content.type === 'text' ? [update.content.text] : [],
  )

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('a turn', () => {
  it('is heard, answered in words, asked about and ended by the test', async () => {
    const { agent, prompt, updates, permissions } = await bridged()
    const turn = prompt('tidy up')
    expect((await agent.prompted()).text).toBe('tidy up')
    agent.says('Looking.')
    expect(await agent.asks({ title: 'rm -rf build', command: 'rm -rf build' }).answered()).toBe('allow')
    const call = agent.starts('ls')
    agent.reports(call, 'a\nb\n')
    agent.lists([{ content: 'tidy', status: 'completed' }])
    agent.spends(1_000, 0.02)
    agent.ends()
    expect(await turn).toEqual({ stopReason: 'end_turn' })
    expect(texts(updates)).toEqual(['Looking.'])
    expect(permissions[0]?.toolCall.rawInput).toEqual({ command: 'rm -rf build' })
    expect(updates.map(({ sessionUpdate }) => sessionUpdate)).toEqual([
      'agent_message_chunk',
      'tool_call',
      'tool_call',
      'tool_call_update',
      'plan',
      'usage_update',
    ])
  })

  it('asks a form and gets its content', async () => {
    const bridge = await bridged()
    bridge.fill = () => ({ action: 'accept', content: { colour: 'teal' } })
    const asked = bridge.agent.asksForm('Which colour?', { colour: { type: 'string' } })
    expect(await asked.answered()).toBe('accept')
    expect(await asked.raw()).toEqual({ action: 'accept', content: { colour: 'teal' } })
  })

  it('fails with an error of the test’s choice', async () => {
    const { agent, prompt } = await bridged()
    const turn = prompt('go')
    turn.catch(() => {})
    await agent.prompted()
    agent.fails({ code: -32000, message: 'sign in first' })
    await expect(turn).rejects.toThrow('sign in first')
  })

  it('what never comes is an error that says what was waited for', async () => {
    const { agent, prompt } = await bridged()
    await expect(agent.prompted(30)).rejects.toThrow('waited 30 ms for a prompt')
    const turn = prompt('late')
    expect((await agent.prompted()).text).toBe('late')
    agent.ends()
    await turn
  })
})

describe('plans', () => {
  it.each([
    ['Claude', claudeLike, 'switch_mode', true],
    ['Codex', codexLike, 'switch_mode', false],
    ['Gemini', geminiLike, 'other', false],
  ] as const)('asks for approval as %s does', async (_name, manner, kind, asContent) => {
    const bridge = await bridged(manner)
    bridge.pick = ({ options }) => options.at(-1)?.optionId ?? ''
    const asked = bridge.agent.proposes('1. read\n2. write')
    expect(await asked.answered()).toMatch(/reject|stay|cancel/)
    const [request] = bridge.permissions
    expect(request?.toolCall.kind).toBe(kind)
    expect(Boolean(request?.toolCall.content)).toBe(asContent)
    expect(request?.toolCall.toolCallId.startsWith('exit_plan_mode')).toBe(kind === 'other')
    expect(JSON.stringify(request).includes('2. write')).toBe(kind === 'switch_mode')
    const announced = bridge.updates.filter(({ sessionUpdate }) => sessionUpdate === 'tool_call')
    expect(announced).toHaveLength(manner === geminiLike ? 0 : 1)
  })
})

describe('modes', () => {
  const waysToSet: [string, Manner, string, string[]][] = [
    ['modes, confirmed in the conversation', geminiLike, 'yolo', ['agent_message_chunk']],
    ['an option, confirmed by the reply alone', opencodeLike, 'plan', []],
    ['both, confirmed by config_option_update', claudeLike, 'plan', ['config_option_update']],
    ['both, confirmed by current_mode_update', clineLike, 'plan', ['current_mode_update']],
  ]
  it.each(waysToSet)('are set by %s', async (_name, manner, mode, confirmations) => {
    const { agent, acp, sessionId, updates } = await bridged(manner)
    if (manner.modes.via === 'configOption')
      await acp.request(methods.agent.session.setConfigOption, { sessionId, configId: 'mode', value: mode })
    else await acp.request(methods.agent.session.setMode, { sessionId, modeId: mode })
    expect(await agent.modeSet()).toBe(mode)
    await vi.waitFor(() => expect(updates.map(({ sessionUpdate }) => sessionUpdate)).toEqual(confirmations), within)
  })

  it('Codex’s planning is an option of its own', async () => {
    const { agent, acp, sessionId } = await bridged(codexLike)
    const value = { sessionId, configId: 'collaboration_mode', value: 'plan' }
    const { configOptions }: SetSessionConfigOptionResponse = await acp.request(
      methods.agent.session.setConfigOption,
      value,
    )
    expect(await agent.optionSet()).toEqual({ configId: 'collaboration_mode', value: 'plan' })
    expect(configOptions.find(({ id }) => id === 'collaboration_mode')?.currentValue).toBe('plan')
  })
})

describe('a prompt while a turn runs', () => {
  const endings: [Manner['midTurn'], string[]][] = [
    ['queues', ['end_turn', 'end_turn']],
    ['folds', ['end_turn', 'end_turn']],
    ['cancelsFirst', ['cancelled', 'end_turn']],
    ['joins', ['end_turn', 'end_turn']],
    ['breaks', ['end_turn', 'session not found']],
  ]
  it.each(endings)('%s', async (midTurn, expected) => {
    const { agent, prompt } = await bridged({ midTurn })
    const settled = (turn: Promise<{ stopReason: string }>) =>
      turn.then(({ stopReason }) => stopReason).catch((error: Error) => error.message)
    const first = settled(prompt('one'))
    await agent.prompted()
    const second = settled(prompt('two'))
    if (midTurn !== 'breaks') await agent.prompted()
    else await second
    if (midTurn === 'folds' || midTurn === 'cancelsFirst') expect(await first).toBe(expected[0])
    agent.ends()
    if (midTurn === 'queues') agent.ends()
    expect(await Promise.all([first, second])).toEqual(expected)
  })

  it('steering words reach the test where the manner has them', async () => {
    const { agent, acp, sessionId, prompt } = await bridged(claudeLike)
    const turn = prompt('go')
    await agent.prompted()
    const words = { sessionId, prompt: [{ type: 'text', text: 'mind the gap' }] }
    expect(await acp.request('_session/steering', words)).toEqual({ outcome: 'injected' })
    expect(await agent.steered()).toBe('mind the gap')
    agent.ends()
    await turn
    expect(await acp.request('_session/steering', words)).toEqual({ outcome: 'promptRequired' })
  })
})

describe('cancel', () => {
  it('is obeyed, and open questions are withdrawn where the manner does that', async () => {
    const bridge = await bridged(codexLike)
    bridge.pick = () => new Promise(() => {})
    const turn = bridge.prompt('go')
    await bridge.agent.prompted()
    const asked = bridge.agent.asks({ title: 'rm' })
    await vi.waitFor(() => expect(bridge.permissions).toHaveLength(1), within)
    await bridge.acp.notify(methods.agent.session.cancel, { sessionId: bridge.sessionId })
    expect(await turn).toEqual({ stopReason: 'cancelled' })
    await vi.waitFor(() => expect(bridge.lines.join('')).toContain('$/cancel_request'), within)
    await expect(asked.raw(1)).rejects.toThrow()
  })

  it('is ignored on demand, and heard all the same', async () => {
    const { agent, acp, sessionId, prompt } = await bridged({ onCancel: 'ignores' })
    const turn = prompt('go')
    const prompted = await agent.prompted()
    await acp.notify(methods.agent.session.cancel, { sessionId })
    await agent.cancelled()
    expect(prompted.ended).toBe(false)
    agent.ends('end_turn')
    expect(await turn).toEqual({ stopReason: 'end_turn' })
  })
})

describe('hostile output', () => {
  it('reaches the other side byte for byte, and the session goes on after it', async () => {
    const complaints = vi.spyOn(console, 'error').mockImplementation(() => {})
    ends.push(() => complaints.mockRestore())
    const { agent, updates, lines, sessionId } = await bridged()
    const sent = [
      hostile.garbage,
      hostile.unknownUpdate(sessionId),
      hostile.nulUpdate(sessionId),
      hostile.loneSurrogateUpdate(sessionId),
      hostile.oddOptionKind(sessionId, 'odd-1'),
      hostile.hugeUpdate(sessionId),
    ]
    for (const line of sent) agent.writes(line)
    agent.writes(hostile.invalidUtf8(sessionId))
    agent.says('still here')
    await vi.waitFor(() => expect(texts(updates).at(-1)).toBe('still here'), within)
    const all = lines.join('')
    for (const line of sent) expect(all.includes(line)).toBe(true)
  })

  it('deep JSON goes out whole', async () => {
    const agent = await createScriptedAgent()
    ends.push(agent.close)
    const child = spawn(agent.command, agent.args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...agent.env },
    })
    await agent.launched()
    const deep = hostile.deepUpdate('session-1')
    agent.writes(deep)
    let out = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      out += text
    })
    await vi.waitFor(() => expect(out.length).toBe(deep.length + 1), within)
  })

  it('two options of one kind are told apart by their id, with no tool call before', async () => {
    const bridge = await bridged()
    bridge.pick = ({ options }) => options[1]?.optionId ?? ''
    const asked = bridge.agent.asks({ title: 'write', options: twoAllowOnce, announced: false })
    expect(await asked.answered()).toBe('proceed_folder')
    expect(bridge.updates).toEqual([])
  })
})

describe('the process', () => {
  it('exits with the code it is told', async () => {
    const { agent, child } = await bridged()
    agent.exits(3)
    expect((await once(child, 'exit'))[0]).toBe(3)
    await agent.gone()
  })

  it('kills itself, and can be launched again with a fresh count of ids', async () => {
    const { agent, child } = await bridged()
    agent.asks({ title: 'first' })
    agent.dies()
    expect((await once(child, 'exit'))[1]).toBe('SIGKILL')
    await agent.launched()
    const again = spawn(agent.command, agent.args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...agent.env },
    })
    const launch = await agent.launched()
    expect(launch.pid).toBe(again.pid)
    agent.update({ sessionUpdate: 'noop' })
    expect(agent.asks({ title: 'second' }).id).toBe(0)
  })

  it('hangs without answering, and is gone when the test is over', async () => {
    const { agent, child, prompt } = await bridged()
    await agent.hangs()
    prompt('anyone there?').catch(() => {})
    await expect(agent.prompted(300)).rejects.toThrow()
    const exit = once(child, 'exit')
    await agent.close()
    expect((await exit)[1]).toBe('SIGKILL')
  })

  it('leaves a stray child behind on demand, which close ends', async () => {
    const { agent } = await bridged()
    const stray = await agent.spawnsStray({ detached: true })
    expect(isAlive(stray)).toBe(true)
    await agent.close()
    await vi.waitFor(() => expect(isAlive(stray)).toBe(false), within)
  })

  it('leaves when stdin closes, or stays until SIGTERM where the manner says so', async () => {
    const one = await bridged()
    one.child.stdin?.end()
    expect((await once(one.child, 'exit'))[0]).toBe(0)
    const two = await bridged(codexLike)
    two.child.stdin?.end()
    await two.agent.stdinClosed()
    expect(two.child.exitCode).toBeNull()
    two.child.kill('SIGTERM')
    expect((await once(two.child, 'exit'))[0]).toBe(0)
    expect(two.agent.signals()).toEqual(['SIGTERM'])
  })

  it('replays the past when a session is loaded', async () => {
    const past = [{ sessionUpdate: 'user_message_chunk', content: { type: 'text', text: 'earlier' } }]
    const { acp, updates, agent } = await bridged({ past })
    await acp.request(methods.agent.session.load, { sessionId: 'old', cwd: '/', mcpServers: [] })
    expect(agent.sessionId()).toBe('old')
    await vi.waitFor(
      () => expect(updates.map(({ sessionUpdate }) => sessionUpdate)).toEqual(['user_message_chunk']),
      within,
    )
  })
})
