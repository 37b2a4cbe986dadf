import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { claude } from '../../../agent-cli/agent/presets/claude.ts'
import { opencode } from '../../../agent-cli/agent/presets/opencode.ts'
import { claudeLike, opencodeLike } from '../../kit/agent/manner.ts'
import { desk, firstDecision, items, until } from './desk.ts'

test('a prompt becomes a turn: streamed text grows in one item, the tool call is one card, the end is told', async () => {
  const { session, agent } = await desk()
  await session.prompt('Fix it')
  expect((await agent.prompted()).text).toBe('Fix it')
  agent.says('Look')
  agent.says('ing.')
  const call = agent.starts('npm test')
  agent.reports(call, 'ok')
  agent.says('Done.')
  agent.ends()
  const view = await until(
    session,
    ({ state, transcript }) => state === 'IDLE' && transcript.items.some((item) => item.is === 'turnEnded'),
  )
  expect(view.transcript.items.map((item) => item.is)).toEqual([
    'userPrompt',
    'agentText',
    'toolCall',
    'agentText',
    'turnEnded',
  ])
  expect(items(view, 'agentText').map((item) => item.text)).toEqual(['Looking.', 'Done.'])
  expect(items(view, 'toolCall')[0]?.call).toMatchObject({
    title: 'npm test',
    status: 'completed',
    endedWithTurn: false,
  })
  expect([view.session.title, view.prompts]).toEqual(['Fix it', []])
})

