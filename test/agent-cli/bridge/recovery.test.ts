import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bridgePairing } from '../../../agent-cli/bridge/bridge-pairing.ts'
import { recoverSessions } from '../../../agent-cli/bridge/session.ts'
import { createHostLink } from '../../../agent-cli/remote/host-link.ts'
import { createScriptedAgent } from '../../kit/agent/scripted.ts'
import { program } from '../../kit/programs.ts'
import { memoryDatabase } from '../../kit/seed.ts'
import { enrolled, paired, server, taps } from '../remote/away.ts'
import { atEnd, desk, eventually, firstDecision, folder, items, until } from './desk.ts'

async function hostProcess(options: object) {
  const child = spawn(process.execPath, [...program('host-process'), JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  atEnd(() => child.kill('SIGKILL'))
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk))
  const id = await eventually(() => /ready (ses_\S+)/.exec(said)?.[1], 25_000)
  return { id, kill: async () => [child.kill('SIGKILL'), await once(child, 'exit')] }
}

test('[C4] killed between intent and result: the command is UNKNOWN and never repeated; what was open is closed; the session ends', async () => {
  const at = await server()
  const dataDir = await folder()
  await enrolled(at, dataDir)
  const agent = await createScriptedAgent()
  atEnd(agent.close)
  const started = {
    id: 'scripted',
    name: 'Scripted',
    command: agent.command,
    args: agent.args,
    env: agent.env,
    preset: null,
  }
  const host = await hostProcess({ dataDir, cwd: await folder(), agent: started })
  // Another process of the same machine pairs the phone: several share one host.
  const link = await createHostLink({ dataDir, endpoint: { url: at.url } })
  atEnd(() => link.close())
  const open = async (rung: 'STEER' = 'STEER') =>
    bridgePairing(await link.openPairing(rung, null), link.identity.hostId, at.url, null)
  const phone = await paired(at, { remote: { openPairing: open } } as unknown as Parameters<typeof paired>[1])
  const tap = taps(phone, host.id)
  await tap.prompt('go')
  await agent.prompted()
  agent.asks({ title: 'make' })
  await eventually(async () => (await tap.events()).openDecisions.length === 1)
  await agent.hangs()
  const command = await tap.mode('plan')
  const ledger = join(dataDir, 'sessions', host.id, 'ledger.log')
  await eventually(async () => (await readFile(ledger, 'utf8')).includes(`"intent","commandId":"${command}"`))
  await host.kill()

  expect(await recoverSessions({ dataDir, link, signal: AbortSignal.timeout(20_000) })).toEqual([host.id])
  expect((await tap.settled(command)).state).toBe('UNKNOWN')
  const seen = await tap.events()
  expect([seen.state, seen.openDecisions]).toEqual(['ENDED', []])
  expect(seen.events.findLast(({ __typename }) => __typename === 'PromptChanged')?.promptState).toBe('UNKNOWN')
  expect(await recoverSessions({ dataDir, link, signal: AbortSignal.timeout(20_000) })).toEqual([])
}, 60_000)

test('[E4] whoever finishes a dead process’s session does so in an epoch of its own: a copy of the dead one that thaws is fenced', async () => {
  const at = await server()
  const dataDir = await folder()
  await enrolled(at, dataDir)
  const agent = await createScriptedAgent()
  atEnd(agent.close)
  const { command, args, env } = agent
  const started = { id: 'scripted', name: 'Scripted', command, args, env, preset: null }
  const host = await hostProcess({ dataDir, cwd: await folder(), agent: started })
  const facts = async (): Promise<{ epoch: number; attachmentId: string }> =>
    JSON.parse(await readFile(join(dataDir, 'sessions', host.id, 'meta.json'), 'utf8'))
  await eventually(async () => typeof (await facts()).attachmentId === 'string')
  const { epoch, attachmentId } = await facts()
  await host.kill()
  const link = await createHostLink({ dataDir, endpoint: { url: at.url } })
  atEnd(() => link.close())
  expect(await recoverSessions({ dataDir, link, signal: AbortSignal.timeout(20_000) })).toEqual([host.id])

  const { PushEvents } = await import('../../../agent-cli/remote/session-operations.ts')
  const zombie = { sessionId: host.id, epoch, attachmentId, events: [] }
  await expect(link.callFor(host.id)(PushEvents, zombie)).rejects.toMatchObject({ code: 'EPOCH_FENCED' })
}, 60_000)

