/** Requests behind one another on one connection: who hangs up is gone for all of them (L4, G4). */
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Database } from '../../../server/db/database.ts'
import { waitsOf } from '../../../server/graphql/host-waiting.ts'
import { type Bell, createBell } from '../../../server/live/bell.ts'
import { memoryDatabase } from '../../kit/seed.ts'
import { startServer, type TestServer } from '../../kit/server.ts'

const POLL = `query($id: ID!, $after: String, $s: Int!) {
  hostCommands(hostId: $id, after: $after, waitSeconds: $s) { after }
}`
type Polled = { hostCommands: { after: string } }

let database: Database
let bell: Bell
let server: TestServer

beforeAll(async () => {
  database = await memoryDatabase()
  bell = await createBell(database.signals)
  server = await startServer({ database, bell })
})
afterAll(async () => {
  await server.close()
  await database.close()
})

function requestOf(token: string, variables: object, accept: string): string {
  const body = JSON.stringify({ query: POLL, variables })
  const lines = [
    'POST /graphql HTTP/1.1',
    'host: x',
    'content-type: application/json',
    `accept: ${accept}`,
    `authorization: Bearer ${token}`,
    `content-length: ${Buffer.byteLength(body)}`,
  ]
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}

/** The straight way, and yoga's. */
const ACCEPTED = ['application/json', 'text/html, application/json']

test.each(ACCEPTED)('[L4] two polls on one connection end with it (%s)', async (accept) => {
  const host = await server.enrolledHost()
  const waits = (count: number) => vi.waitFor(() => expect(waitsOf(bell, host.id)).toBe(count), { timeout: 5000 })
  const { hostCommands } = await server.gql<Polled>(host.token, POLL, { id: host.id, s: 0 })
  const asked = requestOf(host.token, { id: host.id, after: hostCommands.after, s: 20 }, accept)
  const socket = connect(server.port, '127.0.0.1')
  socket.write(asked + asked)
  await waits(2)
  socket.destroy()
  await waits(0)
})

test('[L4] polls on one connection are answered in their order', async () => {
  const host = await server.enrolledHost()
  const { hostCommands } = await server.gql<Polled>(host.token, POLL, { id: host.id, s: 0 })
  const ask = (s: number) => requestOf(host.token, { id: host.id, after: hostCommands.after, s }, 'application/json')
  const socket = connect(server.port, '127.0.0.1')
  let heard = ''
  socket.on('data', (bytes) => {
    heard += bytes
  })
  socket.write(ask(1) + ask(0) + ask(0))
  await vi.waitFor(() => expect(heard.match(/"data":\{"hostCommands"/g)).toHaveLength(3), { timeout: 10_000 })
  socket.destroy()
})
