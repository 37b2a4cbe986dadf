/** A host that waits for commands, when the bell that should wake it is lost. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Bell, createBell } from '../../../server/live/bell.ts'
import { hostTopic } from '../../../server/store/topic.ts'
import type { EnrolledHost, PairedDevice } from '../../kit/people.ts'
import { startServer, type TestServer } from '../../kit/server.ts'
import { publishSession } from '../../kit/session.ts'
import { newKey } from './desk.ts'

let server: TestServer
let host: EnrolledHost
let phone: PairedDevice
let waits: () => void = () => {}

beforeAll(async () => {
  const bell = await createBell(null)
  const deaf: Bell = {
    ...bell,
    ring: () => {},
    watch: (...topics) => {
      const watch = bell.watch(...topics)
      const rung: typeof watch.rung = (...how) => {
        if (topics.includes(hostTopic(host?.id ?? ''))) waits()
        return watch.rung(...how)
      }
      return { ...watch, rung }
    },
  }
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
  const waiting = new Promise<void>((resolve) => {
    waits = resolve
  })
  const polled = poll(after, 20)
  await waiting
  const done = await work()
  return { done, polled: await polled }
}

it('[C2] a lost ring delays a command by some seconds and no more', async () => {
  const session = await publishSession(server.gql, host)
  const { after } = await poll(null, 0)
  const { done, polled } = await meanwhile(after, () =>
    server.gql<{ sendPrompt: { id: string } }>(
      phone.token,
      'mutation($input: SendPromptInput!) { sendPrompt(input: $input) { id } }',
      { input: { key: newKey(), sessionId: session.id, text: 'Go on' } },
    ),
  )
  expect(polled.commands).toEqual([{ id: done.sendPrompt.id }])
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
