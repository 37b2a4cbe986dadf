/** A host that waits for commands, when the bell that should wake it is lost. */
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { host as hosts } from '../../../server/db/schema.ts'
import { waitsOf } from '../../../server/graphql/host-waiting.ts'
import { type Bell, createBell } from '../../../server/live/bell.ts'
import { createCommand, lockHost } from '../../../server/store/commands.ts'
import type { EnrolledHost, PairedDevice } from '../../kit/people.ts'
import { startServer, type TestServer } from '../../kit/server.ts'
import { publishSession } from '../../kit/session.ts'
import { newKey } from './desk.ts'

let server: TestServer
let host: EnrolledHost
let phone: PairedDevice
let deaf: Bell

beforeAll(async () => {
  deaf = { ...(await createBell(null)), ring: () => {} }
  server = await startServer({ bell: deaf })
  host = await server.enrolledHost()
  phone = await server.pairedDevice({ host, rung: 'FULL' })
})
afterAll(() => server.close())

type Polled = { hostCommands: { after: string; revokedDeviceIds: string[]; commands: { id: string }[] } }
const poll = async (after: string | null, waitSeconds: number) =>
  (
    await server.gql<Polled>(
      host.token,
      `query($hostId: ID!, $after: String, $waitSeconds: Int!) { hostCommands(hostId: $hostId, after: $after, waitSeconds: $waitSeconds) {
        after revokedDeviceIds commands { id } } }`,
      { hostId: host.id, after, waitSeconds },
    )
  ).hostCommands

/** Polls, and does the work once the server has looked and waits. */
async function meanwhile<T>(after: string, work: () => Promise<T>) {
  const polled = poll(after, 20)
  await vi.waitFor(() => expect(waitsOf(deaf, host.id)).toBe(1))
  const done = await work()
  return { done, polled: await polled }
}

const prompt = (sessionId: string) =>
  server.gql<{ sendPrompt: { id: string } }>(
    phone.token,
    'mutation($input: SendPromptInput!) { sendPrompt(input: $input) { id } }',
    { input: { key: newKey(), sessionId, text: 'Go on' } },
  )

it('[C2] a command that is queued where its host waits is handed over, and the host reads on from the place that the store gives', async () => {
  const session = await publishSession(server.gql, host)
  const { after } = await poll(null, 0)
  const { done, polled } = await meanwhile(after, () => prompt(session.id))
  expect(polled.commands).toEqual([{ id: done.sendPrompt.id }])
  expect(await poll(after, 0)).toEqual(polled)
  expect((await poll(polled.after, 0)).commands).toEqual([])
})

it('[C2] two that are queued while it waits come both, in their order', async () => {
  const session = await publishSession(server.gql, host)
  let { after, commands } = await poll(null, 0)
  while (commands.length > 0) ({ after, commands } = await poll(after, 0))
  const { done, polled } = await meanwhile(after, () => Promise.all([prompt(session.id), prompt(session.id)]))
  const sent = done.map(({ sendPrompt }) => sendPrompt.id)
  const first = polled.commands.map(({ id }) => id)
  const rest = (await poll(polled.after, 0)).commands.map(({ id }) => id)
  expect([...first, ...rest].sort()).toEqual(sent.sort())
  expect(first.concat(rest)).toEqual((await poll(after, 0)).commands.map(({ id }) => id))
})

it('[C2] a lost ring delays a command by some seconds and no more', async () => {
  const session = await publishSession(server.gql, host)
  let { after, commands } = await poll(null, 0)
  while (commands.length > 0) ({ after, commands } = await poll(after, 0))
  // As another process would: nobody here hears of it.
  const { done, polled } = await meanwhile(after, () =>
    server.database.transaction(async (tx) => {
      await lockHost(tx, host.id)
      const [{ ownerId = '' } = {}] = await tx
        .select({ ownerId: hosts.ownerId })
        .from(hosts)
        .where(eq(hosts.id, host.id))
      const value = { promptId: 'p', text: 'Go on', attachments: [], delivery: 'AFTER_TURN' as const, modeId: null }
      return createCommand(tx, () => {}, {
        ...{ ownerId, hostId: host.id, sessionId: session.id, key: newKey(), kind: 'SendPrompt', value },
        ...{ device: { id: phone.id, name: 'phone', rung: 'FULL' }, proof: 'v1', expiresInSeconds: 60 },
      })
    }),
  )
  expect(polled.commands).toEqual([{ id: done.id }])
})

it('[T3] a lost ring delays a revocation by some seconds and no more', async () => {
  const lost = await server.pairedDevice({ host, name: 'lost' })
  let { after, commands } = await poll(null, 0)
  while (commands.length > 0) ({ after, commands } = await poll(after, 0))
  const { polled } = await meanwhile(after, () =>
    server.gql(phone.token, 'mutation($id: ID!) { revokeDevice(id: $id) { id } }', { id: lost.id }),
  )
  expect(polled.revokedDeviceIds.concat(polled.commands.map(({ id }) => id))).not.toEqual([])
})

it('[C2] with nothing new it waits to its end', async () => {
  let { after, commands } = await poll(null, 0)
  while (commands.length > 0) ({ after, commands } = await poll(after, 0))
  const begun = performance.now()
  expect((await poll(after, 3)).commands).toEqual([])
  expect(performance.now() - begun).toBeGreaterThan(2900)
})
