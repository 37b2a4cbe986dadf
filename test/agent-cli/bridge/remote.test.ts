import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createHostLink } from '../../../agent-cli/remote/host-link.ts'
import { memoryDatabase } from '../../kit/seed.ts'
import { enrolled, paired, server, taps } from '../remote/away.ts'
import { atEnd, desk, eventually, firstDecision, folder, items, until } from './desk.ts'

async function steered(manner: Parameters<typeof desk>[0] = {}, more: Parameters<typeof desk>[1] = {}, share = false) {
  const at = await server()
  const dataDir = await folder()
  await enrolled(at, dataDir)
  const here = await desk(manner, { ...more, dataDir })
  await here.session.remote.on({ share })
  await until(here.session, ({ remote }) => remote.state === 'live')
  return { at, ...here }
}

test('a permission answered on the phone reaches the agent, and the terminal is told who answered', async () => {
  const { at, session, agent } = await steered()
  const phone = await paired(at, session)
  const tap = taps(phone, session.id)
  const sent = await tap.prompt('go')
  expect((await agent.prompted()).text).toBe('go')
  expect((await tap.settled(sent)).state).toBe('APPLIED')
  const asked = agent.asks({ title: 'make', command: 'make' })
  const decision = await firstDecision(session)
  await eventually(async () => (await tap.events()).openDecisions.length === 1)
  const command = await tap.permission(decision, 'allow', { evidenceDigest: decision.evidenceDigest })
  expect(await asked.answered()).toBe('allow')
  expect((await tap.settled(command)).state).toBe('APPLIED')
  const settled = items(session.view(), 'decisionSettled')[0]?.settlement
  expect(settled).toMatchObject({
    optionId: 'allow',
    origin: { surface: 'DEVICE', deviceName: 'phone', commandId: command },
  })
  agent.ends()
  await eventually(async () => (await tap.events()).state === 'IDLE')
})

test('[D3] when the terminal was first, the command from the phone is SUPERSEDED and names the winner', async () => {
  const { at, session, agent } = await steered()
  const tap = taps(await paired(at, session), session.id)
  await session.prompt('go')
  await agent.prompted()
  const asked = agent.asks({ title: 'make' })
  const decision = await firstDecision(session)
  await eventually(async () => (await tap.events()).openDecisions.length === 1)
  const [command] = await Promise.all([
    tap.permission(decision, 'allow'),
    session.answer(decision.id, { is: 'option', optionId: 'deny' }),
  ])
  expect(await asked.answered()).toBe('deny')
  const settled = await eventually(async () => {
    const now = await tap.settled(command)
    return now.winner === null ? null : now
  })
  expect(settled).toMatchObject({ state: 'SUPERSEDED', winner: { optionId: 'deny', origin: { surface: 'TERMINAL' } } })
})

test('[T4] the ceiling of the terminal and the rung of the device are checked here as well; a deny needs neither', async () => {
  const { at, session, agent } = await steered({}, { ceiling: 'ANSWER' })
  const phone = await paired(at, session, 'FULL')
  const tap = taps(phone, session.id)
  const outcome = await tap.prompt('do it').then(
    (id) => tap.settled(id),
    (error: unknown) => ({ state: 'REFUSED', refusal: error }),
  )
  expect(outcome.state).toBe('REFUSED')
  await session.prompt('go')
  await agent.prompted()
  const asked = agent.asks({ title: 'make' })
  const decision = await firstDecision(session)
  await eventually(async () => (await tap.events()).openDecisions.length === 1)
  await tap.permission(decision, 'deny')
  expect(await asked.answered()).toBe('deny')
})

test('[T5] a device that is not in the roster of this host is refused, whatever the server says', async () => {
  const { at, session, dataDir } = await steered()
  const tap = taps(await paired(at, session), session.id)
  await writeFile(join(dataDir, 'host', 'roster.json'), '[]')
  const settled = await tap.settled(await tap.prompt('let me in'))
  expect(settled).toMatchObject({ state: 'REFUSED', refusal: { code: 'REVOKED', rule: 'T5 roster' } })
  expect(session.view().prompts).toEqual([])
})

