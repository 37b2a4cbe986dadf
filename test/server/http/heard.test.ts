/** A long wait for commands lets something be heard, as white space before its answer (C2, T3). The seconds are stepped. */
import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Database } from '../../../server/db/database.ts'
import { waitsOf } from '../../../server/graphql/host-waiting.ts'
import { type Bell, createBell } from '../../../server/live/bell.ts'
import type { EnrolledHost } from '../../kit/people.ts'
import { memoryDatabase } from '../../kit/seed.ts'
import { startServer, type TestServer } from '../../kit/server.ts'
import { publishSession } from '../../kit/session.ts'
import { newKey } from '../graphql/desk.ts'

const POLL = `query($id: ID!, $after: String, $s: Int!) {
  hostCommands(hostId: $id, after: $after, waitSeconds: $s) { after commands { id } }
}`
type Polled = { hostCommands: { after: string; commands: { id: string }[] } }
type Told = { data: Polled | null; errors?: { extensions: { code: string } }[] }

let database: Database
let bell: Bell
let server: TestServer
let host: EnrolledHost

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  database = await memoryDatabase()
  bell = await createBell(database.signals)
  server = await startServer({ database, bell })
  host = await server.enrolledHost()
})
afterAll(async () => {
  await server.close()
  await database.close()
  vi.useRealTimers()
})

async function rested(who = host): Promise<string> {
  const poll = async (after: string | null) =>
    (await server.gql<Polled>(who.token, POLL, { id: who.id, after, s: 0 })).hostCommands
  let { after, commands } = await poll(null)
  while (commands.length > 0) ({ after, commands } = await poll(after))
  return after
}

/** A poll whose answer is read as it comes. */
async function waits(
  who = host,
  s = 600,
): Promise<{ sent: ClientRequest; head: Promise<IncomingMessage>; text: () => string }> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${who.token}` }
  const after = await rested(who)
  const sent = request(`${server.url}/graphql`, { method: 'POST', headers })
  sent.on('error', () => {})
  let text = ''
  const head = once(sent, 'response').then(([response]: IncomingMessage[]) => {
    if (!response) throw new Error('no answer')
    response.on('data', (chunk) => {
      text += chunk
    })
    return response
  })
  head.catch(() => {})
  sent.end(JSON.stringify({ query: POLL, variables: { id: who.id, after, s } }))
  await vi.waitFor(() => expect(waitsOf(bell, who.id)).toBe(1))
  return { sent, head, text: () => text }
}

const steps = (seconds: number) => vi.advanceTimersByTime(seconds * 1000)
const ended = async (response: IncomingMessage) => response.complete || once(response, 'end')

test('[C2] a long wait is heard every 25 s, may pass unbuffered, and its answer is the JSON that it would have been', async () => {
  const session = await publishSession(server.gql, host)
  const phone = await server.pairedDevice({ host, rung: 'FULL' })
  const poll = await waits()
  steps(24)
  expect(poll.text()).toBe('')
  steps(2)
  const response = await poll.head
  expect([response.statusCode, response.headers['x-accel-buffering'], response.headers['cache-control']]).toEqual([
    ...[200, 'no', 'no-store, no-transform'],
  ])
  await vi.waitFor(() => expect(poll.text()).toBe(' '))
  steps(25)
  await vi.waitFor(() => expect(poll.text()).toBe('  '))
  const sends = 'mutation($input: SendPromptInput!) { sendPrompt(input: $input) { id } }'
  const input = { key: newKey(), sessionId: session.id, text: 'Go on' }
  const { sendPrompt } = await server.gql<{ sendPrompt: { id: string } }>(phone.token, sends, { input })
  await ended(response)
  const { data } = JSON.parse(poll.text()) as Told
  expect(data?.hostCommands.commands).toEqual([{ id: sendPrompt.id }])
})

test('[C2] a ring that brings nothing ends a long wait: in its operation nobody would hear it, and its host would take the way for lost', async () => {
  const quiet = await server.enrolledHost('quiet')
  const session = await publishSession(server.gql, quiet)
  const poll = await waits(quiet)
  steps(30)
  const response = await poll.head
  const phone = await server.pairedDevice({ host, rung: 'FULL' })
  await server.gql(phone.token, 'mutation($id: ID!) { deleteSession(id: $id) }', { id: session.id })
  await vi.waitFor(() => expect(response.complete).toBe(true), { timeout: 20_000 })
  const { data } = JSON.parse(poll.text()) as Told
  expect(data?.hostCommands.commands).toEqual([])
  // It comes back to where it was told of nothing, and waits before its operation again.
  const again = await waits(quiet)
  steps(30)
  await again.head
  again.sent.destroy()
})

test('[T3] a host that is revoked in a long wait that was heard is told so in its answer', async () => {
  const lost = await server.enrolledHost('lost')
  const poll = await waits(lost)
  steps(30)
  const response = await poll.head
  await server.gql(host.token, 'mutation($id: ID!) { revokeHost(id: $id) { revokedAt } }', { id: lost.id })
  await ended(response)
  expect((JSON.parse(poll.text()) as Told).errors?.[0]?.extensions.code).toBe('REVOKED')
})

test('[L4] who hangs up after it was heard leaves nobody behind, and the seconds of the others go on', async () => {
  const other = await server.enrolledHost('other')
  const [poll, kept] = [await waits(), await waits(other)]
  steps(30)
  await Promise.all([poll.head, kept.head])
  poll.sent.destroy()
  await vi.waitFor(() => expect(waitsOf(bell, host.id)).toBe(0))
  const heard = kept.text().length
  steps(25)
  await vi.waitFor(() => expect(kept.text().length).toBeGreaterThan(heard))
  kept.sent.destroy()
  await vi.waitFor(() => expect(waitsOf(bell, other.id)).toBe(0))
})

test('maxHostWaitSeconds: a wait lasts at most 840 s, whatever is asked for', async () => {
  const patient = await server.enrolledHost('patient')
  const timers = vi.spyOn(globalThis, 'setTimeout')
  const poll = await waits(patient, 1_000_000)
  const long = timers.mock.calls.map(([, milliseconds]) => milliseconds ?? 0).filter((one) => one > 100_000)
  timers.mockRestore()
  expect(long).toEqual([840_000])
  poll.sent.destroy()
})

test('[C2] who asks for a long wait and waits in an operation, which nobody hears, is answered after 25 s', async () => {
  const again = await server.enrolledHost('again')
  const timers = vi.spyOn(globalThis, 'setTimeout')
  // From no place that it was told of: nothing is kept for it.
  const { hostCommands } = await server.gql<Polled>(again.token, POLL, { id: again.id, after: null, s: 0 })
  await server.gql<Polled>(again.token, POLL, { id: again.id, after: null, s: 0 })
  const poll = server.gql<Polled>(again.token, POLL, { id: again.id, after: 'elsewhere', s: 600 }).catch(() => null)
  await vi.waitFor(() => expect(waitsOf(bell, again.id)).toBe(1))
  const waitsMs = timers.mock.calls
    .map(([, milliseconds]) => milliseconds ?? 0)
    .filter((one) => one > 20_000 && one < 700_000)
  timers.mockRestore()
  expect(waitsMs.some((one) => one > 24_000 && one <= 25_000)).toBe(true)
  expect(waitsMs.filter((one) => one > 60_000)).toEqual([])
  await server.close()
  await poll
  expect(hostCommands.commands).toEqual([])
  server = await startServer({ database, bell })
})
