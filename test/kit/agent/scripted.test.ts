// The scripted agent keeps its word: it says what the test says, byte for byte, and leaves nothing behind.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { methods } from '@agentclientprotocol/sdk'
import { describe, expect, it, vi } from 'vitest'
import { atEnd } from '../ends.ts'
import { bridged, isAlive, texts, within } from './bridged.ts'
import { hostile } from './hostile.ts'
import { codexLike } from './manner.ts'
import { createScriptedAgent } from './scripted.ts'
import { twoAllowOnce } from './shapes.ts'

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

describe('hostile output', () => {
  it('reaches the other side byte for byte, and the session goes on after it', async () => {
    const complaints = vi.spyOn(console, 'error').mockImplementation(() => {})
    atEnd(() => complaints.mockRestore())
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
    atEnd(agent.close)
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