test('[E8] what happened before is one HistoryWithheld, and what is open is there to be answered (B2)', async () => {
  const at = await server()
  const dataDir = await folder()
  await enrolled(at, dataDir)
  const { session, agent } = await desk({}, { dataDir })
  await session.prompt('a secret')
  await agent.prompted()
  agent.says('the secret is 42')
  const asked = agent.asks({ title: 'make' })
  const decision = await firstDecision(session)
  await session.remote.on()
  await until(session, ({ remote }) => remote.state === 'live')
  const tap = taps(await paired(at, session), session.id)
  const seen = await eventually(async () => {
    const now = await tap.events()
    return now.openDecisions.length === 1 ? now : null
  })
  expect(seen.events[0]).toMatchObject({ __typename: 'HistoryWithheld', seq: 1 })
  expect(seen.state).toBe('WORKING')
  expect(JSON.stringify(seen.events)).not.toContain('42')
  await tap.permission(decision, 'allow')
  expect(await asked.answered()).toBe('allow')
})

test('[E8] shared history is published whole', async () => {
  const at = await server()
  const dataDir = await folder()
  await enrolled(at, dataDir)
  const { session, agent } = await desk({}, { dataDir })
  await session.prompt('one')
  await agent.prompted()
  agent.says('the answer is 42')
  agent.ends()
  await until(session, ({ state, prompts }) => state === 'IDLE' && prompts.length === 0)
  await session.remote.on({ share: true })
  const tap = taps(await paired(at, session), session.id)
  await eventually(async () => JSON.stringify((await tap.events()).events).includes('42'))
})

test('[E1] the server goes away and comes back: the terminal works on, nothing is lost, doubled or out of order', async () => {
  const database = await memoryDatabase()
  const first = await server({ database })
  const dataDir = await folder()
  await enrolled(first, dataDir)
  const { session, agent } = await desk({}, { dataDir })
  await session.remote.on()
  await until(session, ({ remote }) => remote.state === 'live')
  const phone = await paired(first, session)
  await session.prompt('go')
  await agent.prompted()
  agent.says('before. ')
  await until(session, ({ transcript }) => transcript.items.some((item) => item.is === 'agentText'))
  await first.close()
  const asked = agent.asks({ title: 'make' })
  const decision = await firstDecision(session)
  await session.answer(decision.id, { is: 'option', optionId: 'allow' })
  expect(await asked.answered()).toBe('allow')
  agent.says('while away. ')
  await until(session, ({ remote }) => remote.state === 'reconnecting')
  agent.asks({ title: 'again' })
  await firstDecision(session)
  const again = await server({ database, port: first.port })
  await until(session, ({ remote }) => remote.state === 'live' && remote.pendingEvents === 0, 25_000)
  const tap = taps({ ...phone, gql: (document, variables) => again.gql(phone.token, document, variables) }, session.id)
  const { events, openDecisions } = await tap.events()
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
  expect(events.filter(({ __typename }) => __typename === 'AgentText').map(({ text }) => text)).toEqual([
    'before. ',
    'while away. ',
  ])
  expect(openDecisions.map(({ title }) => title)).toEqual(['Run this command?'])
})

test('[E7] an event the server will never take is replaced by a tombstone of its number, and what follows arrives', async () => {
  const { at, session, agent } = await steered()
  const tap = taps(await paired(at, session), session.id)
  await session.prompt('go')
  await agent.prompted()
  // 300 KB of slash commands: no part of it can be stored apart.
  agent.offers(
    Array.from({ length: 3_000 }, (_, index) => ({ name: `command-${index}`, description: 'x'.repeat(100) })),
  )
  agent.says('still here')
  const seen = await eventually(async () => {
    const now = await tap.events()
    return now.events.some(({ text }) => text === 'still here') ? now : null
  })
  expect(seen.events.filter(({ __typename }) => __typename === 'Tombstone')).toMatchObject([
    { replacedKind: 'slashCommandsChanged' },
  ])
})

