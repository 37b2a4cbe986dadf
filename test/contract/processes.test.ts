/**
 * Two server processes on one PostgreSQL, each with a data folder of its own: the workstation speaks to one, the phone to the other.
 * Here and not among the flow tests because PostgreSQL takes its time to come up.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import { type Phone, pairs, phoneAt, type Served, scripted, serve, sessionOf } from '../flow/house.ts'
import { atEnd, type Machine, machine, type Running, until } from '../flow/machine.ts'
import type { ScriptedAgent } from '../kit/agent/scripted.ts'
import { startPostgres } from '../kit/postgres.ts'

describe('[E4] two processes on one DATABASE_URL', () => {
  let here: Machine
  let one: Served
  let other: Served
  let agent: ScriptedAgent
  let session: Running
  let near: Phone
  let far: Phone
  let id: string

  beforeAll(async () => {
    const postgres = await startPostgres()
    atEnd(() => postgres.stop())
    const DATABASE_URL = await postgres.create()
    here = await machine({ DATABASE_URL })
    const there = await machine({ DATABASE_URL })
    one = await serve(here)
    agent = await scripted()
    session = here.runs(agent, '--remote')
    await agent.opened(30_000)
    near = await pairs(here, session, one.url)
    other = await serve(there)
    far = phoneAt(other.url, near)
    id = await sessionOf(session)
  })

  test('have one owner: what is paired through one is known to the other, and no second setup code is given', async () => {
    expect(one.url).not.toBe(other.url)
    expect(await far.session(id)).toMatchObject({ id, state: 'IDLE' })
    expect(other.setupCode).toBeNull()
    const stranger = await machine()
    const said = await stranger.does(['login', other.url, '--code', one.setupCode ?? ''])
    expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining('not the setup code') })
  })

  test('[L1] events, decisions and commands cross: each wakes who waits at the other', async () => {
    const events = far.subscribe(
      'subscription($id: ID!) { eventsAppended(sessionId: $id, after: 0) { events { __typename seq ... on AgentText { text } } } }',
      { id },
    )
    const inbox = far.subscribe('subscription { decisionsChanged { isSnapshot decisions { id state } } }')
    const commands = far.subscribe(
      'subscription($id: ID!) { commandsChanged(sessionId: $id) { isSnapshot commands { id state } } }',
      { id },
    )
    for (const live of [events, inbox, commands]) await live.next()
    const prompt = await far.sends('sendPrompt', 'SendPromptInput', { sessionId: id, text: 'across' })
    expect((await agent.prompted()).text).toBe('across')
    const shows = (what: RegExp) => (frame: { data?: unknown }) => what.test(JSON.stringify(frame.data))
    await commands.next(shows(new RegExp(`"${prompt.id}","state":"APPLIED"`)))
    agent.says('Here I am.')
    await events.next(shows(/Here I am\./))
    const asked = agent.asks({ title: 'make' })
    const decision = await until(async () => (await far.session(id)).openDecisions[0], 'the permission')
    await inbox.next(shows(new RegExp(`"${decision.id}","state":"OPEN"`)))
    await far.sends('answerPermission', 'AnswerPermissionInput', {
      ...{ sessionId: id, decisionId: decision.id, epoch: decision.epoch, optionId: 'deny' },
    })
    expect(await asked.answered()).toBe('deny')
    await inbox.next(shows(new RegExp(`"${decision.id}","state":"SETTLED"`)))
    agent.ends()
    await events.next(shows(/TurnEnded/))
  })

  test('[D2] one decision answered through both at once has one winner and one effect', async () => {
    await near.sends('sendPrompt', 'SendPromptInput', { sessionId: id, text: 'again' })
    await agent.prompted()
    const asked = agent.asks({ title: 'make' })
    const decision = await until(async () => (await near.session(id)).openDecisions[0], 'the permission')
    const input = { sessionId: id, decisionId: decision.id, epoch: decision.epoch, optionId: 'allow' }
    const [first, second] = await Promise.all(
      [near, far].map((phone) => phone.sends('answerPermission', 'AnswerPermissionInput', input)),
    )
    expect(await asked.answered()).toBe('allow')
    const states = await Promise.all([near.settled(first?.id ?? ''), far.settled(second?.id ?? '')])
    expect(states.map(({ state }) => state).sort()).toEqual(['APPLIED', 'SUPERSEDED'])
    agent.ends()
  })

  test('[T3] a device revoked through one loses its stream at the other', async () => {
    const live = far.subscribe('subscription { sessionsChanged { isSnapshot } }')
    await live.next()
    const revoking = here.starts(['devices', 'revoke', 'phone'])
    await revoking.line(/^Revoked phone\./)
    expect(await live.whyEnded()).toBe('REVOKED')
    await expect(far.gql('{ viewer { id } }')).rejects.toMatchObject({ code: 'REVOKED' })
  })

  test('[L1] one of them ends: the other goes on for everybody', async () => {
    expect(await other.interrupt()).toBe(0)
    const rows = JSON.parse((await here.does(['sessions', '--json'])).stdout) as { id: string }[]
    expect(rows.map((row) => row.id)).toEqual([id])
    expect(await session.interrupt()).toBe(0)
  })
})
