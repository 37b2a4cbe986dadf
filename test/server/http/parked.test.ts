/** A host that reads on from where it was told of nothing waits before its operation: nothing of it is made until there is something to say (C2, L3, T3). */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { AppOptions } from '../../../server/app.ts'
import type { Database } from '../../../server/db/database.ts'
import { waitsOf } from '../../../server/graphql/host-waiting.ts'
import { type Bell, createBell } from '../../../server/live/bell.ts'
import type { EnrolledHost } from '../../kit/people.ts'
import { memoryDatabase } from '../../kit/seed.ts'
import { startServer, type TestServer } from '../../kit/server.ts'
import { publishSession } from '../../kit/session.ts'
import { newKey } from '../graphql/desk.ts'

const POLL = `query($id: ID!, $after: String, $s: Int!) {
  hostCommands(hostId: $id, after: $after, waitSeconds: $s) { after revokedDeviceIds commands { id } }
}`
type Polled = { hostCommands: { after: string; revokedDeviceIds: string[]; commands: { id: string }[] } }

let database: Database
let bell: Bell
let server: TestServer
let host: EnrolledHost
/** Who listens for one host, and how many operations have begun to. */
let listening = 0
let begun = 0

beforeAll(async () => {
  database = await memoryDatabase()
  const inner = await createBell(database.signals)
  bell = {
    ...inner,
    listen: (topic, onRing) => {
      const stop = inner.listen(topic, onRing)
      if (!topic.startsWith('host')) return stop
      listening += 1
      begun += 1
      return () => {
        listening -= 1
        stop()
      }
    },
  }
  await open()
  host = await server.enrolledHost()
})
afterAll(async () => {
  await server.close()
  await database.close()
})

const codeOf = (asked: Promise<unknown>) =>
  asked.then(
    () => 'no refusal',
    (error: { code?: unknown }) => error.code,
  )

const open = async (more: Partial<AppOptions> = {}) => {
  server = await startServer({ database, bell, ...more })
}
const poll = async (after: string | null, s: number, who = host) =>
  (await server.gql<Polled>(who.token, POLL, { id: who.id, after, s })).hostCommands

/** Polls on from where there was nothing; what it did in an operation would be heard as a listener of its own. */
async function rested(who = host): Promise<string> {
  let { after, commands } = await poll(null, 0, who)
  while (commands.length > 0) ({ after, commands } = await poll(after, 0, who))
  return after
}

const waits = (count: number, who = host) => vi.waitFor(() => expect(waitsOf(bell, who.id)).toBe(count))

const sends = async (sessionId: string, token: string) =>
  (
    await server.gql<{ sendPrompt: { id: string } }>(
      token,
      'mutation($input: SendPromptInput!) { sendPrompt(input: $input) { id } }',
      { input: { key: newKey(), sessionId, text: 'Go on' } },
    )
  ).sendPrompt.id

test('[C2] a command ends it, and so does its time; neither began an operation meanwhile', async () => {
  const session = await publishSession(server.gql, host)
  const phone = await server.pairedDevice({ host, rung: 'FULL' })
  const after = await rested()
  const before = begun
  const waiting = poll(after, 20)
  await waits(1)
  const id = await sends(session.id, phone.token)
  const { commands } = await waiting
  expect(commands).toEqual([{ id }])
  expect(begun).toBe(before)
  const again = await rested()
  const from = begun
  expect((await poll(again, 1)).commands).toEqual([])
  expect((await poll(again, 1)).commands).toEqual([])
  expect(begun).toBe(from)
})

test('[C2][L3] every one of many commands comes once and in order, whenever it is sent', async () => {
  const session = await publishSession(server.gql, host)
  const phone = await server.pairedDevice({ host, rung: 'FULL' })
  let after = await rested()
  const sent: string[] = []
  const got: string[] = []
  const sending = (async () => {
    for (let n = 0; n < 40; n++) sent.push(await sends(session.id, phone.token))
  })()
  while (got.length < 40) {
    const polled = await poll(after, 20)
    after = polled.after
    got.push(...polled.commands.map((one) => one.id))
  }
  await sending
  expect(got).toEqual(sent)
})

test('[L4] who hangs up while it waits leaves nobody behind, and two at once are both answered', async () => {
  const session = await publishSession(server.gql, host)
  const phone = await server.pairedDevice({ host, rung: 'FULL' })
  await rested()
  await vi.waitFor(() => expect(listening).toBe(1))
  const after = await rested()
  const gone = new AbortController()
  const left = server.ask(host.token, POLL, { id: host.id, after, s: 20 }, gone.signal).catch(() => 'gone')
  await waits(1)
  gone.abort()
  expect(await left).toBe('gone')
  await vi.waitFor(() => expect(listening).toBe(0))
  const both = [poll(after, 20), poll(after, 20)]
  await waits(2)
  const id = await sends(session.id, phone.token)
  for (const one of both) expect((await one).commands).toEqual([{ id }])
})

test('[T3] a host revoked while it waits is told so, also with every bell lost', async () => {
  await server.close()
  await open({ trust: { ignoreBell: true } })
  const lost = await server.enrolledHost('lost')
  const other = await server.enrolledHost('other')
  const waiting = codeOf(poll(await rested(lost), 20, lost))
  const bystander = poll(await rested(other), 1, other)
  await waits(1, lost)
  await server.gql(host.token, 'mutation($id: ID!) { revokeHost(id: $id) { revokedAt } }', { id: lost.id })
  expect(await waiting).toBe('REVOKED')
  expect((await bystander).commands).toEqual([])
})

test('[T3] a policy, and a device that is revoked, end it at once', async () => {
  const lost = await server.pairedDevice({ host, name: 'lost' })
  const phone = await server.pairedDevice({ host, rung: 'FULL' })
  const after = await rested()
  const waiting = poll(after, 20)
  await waits(1)
  await server.gql(phone.token, 'mutation($id: ID!) { revokeDevice(id: $id) { id } }', { id: lost.id })
  expect((await waiting).revokedDeviceIds).toContain(lost.id)
})

test('a stop of the server ends it', async () => {
  const waiting = poll(await rested(), 20).then(
    () => 'answered',
    () => 'ended',
  )
  await waits(1)
  await server.close()
  expect(await waiting).toBe('ended')
  await open()
})