test('[E6] 10 MB of output become a body that is on the server before the event', async () => {
  const { at, session, agent } = await steered()
  const phone = await paired(at, session)
  await session.prompt('go')
  await agent.prompted()
  const call = agent.starts('cat big')
  agent.reports(call, `${'0123456789abcdef'.repeat(640 * 1024)}\u0000end`)
  const document =
    'query($id: ID!) { session(id: $id) { events(first: 100) { edges { node { ... on ToolCallChanged { content { block { text textBody { digest size } } } } } } } } }'
  type Answer = {
    session: {
      events: {
        edges: { node: { content?: { block: { text: string; textBody: { digest: string; size: number } } }[] } }[]
      }
    }
  }
  const body = await eventually(async () => {
    const { session: seen } = await phone.gql<Answer>(document, { id: session.id })
    return seen.events.edges.map(({ node }) => node.content?.[0]?.block.textBody).find((ref) => ref)
  })
  expect(body.size).toBe(10 * 1024 * 1024 + Buffer.byteLength('\ufffdend'))
})

test('[C6] stop from the phone ends agent and session, and says so', async () => {
  const { at, session, agent } = await steered()
  const tap = taps(await paired(at, session), session.id)
  const command = await tap.stop()
  await agent.gone()
  await until(session, ({ state }) => state === 'ENDED')
  expect(await tap.settled(command)).toMatchObject({ state: 'APPLIED' })
  expect((await tap.events()).state).toBe('ENDED')
})

test('[T3] policy OFF stops publishing at once and says why; turned on again, what was kept arrives', async () => {
  const { at, session, agent } = await steered()
  const phone = await paired(at, session, 'FULL')
  const tap = taps(phone, session.id)
  await phone.gql('mutation { setRemoteControl(level: OFF) { version } }')
  await session.prompt('go')
  await agent.prompted()
  agent.says('kept here')
  const view = await until(session, ({ remote }) => remote.state === 'refused')
  expect(view.remote.reason).toBeTruthy()
  await phone.gql('mutation { setRemoteControl(level: VIEW) { version } }')
  await until(session, ({ remote }) => remote.state === 'live' && remote.pendingEvents === 0, 20_000)
  // Words that stream are kept in pieces: the last may still have been on its way when the count was read.
  await eventually(async () => JSON.stringify((await tap.events()).events).includes('kept here'), 20_000)
})

test('two sessions of one process share a link; each gets its own commands only', async () => {
  const at = await server()
  const dataDir = await folder()
  await enrolled(at, dataDir)
  const link = await createHostLink({ dataDir, endpoint: { url: at.url } })
  atEnd(() => link.close())
  const [one, two] = [await desk({}, { dataDir, link }), await desk({}, { dataDir, link })]
  await Promise.all([one.session.remote.on(), two.session.remote.on()])
  await Promise.all([one, two].map(({ session }) => until(session, ({ remote }) => remote.state === 'live')))
  const phone = await paired(at, one.session)
  const sent = await Promise.all([
    taps(phone, one.session.id).prompt('for one'),
    taps(phone, two.session.id).prompt('for two'),
  ])
  expect([(await one.agent.prompted()).text, (await two.agent.prompted()).text]).toEqual(['for one', 'for two'])
  for (const id of sent) expect((await taps(phone, one.session.id).settled(id)).state).toBe('APPLIED')
})

test('[A1] turned off again, nothing more leaves the machine until it is turned on', async () => {
  const { at, session, agent } = await steered()
  const tap = taps(await paired(at, session), session.id)
  await session.remote.off()
  expect(session.view().remote).toMatchObject({ state: 'off', server: null })
  const before = (await tap.events()).lastSeq
  await session.prompt('unseen')
  await agent.prompted()
  agent.ends()
  await until(session, ({ state, prompts }) => state === 'IDLE' && prompts.length === 0)
  expect((await tap.events()).lastSeq).toBe(before)
  await session.remote.on()
  const seen = await eventually(async () => {
    const now = await tap.events()
    return now.lastSeq > before ? now : null
  })
  expect(seen.events.find(({ seq }) => seq === before + 1)).toMatchObject({ __typename: 'HistoryWithheld' })
  expect(JSON.stringify(seen.events)).not.toContain('unseen')
})