test('[D3] a permission answered at the terminal reaches the agent; a second answer is told who was first', async () => {
  const { session, agent } = await desk()
  await session.prompt('go')
  await agent.prompted()
  const asked = agent.asks({ title: 'rm -rf build', command: 'rm -rf build' })
  const decision = await firstDecision(session)
  expect(decision).toMatchObject({ kind: 'PERMISSION', title: 'Run this command?', epoch: 1 })
  expect(decision.evidence).toContain('rm -rf build')
  const first = await session.answer(decision.id, { is: 'option', optionId: 'deny' })
  expect(await asked.answered()).toBe('deny')
  const second = await session.answer(decision.id, { is: 'option', optionId: 'allow' })
  expect(second).toEqual(first)
  expect(first).toMatchObject({ outcome: 'ANSWERED', optionId: 'deny', origin: { surface: 'TERMINAL' } })
  expect(session.view().decisions).toEqual([])
  await expect(session.answer('dec_ghost', { is: 'decline' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('[D6] an option that was never offered is refused and leaves the decision open', async () => {
  const { session, agent } = await desk()
  await session.prompt('go')
  await agent.prompted()
  agent.asks({ title: 'ls' })
  const decision = await firstDecision(session)
  await expect(session.answer(decision.id, { is: 'option', optionId: 'ghost' })).rejects.toMatchObject({
    code: 'OPTION_NOT_OFFERED',
  })
  expect(session.view().decisions).toHaveLength(1)
})

test('a form is answered by its fields', async () => {
  const { session, agent } = await desk()
  await session.prompt('go')
  await agent.prompted()
  const asked = agent.asksForm(
    'Which?',
    { db: { type: 'string', enum: ['pg', 'lite'] }, count: { type: 'integer' } },
    { required: ['db'] },
  )
  const decision = await firstDecision(session)
  await expect(session.answer(decision.id, { is: 'accept', values: [] })).rejects.toMatchObject({ code: 'BAD_INPUT' })
  await session.answer(decision.id, {
    is: 'accept',
    values: [
      { name: 'db', value: 'pg' },
      { name: 'count', value: 2 },
    ],
  })
  expect(await asked.raw()).toEqual({ action: 'accept', content: { db: 'pg', count: 2 } })
})

test('[D2] at cancel the host closes what the agent leaves open: the question, the tool call, the process', async () => {
  const { session, agent } = await desk()
  await session.prompt('go')
  await agent.prompted()
  agent.starts('sleep 100')
  const stray = await agent.spawnsStray({ detached: true })
  const asked = agent.asks({ title: 'ls' })
  await firstDecision(session)
  await session.cancelTurn()
  expect(await asked.answered()).toBe('cancelled')
  const view = await until(session, ({ transcript }) => transcript.items.some((item) => item.is === 'turnEnded'))
  expect(items(view, 'toolCall').every((item) => item.call.endedWithTurn)).toBe(true)
  expect(items(view, 'decisionSettled')[0]?.settlement).toMatchObject({
    outcome: 'CANCELLED',
    origin: { surface: 'HOST' },
  })
  expect(view.decisions).toEqual([])
  expect(() => process.kill(stray, 0)).toThrow()
})

test('[C5] the mode is what the agent says it is; a refused request leaves the old one', async () => {
  const { session, agent } = await desk()
  expect(session.view().mode.effective).toMatchObject({ id: 'default', canonical: 'INTERACTIVE' })
  await session.setMode('plan')
  await until(session, ({ mode }) => mode.effective?.id === 'plan' && mode.requested === null)
  agent.switchesMode('auto')
  await until(session, ({ mode }) => mode.effective?.id === 'auto')
  await expect(session.setMode('ghost')).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('autopilot by the host answers permissions once each, but not questions, where the agent has no such mode', async () => {
  const { session, agent } = await desk(opencodeLike, { preset: opencode })
  await session.setMode('offdesk:autopilot')
  expect(session.view().mode.effective).toMatchObject({ canonical: 'AUTOPILOT' })
  await session.prompt('go')
  await agent.prompted()
  expect(await agent.asks({ title: 'make', command: 'make' }).answered()).toBe('allow')
  expect(items(session.view(), 'notice').map((item) => item.title)).toEqual(['Autopilot allowed: Run this command?'])
  agent.asksForm('Sure?', { ok: { type: 'boolean' } })
  expect((await firstDecision(session)).kind).toBe('QUESTION')
  await session.setMode('build')
  expect(session.view().mode.effective?.id).toBe('build')
})

test('[D7] a reason goes as the next prompt, before those that wait; a steerable agent hears it in the same turn', async () => {
  const plain = await desk()
  await plain.session.prompt('one')
  await plain.agent.prompted()
  await plain.session.prompt('two')
  const asked = plain.agent.asks({ title: 'ls' })
  const decision = await firstDecision(plain.session)
  expect(decision.wordsGo).toBe('NEXT_PROMPT')
  await plain.session.answer(decision.id, { is: 'option', optionId: 'deny', reason: 'Use rg instead.' })
  // No agent ends its turn before it has the answer.
  await asked.answered()
  plain.agent.ends()
  expect((await plain.agent.prompted()).text).toContain('Use rg instead.')

  const steerable = await desk(claudeLike, { preset: claude })
  await steerable.session.prompt('one')
  await steerable.agent.prompted()
  steerable.agent.asks({ title: 'ls' })
  const other = await firstDecision(steerable.session)
  expect(other.wordsGo).toBe('SAME_TURN')
  await steerable.session.answer(other.id, { is: 'option', optionId: 'deny', reason: 'No.' })
  expect(JSON.stringify(await steerable.agent.steered())).toContain('No.')
})

test('[C3] a plan is a decision with the plan as evidence; a comment follows a refusal', async () => {
  const { session, agent } = await desk(claudeLike, { preset: claude })
  await session.prompt('plan it')
  await agent.prompted()
  const asked = agent.proposes('# The plan\n1. Do it')
  const decision = await firstDecision(session)
  expect([decision.kind, decision.plan, decision.evidence]).toEqual([
    'PLAN',
    '# The plan\n1. Do it',
    '# The plan\n1. Do it',
  ])
  const reject = decision.options.find((option) => option.kind.startsWith('reject'))
  await session.answer(decision.id, {
    is: 'option',
    optionId: reject?.id ?? '',
    comments: [{ part: '1. Do it', text: 'Not so fast.' }],
  })
  expect(await asked.answered()).toBe(reject?.id)
  agent.ends('cancelled')
  expect((await agent.prompted()).text).toContain('On “1. Do it”: Not so fast.')
})

test('an agent that dies is told; its prompts are kept, its question is closed, the session stays usable to look at', async () => {
  const { session, agent } = await desk()
  await session.prompt('one')
  await agent.prompted()
  await session.prompt('two')
  agent.asks({ title: 'ls' })
  await firstDecision(session)
  agent.dies()
  const view = await until(
    session,
    ({ state, transcript }) => state === 'STOPPED' && transcript.items.some((item) => item.is === 'agentExited'),
  )
  expect(view.decisions).toEqual([])
  expect(view.prompts.map(({ text, state }) => [text, state])).toEqual([['two', 'HELD']])
  expect(view.turn).toBeNull()
})

test('[E9] what nobody knows is shown, and garbage loses nothing after it', async () => {
  const { session, agent } = await desk()
  await session.prompt('go')
  await agent.prompted()
  agent.writes('not json at all')
  agent.update({ sessionUpdate: 'hologram', beam: 1 })
  agent.says('still here \u0000\ud800')
  agent.ends()
  const view = await until(session, ({ state }) => state === 'IDLE')
  expect(items(view, 'unknown').map((item) => item.kind)).toEqual(['hologram'])
  expect(items(view, 'agentText')[0]?.text).toBe('still here \ufffd\ufffd')
  expect(items(view, 'notice')).toHaveLength(1)
})

test('[E8] while remote is off nothing is published: the log that would leave the machine is empty', async () => {
  const { session, agent, dataDir } = await desk()
  await session.prompt('secret')
  await agent.prompted()
  agent.ends()
  await until(session, ({ state, prompts }) => state === 'IDLE' && prompts.length === 0)
  await session.close()
  const read = (name: string) => readFile(join(dataDir, 'sessions', session.id, name), 'utf8')
  expect(await read('events.log')).toBe('')
  expect(await read('withheld.log')).toContain('secret')
})

test('an agent that cannot be started is a sentence, and leaves no session behind', async () => {
  const { options } = await desk()
  const { createSession } = await import('../../../agent-cli/bridge/session.ts')
  const missing = { ...options, agent: { ...options.agent, command: '/nonexistent/agent' } }
  await expect(createSession(missing)).rejects.toMatchObject({ fault: 'MISSING' })
})
