/** Server and agent on different machines: the server's code, the workstation's login, a phone, and then a second workstation. */
import { readFileSync, statSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ScriptedAgent } from '../kit/agent/scripted.ts'
import { type Phone, pairs, type Served, scripted, serve, sessionOf } from './house.ts'
import { type Machine, machine, type Running, until } from './machine.ts'

describe('a workstation that joins a server elsewhere', () => {
  let there: Machine
  let here: Machine
  let server: Served
  let agent: ScriptedAgent
  let session: Running
  let phone: Phone
  let id: string

  beforeAll(async () => {
    ;[there, here] = [await (await machine()).seeded(), await machine()]
    server = await serve(there)
    agent = await scripted()
  })

  test('is not let in without a code or with a wrong one, and told what to do', async () => {
    const stranger = await here.does(['run', '--remote', '--server', server.url, 'demo'])
    expect(stranger).toMatchObject({ code: 1, stdout: '' })
    expect(stranger.stderr).toContain(`Run “offdesk login ${server.url}” once.`)
    const wrong = await here.does(['login', server.url, '--code', 'AAAA-BBBB-CCCC'])
    expect(wrong.code).toBe(1)
    expect(wrong.stderr).toContain('not the setup code')
    expect(wrong.stderr).not.toMatch(/\n\s+at /)
  })

  test('[T2] is enrolled by the setup code, once', async () => {
    const code = server.setupCode ?? ''
    expect(code).toMatch(/^\w{4}-\w{4}-\w{4}$/)
    const done = await here.does(['login', server.url, '--code', code.toLowerCase(), '--name', 'atlas'])
    expect(done).toMatchObject({ code: 0 })
    expect(done.stderr).toContain(`This machine is now “atlas” at ${server.url}.`)
    const again = await here.does(['login', server.url, '--code', code])
    expect([again.code, again.stderr.trim()]).toEqual([0, `${server.url} knows this machine already.`])
    const other = await (await machine()).does(['login', server.url, '--code', code])
    expect(other.code).toBe(1)
    expect(other.stderr).toContain('not the setup code, or it has been used')
  })

  test('[C3][D3] a phone paired by the whole handshake sees the session and steers it', async () => {
    session = here.runs(agent, '--remote', '--server', server.url, '--name', 'Two machines')
    await agent.opened(30_000)
    phone = await pairs(here, session, server.url)
    id = await sessionOf(session)
    expect(await phone.session(id)).toMatchObject({ title: 'Two machines', state: 'IDLE', host: { name: 'atlas' } })
    const live = phone.subscribe(
      'subscription($id: ID!) { eventsAppended(sessionId: $id, after: 0) { events { __typename ... on AgentText { text } } } }',
      { id },
    )
    const prompt = await phone.sends('sendPrompt', 'SendPromptInput', { sessionId: id, text: 'Make it green' })
    expect((await agent.prompted()).text).toBe('Make it green')
    expect((await phone.settled(prompt.id)).state).toBe('APPLIED')
    agent.says('Looking.')
    await live.next((frame) => JSON.stringify(frame.data).includes('"Looking."'))
    const asked = agent.asks({ title: 'npm test' })
    const decision = await until(async () => (await phone.session(id)).openDecisions[0], 'the permission')
    const input = { sessionId: id, decisionId: decision.id, epoch: decision.epoch, optionId: 'allow' }
    const answer = await phone.sends('answerPermission', 'AnswerPermissionInput', input)
    expect(await asked.answered()).toBe('allow')
    expect((await phone.settled(answer.id)).state).toBe('APPLIED')
    agent.ends()
    await until(async () => (await phone.session(id)).state === 'IDLE', 'the end of the turn')
  })

  test('lists sessions and devices for people and for scripts', async () => {
    const json = await here.does(['sessions', '--json'])
    expect(json).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(json.stdout)).toEqual([
      expect.objectContaining({ id, title: 'Two machines', state: 'IDLE', openDecisions: [] }),
    ])
    const table = await here.does(['sessions'])
    expect(table.stdout).toContain(`${server.url}/s/${id}`)
    const devices = await here.does(['devices'])
    expect(devices.stdout).toMatch(new RegExp(`^phone +browser +steer +.*trusted here +${phone.id}$`, 'm'))
  })

  test('makes a script’s key file, readable by its owner alone, whose path alone is on stdout', async () => {
    const made = await here.does(['devices', 'add-script', 'ci', '--allow', 'answer'])
    expect(made.code).toBe(0)
    expect(made.stdout).toBe(`${here.dataDir}/scripts/ci.key\n`)
    const file = made.stdout.trim()
    expect(readFileSync(file, 'utf8')).toMatch(/^token: odd_[\w-]{43}$/m)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(made.stderr).toContain('“ci” may answer')
    expect((await here.does(['devices'])).stdout).toMatch(/^ci +script +answer /m)
    const over = await here.does(['devices', 'add-script', 'ci'])
    expect(over).toMatchObject({ code: 1, stderr: expect.stringContaining('its key would be lost') })
    const twin = await here.does(['devices', 'add-script', 'ci', '--key', `${here.dataDir}/twin.key`])
    expect(twin.code).toBe(0)
    const unclear = await here.does(['devices', 'revoke', 'ci'])
    expect(unclear).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^2 devices are called “ci”\. Give the id: dev_/),
    })
  })

  test('[T3] revokes a device: its open stream ends, its next word is refused', async () => {
    const live = phone.subscribe('subscription { sessionsChanged { isSnapshot } }')
    await live.next()
    const unknown = await here.does(['devices', 'revoke', 'fridge'])
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('No device is called “fridge”.') })
    const revoking = here.starts(['devices', 'revoke', 'phone'])
    await revoking.line(/^Revoked phone\./)
    expect(await live.whyEnded()).toBe('REVOKED')
    expect(await revoking.exited).toBe(0)
    await expect(phone.gql('{ viewer { id } }')).rejects.toMatchObject({ code: 'REVOKED' })
    expect((await here.does(['devices'])).stdout).not.toContain(phone.id)
  })

  test('ends the session and its agent on Ctrl+C, and leaves the server alone', async () => {
    expect(await session.interrupt()).toBe(0)
    await agent.gone()
    const [row] = JSON.parse((await here.does(['sessions', '--json'])).stdout)
    expect(row.state).toBe('ENDED')
    expect((await fetch(`${server.url}/healthz`)).ok).toBe(true)
    expect(await server.interrupt()).toBe(0)
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow()
  })

  test('says that a server which is away is away', async () => {
    for (const args of [['sessions'], ['devices'], ['run', '--remote', 'demo']]) {
      const said = await here.does(args)
      expect(said).toMatchObject({ code: 1, stdout: '' })
      expect(said.stderr).toContain(`The server at ${server.url} does not answer.`)
    }
  })
})
