/** A host that polls again after a wait in vain: the store is asked only when something has been rung or may have been missed (C2, L3). */
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { lookForHost } from '../../../server/store/host-commands.ts'
import type { EnrolledHost, PairedDevice } from '../../kit/people.ts'
import { startServer, type TestServer } from '../../kit/server.ts'
import { publishSession } from '../../kit/session.ts'
import { newKey } from './desk.ts'

let server: TestServer
let host: EnrolledHost
let phone: PairedDevice
/** Looks for commands, told from all that the trust poll reads. */
let looks = 0

beforeAll(async () => {
  const inner = await startServer()
  const counting = {
    ...inner.database,
    read: ((work, isLeft) =>
      inner.database.read((tx) => {
        const counted = new Proxy(tx, {
          get: (target, name) => {
            if (name === 'select') looks += 1
            return Reflect.get(target, name) as unknown
          },
        })
        return work(counted)
      }, isLeft)) as typeof inner.database.read,
  }
  server = await startServer({ database: counting })
  host = await server.enrolledHost()
  phone = await server.pairedDevice({ host, rung: 'FULL' })
  return () => inner.close()
})
afterAll(() => server.close())

type Polled = { hostCommands: { after: string; commands: { id: string }[]; revokedDeviceIds: string[] } }
const poll = async (after: string | null, waitSeconds: number) =>
  (
    await server.gql<Polled>(
      host.token,
      `query($hostId: ID!, $after: String, $waitSeconds: Int!) { hostCommands(hostId: $hostId, after: $after, waitSeconds: $waitSeconds) {
        after revokedDeviceIds commands { id } } }`,
      { hostId: host.id, after, waitSeconds },
    )
  ).hostCommands

/** Where a host stands that has waited in vain and has not come back yet. */
async function rested(): Promise<string> {
  let { after, commands } = await poll(null, 0)
  while (commands.length > 0) ({ after, commands } = await poll(after, 0))
  const waited = await poll(after, 1)
  expect(waited.commands).toEqual([])
  return waited.after
}

const prompt = async (sessionId: string) =>
  (
    await server.gql<{ sendPrompt: { id: string } }>(
      phone.token,
      'mutation($input: SendPromptInput!) { sendPrompt(input: $input) { id } }',
      { input: { key: newKey(), sessionId, text: 'Go on' } },
    )
  ).sendPrompt.id

it('[L3] what was rung between two polls is found by the second', async () => {
  const session = await publishSession(server.gql, host)
  const after = await rested()
  const id = await prompt(session.id)
  const polled = await poll(after, 20)
  expect(polled.commands).toEqual([{ id }])
  const stored = await server.database.read((tx) => lookForHost(tx, host.id, after))
  expect(polled.after).toBe(stored.after)
})

it('[T3] a device that was revoked between two polls is named by the second', async () => {
  const lost = await server.pairedDevice({ host, name: 'lost' })
  const after = await rested()
  await server.gql(phone.token, 'mutation($id: ID!) { revokeDevice(id: $id) { id } }', { id: lost.id })
  expect((await poll(after, 20)).revokedDeviceIds).toContain(lost.id)
})

it('[L3][T3] a lost ring is made up for, also when the poll with which the looks for all began is over', async () => {
  const lost = await server.pairedDevice({ host, name: 'lost without a ring' })
  const polling = poll(await rested(), 15)
  await server.database.transaction((tx) => tx.execute(sql`update device set revoked_at = now() where id = ${lost.id}`))
  expect((await polling).revokedDeviceIds).toContain(lost.id)
})

it('[C2] who reads on from another place is answered by the store', async () => {
  const session = await publishSession(server.gql, host)
  const before = (await poll(null, 0)).after
  const id = await prompt(session.id)
  await rested()
  expect((await poll(before, 20)).commands).toEqual([{ id }])
})

it('[C2] who comes back after a wait in vain costs the store no look', async () => {
  const after = await rested()
  const before = looks
  expect((await poll(after, 1)).commands).toEqual([])
  // A look at the beginning and one at the end is what any other poll costs.
  const spent = looks - before
  const other = looks
  await poll(null, 0)
  expect(looks - other).toBeGreaterThan(0)
  expect(spent).toBe(0)
})
