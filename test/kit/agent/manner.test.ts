// A scripted agent differs where real agents differ: plans, modes, prompts during a turn, steering, cancel.
import { methods, type SetSessionConfigOptionResponse } from '@agentclientprotocol/sdk'
import { describe, expect, it, vi } from 'vitest'
import { bridged, within } from './bridged.ts'
import { claudeLike, clineLike, codexLike, geminiLike, type Manner, opencodeLike } from './manner.ts'

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
