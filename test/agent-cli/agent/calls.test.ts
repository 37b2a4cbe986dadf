import { expect, test, vi } from 'vitest'
import { hosted, runs } from './fixtures/host.ts'

test('a refusal carries the agent’s own error; a missing login says so', async () => {
  const { play } = await hosted()
  await expect(play('refuse')).rejects.toMatchObject({
    fault: 'REFUSED',
    authRequired: false,
    rpc: { code: -32603, message: 'quota used up', data: { reset: 'noon' } },
  })
  await expect(play('login')).rejects.toMatchObject({ fault: 'AUTH_REQUIRED', authRequired: true })
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

test('closing rejects what is pending as our own doing', async () => {
  const { heard, agent, play } = await hosted()
  const turn = play('wait')
  const rejected = expect(turn).rejects.toMatchObject({ fault: 'CLOSED' })
  await vi.waitFor(() => expect(heard.texts()).toEqual(['waiting']))
  await agent.close(200)
  await rejected
  await vi.waitFor(() => expect(heard.exits).toHaveLength(1))
})
