/** One data folder, several commands: the server is found and shared, only its starter ends it, and an end leaves nothing behind. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ScriptedAgent } from '../kit/agent/scripted.ts'
import { createWire } from '../kit/wire.ts'
import { scripted, serve, sessionOf } from './house.ts'
import { atEnd, isAlive, type Machine, machine, type Running, until } from './machine.ts'
import { hasTerminal, sitsAt } from './terminal.ts'

/** What still runs in the group of that leader; those that only wait to be reaped do not. */
function leftOf(leader: number | undefined): string[] {
  const all = execFileSync('ps', ['-eo', 'pgid=,stat=,args='], { encoding: 'utf8' }).split('\n')
  return all.filter((line) => new RegExp(`^\\s*${leader} +[^Z]`).test(line))
}

describe('two starts on one data folder', () => {
  let at: Machine
  const agents: ScriptedAgent[] = []
  const sessions: Running[] = []
  const start = async (...flags: string[]) => {
    const agent = await scripted()
    agents.push(agent)
    const session = at.starts(['start', ...flags, '--', agent.command, ...agent.args], agent.env)
    sessions.push(session)
    await agent.opened(30_000)
    return { agent, session, id: await sessionOf(session) }
  }

  beforeAll(async () => {
    at = await (await machine()).seeded()
    await start()
  })

  test('[§5] the second finds the running server, joins it, and leaves it running', async () => {
    const { url, pid } = at.server()
    const { agent, session, id } = await start('--reach', 'https://desk.example.com')
    await session.line(new RegExp(`^Using the server that already runs at ${url}\\.$`))
    await session.line(/^--reach https:\/\/desk\.example\.com was not used: that server has no public address\./)
    expect(at.server()).toMatchObject({ url, pid })
    const rows = JSON.parse((await at.does(['sessions', '--json'])).stdout) as { id: string; state: string }[]
    expect(rows.map((row) => row.state)).toEqual(['IDLE', 'IDLE'])
    expect(rows.map((row) => row.id)).toContain(id)
    expect(await session.interrupt()).toBe(0)
    await agent.gone()
    expect(leftOf(session.child.pid)).toEqual([])
    expect((await fetch(`${url}/healthz`)).ok).toBe(true)
    const after = JSON.parse((await at.does(['sessions', '--json'])).stdout) as { id: string; state: string }[]
    expect(after.map((row) => [row.id === id, row.state]).sort()).toEqual([
      [false, 'IDLE'],
      [true, 'ENDED'],
    ])
  })

  test('serve says that there is one already', async () => {
    const said = await at.does(['serve'])
    expect(said.code).toBe(1)
    expect(said.stderr).toContain(`A server of this data folder already runs at ${at.server().url}.`)
  })

  test('Ctrl+C at the starter ends the server, the agent and what the agent started, in its group or not', async () => {
    const [agent] = agents
    const [session] = sessions
    if (!agent || !session) throw new Error('the first has not been started')
    const { pid } = at.server()
    const strays = [await agent.spawnsStray(), await agent.spawnsStray({ detached: true })]
    const agentPid = agent.pid()
    expect(strays.every(isAlive)).toBe(true)
    expect(await session.interrupt()).toBe(0)
    expect([pid, agentPid, ...strays].map(isAlive)).toEqual([false, false, false, false])
    for (const leader of [session.child.pid, pid, agentPid]) expect(leftOf(leader)).toEqual([])
    expect(existsSync(join(at.dataDir, 'server', 'server.json'))).toBe(false)
  })
})

test('Ctrl+C while the server is still coming up leaves no server behind', async () => {
  const at = await machine()
  const early = at.starts(['start'])
  await early.line(/^Making a new embedded database/)
  const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(early.child.pid)], { encoding: 'utf8' })
  const pid = Number(children.trim().split(/\s+/)[0])
  expect(isAlive(pid)).toBe(true)
  expect(await early.interrupt()).toBe(130)
  expect(isAlive(pid)).toBe(false)
  expect(early.said()).toMatch(/^Ended before the session had begun\.$/m)
})

describe.skipIf(!hasTerminal)('run without --remote', () => {
  test('[A1] nothing leaves the machine, known server or not, until /remote on is typed', async () => {
    const [there, here] = [await (await machine()).seeded(), await machine()]
    const server = await serve(there)
    const wire = await createWire(Number(new URL(server.url).port))
    atEnd(() => wire.close())
    expect((await here.does(['login', wire.url, '--code', server.setupCode ?? ''])).code).toBe(0)
    const before = wire.dialled
    expect(before).toBeGreaterThan(0)

    const agent = await scripted()
    // A terminal is one, whatever the environment says of CI.
    const terminal = sitsAt(here, ['run', '--', agent.command, ...agent.args], { ...agent.env, CI: 'true' })
    await agent.opened(30_000)
    await terminal.sees(/Prompt, or \/ for commands/)
    await terminal.enters('what I type here stays here')
    expect((await agent.prompted()).text).toBe('what I type here stays here')
    agent.says('Understood.')
    agent.ends()
    await terminal.sees(/Understood\./)
    await terminal.enters('/remote')
    await terminal.sees(/[Rr]emote is off/)
    expect(wire.dialled).toBe(before)

    await terminal.enters('/remote on')
    // Answered with what is so now, not with what was so before.
    await terminal.sees(new RegExp(`Address: ${wire.url}/s/ses_`))
    expect(wire.dialled).toBeGreaterThan(before)
    await terminal.enters('/quit')
    expect(await terminal.exited).toBe(0)
    await until(() => agent.gone().then(() => true), 'the agent to be gone')
    const rows = JSON.parse((await here.does(['sessions', '--json'])).stdout) as { state: string }[]
    expect(rows).toEqual([expect.objectContaining({ state: 'ENDED' })])
  })
})
