/** kill -9 of the server and of the workstation's process, with something open: what is left, what is told, and that nothing happens twice. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Phone, pairs, scripted, serve, sessionOf } from './house.ts'
import { type Machine, machine, type Running, until } from './machine.ts'

describe('a killed', () => {
  let at: Machine
  let agent: Awaited<ReturnType<typeof scripted>>
  let session: Running
  let phone: Phone
  let id: string
  let port: string

  beforeAll(async () => {
    at = await (await machine()).seeded()
    const { url } = await serve(at)
    port = new URL(url).port
    agent = await scripted()
    session = at.runs(agent, '--remote')
    await agent.opened(30_000)
    phone = await pairs(at, session, url)
    id = await sessionOf(session)
  })

  test('[E1][D1] server finds its permission again: open, answered from the phone, settled once, one answer at the agent', async () => {
    await phone.sends('sendPrompt', 'SendPromptInput', { sessionId: id, text: 'build it' })
    await agent.prompted()
    const asked = agent.asks({ title: 'make', command: 'make all' })
    const open = await until(async () => (await phone.session(id)).openDecisions[0], 'the permission')
    process.kill(at.server().pid, 'SIGKILL')
    await until(
      () =>
        fetch(`http://127.0.0.1:${port}/healthz`).then(
          () => false,
          () => true,
        ),
      'the server to be gone',
    )
    agent.says('Said while the server was away.')
    await serve(at, { OFFDESK_PORT: port })

    const again = await phone.session(id)
    expect(again.openDecisions).toEqual([open])
    const answer = () =>
      phone.sends('answerPermission', 'AnswerPermissionInput', {
        ...{ sessionId: id, decisionId: open.id, epoch: open.epoch, optionId: 'allow' },
      })
    const first = await answer()
    const second = await answer()
    expect(await asked.answered()).toBe('allow')
    expect((await phone.settled(first.id)).state).toBe('APPLIED')
    expect((await phone.settled(second.id)).state).toBe('SUPERSEDED')
    agent.ends()
    const kinds = await until(async () => {
      const { state, events } = await phone.session(id)
      return state === 'IDLE' && events.edges.map(({ node }) => node)
    }, 'the end of the turn')
    expect(kinds.filter(({ __typename }) => __typename === 'DecisionSettled')).toHaveLength(1)
    expect(kinds.filter(({ text }) => text === 'Said while the server was away.')).toHaveLength(1)
    expect(kinds.map(({ seq }) => seq)).toEqual(kinds.map((_, index) => index + 1))
  })

  test('[C3][C4] workstation leaves its command UNKNOWN, never repeated, and its session ended; the next start tells', async () => {
    // An agent that does not answer: the host has noted the intent and waits for the effect.
    await agent.hangs()
    const command = await phone.sends('setMode', 'SetModeInput', { sessionId: id, modeId: 'plan' })
    const ledger = join(at.dataDir, 'sessions', id, 'ledger.log')
    await until(() => readFileSync(ledger, 'utf8').includes(`"intent","commandId":"${command.id}"`), 'the intent')
    expect((await phone.command(command.id)).state).toBe('DELIVERED')
    await session.kill()

    const next = await scripted()
    const another = at.runs(next, '--remote')
    await next.opened(30_000)
    const told = await phone.settled(command.id)
    expect(told).toMatchObject({ state: 'UNKNOWN' })
    const ended = await until(async () => {
      const now = await phone.session(id)
      return now.state === 'ENDED' && now
    }, 'the session to be told ended')
    expect(ended.endReason).toBe('The process on the workstation ended unexpectedly.')
    expect(ended.openDecisions).toEqual([])
    // Neither the agent of before nor the one of now was asked for the mode (again).
    expect(next.received().map(({ method }) => method)).not.toContain('session/set_mode')
    expect(readFileSync(ledger, 'utf8').split(`"intent","commandId":"${command.id}"`)).toHaveLength(2)
    expect(await another.interrupt()).toBe(0)
  })
})
