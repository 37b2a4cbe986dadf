import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { eventSource } from '../../../../pwa/features/transcript/event-source.ts'
import { createKeptEvents } from '../../../../pwa/features/transcript/kept-events.ts'
import { createTail, PAGE_EVENTS, type Tail } from '../../../../pwa/features/transcript/tail.ts'
import { type Connection, createConnection } from '../../../../pwa/graphql/connection.ts'
import type { PairedDevice } from '../../../kit/people.ts'
import { startServer, type TestServer } from '../../../kit/server.ts'
import { type PublishedSession, publishSession } from '../../../kit/session.ts'
import { createWire, type Wire } from '../../../kit/wire.ts'

const until = (claim: () => void) => vi.waitFor(claim, { timeout: 10_000, interval: 10 })
const notice = (title: string) => ({ noticeShown: { title, severity: 'info' } })
const titles = (tail: Tail) =>
  tail
    .current()
    .transcript.items.map((item) => item.kind === 'note' && 'noticeTitle' in item.note && item.note.noticeTitle)

let server: TestServer
let wire: Wire
let phone: PairedDevice
let session: PublishedSession
let connection: Connection

beforeAll(async () => {
  server = await startServer()
  wire = await createWire(server.port)
  const host = await server.enrolledHost('atlas')
  phone = await server.pairedDevice({ host, name: 'iPhone' })
  session = await publishSession(server.gql, host)
  // What the page's socket asks of a browser: the outside world of this test. After the server is up: its database would take itself for a page.
  vi.stubGlobal('window', new EventTarget())
  vi.stubGlobal('document', Object.assign(new EventTarget(), { visibilityState: 'visible' }))
  vi.stubGlobal('WebSocket', WebSocket)
  vi.stubGlobal('navigator', { onLine: true })
  connection = createConnection({ token: phone.token, origin: wire.url, onRevoked: () => undefined })
})
afterAll(async () => {
  connection?.close()
  await wire?.close()
  await server?.close()
})

describe('a tail on a real server', () => {
  it('[L6] [E1] loses and doubles nothing over a cut line, and pages back to the beginning', async () => {
    const first = Array.from({ length: PAGE_EVENTS + 20 }, (_, at) => `n${at + 1}`)
    await session.push(...first.map(notice))
    const values = new Map<string, unknown>()
    const kept = createKeptEvents({
      get: async (name) => values.get(name),
      set: async (name, value) => void values.set(name, value),
      del: async (name) => void values.delete(name),
    })
    const tail = createTail({ sessionId: session.id, source: eventSource(connection, session.id), kept })
    try {
      await until(() => expect(tail.current().source).toBe('current'))
      expect(titles(tail)).toEqual(first.slice(-PAGE_EVENTS))

      await session.push(notice('live'))
      await until(() => expect(titles(tail).at(-1)).toBe('live'))

      wire.cut()
      await until(() => expect(connection.link.current().kind).toBe('reconnecting'))
      await session.push(notice('away 1'), notice('away 2'))
      wire.mend()
      connection.wake()
      await until(() => expect(titles(tail).slice(-3)).toEqual(['live', 'away 1', 'away 2']))

      await tail.older()
      expect(titles(tail)).toEqual([...first, 'live', 'away 1', 'away 2'])
      expect(tail.current().hasOlder).toBe(false)
    } finally {
      tail.close()
    }
    await until(() => expect(values.has(`events:${session.id}`)).toBe(true))
  })

  it('[T7] says that a session is not there', async () => {
    const missing = `ses_${'x'.repeat(22)}`
    const kept = createKeptEvents({
      get: async () => undefined,
      set: async () => undefined,
      del: async () => undefined,
    })
    const tail = createTail({ sessionId: missing, source: eventSource(connection, missing), kept })
    try {
      await until(() => expect(tail.current().problem?.code).toBe('NOT_FOUND'))
    } finally {
      tail.close()
    }
  })
})