test('[A7] a session that is resumed goes on in the same row under a new epoch; an answer to the old epoch never hits (D4)', async () => {
  const at = await server()
  const dataDir = await folder()
  await enrolled(at, dataDir)
  const first = await desk({}, { dataDir })
  await first.session.remote.on({ share: true })
  await until(first.session, ({ remote }) => remote.state === 'live')
  const phone = await paired(at, first.session)
  await first.session.close()
  const second = await desk({}, { dataDir, resumeSessionId: first.session.id })
  expect(second.session.view().session).toMatchObject({ id: first.session.id, epoch: 2 })
  await second.session.remote.on({ share: true })
  await until(second.session, ({ remote }) => remote.state === 'live' && remote.pendingEvents === 0)
  await second.session.prompt('go')
  await second.agent.prompted()
  const asked = second.agent.asks({ title: 'make' })
  const decision = await firstDecision(second.session)
  const tap = taps(phone, first.session.id)
  await eventually(async () => (await tap.events()).openDecisions.length === 1)
  const stale = await tap.permission({ ...decision, epoch: 1 }, 'allow')
  expect((await tap.settled(stale)).state).toBe('SUPERSEDED')
  expect(second.session.view().decisions).toHaveLength(1)
  await tap.permission(decision, 'deny')
  expect(await asked.answered()).toBe('deny')
})

test('[E4] an attachment that was fenced by a newer one says so and keeps working at its terminal', async () => {
  const at = await server()
  const dataDir = await folder()
  await enrolled(at, dataDir)
  const { session, agent } = await desk({}, { dataDir })
  await session.remote.on({ share: true })
  await until(session, ({ remote }) => remote.state === 'live')
  const phone = await paired(at, session)
  const link = await createHostLink({ dataDir, endpoint: { url: at.url } })
  atEnd(() => link.close())
  const { StartSession } = await import('../../../agent-cli/remote/session-operations.ts')
  const { cwd, createdAt } = session.view().session
  const newer = {
    id: session.id,
    hostId: link.identity.hostId,
    epoch: 9,
    attachmentId: 'att_copy',
    cwd,
    createdAt,
    ceiling: 'STEER',
    agent: { id: 'x', name: 'X' },
  } as const
  await link.callFor(session.id)(StartSession, { input: newer })
  await session.prompt('still me')
  expect((await agent.prompted()).text).toBe('still me')
  const view = await until(session, ({ remote }) => remote.state === 'refused')
  expect(view.remote.reason).toBeTruthy()
  agent.ends()
  await until(session, (now) => items(now, 'turnEnded').length === 1)
  // What a phone sends now is the newer one's to do: it is not even delivered here.
  const command = await taps(phone, session.id).prompt('for the other')
  await session.prompt('still me, later')
  expect((await agent.prompted()).text).toBe('still me, later')
  agent.ends()
  await until(session, (now) => items(now, 'turnEnded').length === 2)
  expect(items(session.view(), 'userPrompt').map(({ text }) => text)).toEqual(['still me', 'still me, later'])
  expect((await taps(phone, session.id).command(command)).state).toBe('QUEUED')
})

test('[C4] a session that ended out of the server’s reach is told by a later process, however often the server was away before', async () => {
  const database = await memoryDatabase()
  atEnd(() => database.close())
  const at = await server({ database })
  const dataDir = await folder()
  await enrolled(at, dataDir)
  const { session } = await desk({}, { dataDir })
  await session.remote.on({ share: true })
  const phone = await paired(at, session, 'FULL')
  await until(session, ({ remote }) => remote.state === 'live' && remote.pendingEvents === 0)
  await at.close()
  await session.close('Enough for today.')

  const early = await createHostLink({ dataDir, endpoint: { url: at.url } })
  expect(await recoverSessions({ dataDir, link: early, signal: AbortSignal.timeout(500) })).toEqual([])
  await early.close()
  const again = await server({ database, port: at.port })
  const document = 'query($id: ID!) { session(id: $id) { state endReason } }'
  const seen = () => again.gql<{ session: object }>(phone.token, document, { id: session.id })
  expect((await seen()).session).toMatchObject({ endReason: null })
  const link = await createHostLink({ dataDir, endpoint: { url: at.url } })
  atEnd(() => link.close())
  expect(await recoverSessions({ dataDir, link, signal: AbortSignal.timeout(20_000) })).toEqual([session.id])
  expect((await seen()).session).toEqual({ state: 'ENDED', endReason: 'Enough for today.' })
  expect(await recoverSessions({ dataDir, link, signal: AbortSignal.timeout(20_000) })).toEqual([])
}, 60_000)

test('[E8] a session that one server was shown is never told to another', async () => {
  const database = await memoryDatabase()
  atEnd(() => database.close())
  const [one, other] = [await server({ database }), await server()]
  const dataDir = await folder()
  await enrolled(one, dataDir)
  const { session } = await desk({}, { dataDir })
  await session.remote.on({ share: true })
  await until(session, ({ remote }) => remote.state === 'live' && remote.pendingEvents === 0)
  await one.close()
  await session.close()
  await enrolled(other, dataDir)
  const link = await createHostLink({ dataDir, endpoint: { url: other.url } })
  atEnd(() => link.close())
  expect(await recoverSessions({ dataDir, link, signal: AbortSignal.timeout(5_000) })).toEqual([])
  const { rows } = (await other.database.read((tx) => tx.execute('select id from session'))) as unknown as {
    rows: unknown[]
  }
  expect(rows).toEqual([])
}, 60_000)
