import { tmpdir } from 'node:os'
import { expect, onTestFinished, test } from 'vitest'
import { defaultLimits } from '../../../agent-cli/agent/limits.ts'
import { startProcess } from '../../../agent-cli/agent/process.ts'
import { agentPath, hosted, runs } from './fixtures/host.ts'

const node = (script: string) => ({ command: process.execPath, args: ['-e', script], cwd: tmpdir() })

test('what a turn left running is found, told apart from what was there, and ended', async () => {
  const { heard, agent, play } = await hosted()
  await play('strays')
  const older = await agent.family.snapshot()
  expect(older).toHaveLength(2)
  await play('strays')
  const strays = await agent.family.strays(older)
  // One child detached from the agent's group, one orphan whose parent has ended.
  expect(strays).toHaveLength(2)
  expect(strays.map(({ pid }) => String(pid))).toContain(heard.texts()[1])
  expect(strays[0]?.command).toContain('setInterval')
  const { ended, remaining } = await agent.family.endStrays(older, 2_000)
  expect(ended.map(({ pid }) => pid).toSorted()).toEqual(strays.map(({ pid }) => pid).toSorted())
  expect(remaining).toEqual([])
  expect(strays.map(({ pid }) => runs(pid))).toEqual([false, false])
  expect(older.map(({ pid }) => runs(pid))).toEqual([true, true])
  expect(await play('hello')).toMatchObject({ stopReason: 'end_turn' })
  await agent.close(1_000)
  expect([...older.map(({ pid }) => pid), agent.pid].filter(runs)).toEqual([])
})

test('an agent deaf to its closed stdin and to SIGTERM is killed', async () => {
  const { agent } = await hosted({}, { start: 'deaf' })
  const { remaining } = await agent.close(100)
  expect(remaining).toEqual([])
  expect(await agent.exited).toMatchObject({ code: null, signal: 'SIGKILL' })
  expect(runs(agent.pid)).toBe(false)
})

test('an agent that leaves when its stdin closes is not signalled', async () => {
  const { agent } = await hosted()
  await agent.close(5_000)
  expect(await agent.exited).toMatchObject({ code: 0, signal: null })
})

test('a stray that ignores SIGTERM is killed', async () => {
  const child = await startProcess(
    node(`
      const stubborn = 'process.on("SIGTERM", () => 0); setInterval(() => 0, 1000); process.stdout.write("up")'
      const child = require('node:child_process').spawn(process.execPath, ['-e', stubborn], { detached: true })
      child.stdout.on('data', () => process.stdout.write(String(child.pid)))
      setInterval(() => 0, 1000)
    `),
  )
  onTestFinished(async () => void (await child.endTree(100)))
  const pid = await new Promise<number>((resolve) => child.stdout.once('data', (data) => resolve(Number(data))))
  expect(runs(pid)).toBe(true)
  const { ended } = await child.family.endStrays([], 100)
  expect(ended.map((relative) => relative.pid)).toEqual([pid])
  expect(runs(pid)).toBe(false)
})

test('only the end of stderr is kept', async () => {
  const { agent } = await hosted({}, { start: 'noisy' })
  await agent.close(5_000)
  const { stderrTail } = await agent.exited
  expect(stderrTail).toHaveLength(defaultLimits.stderrTailBytes)
  expect(stderrTail).toMatch(/noise\nend of noise$/)
})

test('the agent gets the environment it was given', async () => {
  const child = await startProcess({ ...node('process.stdout.write(String(process.env.OWN))'), env: { OWN: 'yes' } })
  const out = await new Promise((resolve) => child.stdout.once('data', (data) => resolve(String(data))))
  expect(out).toBe('yes')
  await child.exited
  expect(agentPath).toContain('agent.mjs')
})
