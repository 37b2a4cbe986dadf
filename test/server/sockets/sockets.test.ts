/** GraphQL over WebSocket: who gets in, with which close code, and what a stop does (docs/protocol.md §3). */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { EnrolledHost, PairedDevice } from '../../kit/people.ts'
import { isListening, startServer, type TestServer } from '../../kit/server.ts'
import { publishSession } from '../../kit/session.ts'

let server: TestServer
let host: EnrolledHost
let phone: PairedDevice
beforeAll(async () => {
  server = await startServer({ publicUrl: 'https://desk.example.com' })
  host = await server.enrolledHost()
  phone = await server.pairedDevice({ host })
})
afterAll(() => server.close())

const LIST = 'subscription { sessionsChanged { isSnapshot sessions { id } } }'

/** 101 for a socket that opens, else the status of the refusal. */
const upgrade = (path: string, origin?: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(
      `ws://127.0.0.1:${server.port}${path}`,
      'graphql-transport-ws',
      origin ? { origin } : {},
    )
    socket.on('open', () => {
      socket.close()
      resolve(101)
    })
    socket.on('unexpected-response', (_request, answer) => {
      socket.terminate()
      resolve(answer.statusCode ?? 0)
    })
    socket.on('error', (error) => (error.message.includes('before the connection') ? undefined : reject(error)))
  })

test('no credential is closed with 4401, an unknown one with 4403', async () => {
  expect(await server.subscribe(null, LIST).ended()).toMatchObject({ by: 'close', code: 4401 })
  expect(await server.subscribe('odd_unknownunknownunknown', LIST).ended()).toMatchObject({ by: 'close', code: 4403 })
})

test('pages of other origins do not get a socket; own, public and no browser do', async () => {
  expect(await upgrade('/graphql', 'https://evil.example')).toBe(403)
  expect(await upgrade('/graphql', server.url)).toBe(101)
  expect(await upgrade('/graphql', 'https://desk.example.com')).toBe(101)
  expect(await upgrade('/graphql')).toBe(101)
  expect(await upgrade('/elsewhere')).toBe(404)
})

test('events come as they are published, and queries and mutations work on the same socket', async () => {
  const session = await publishSession(server.gql, host)
  const live = server.subscribe(phone.token, 'subscription($id: ID!) { eventsAppended(sessionId: $id) { lastSeq } }', {
    id: session.id,
  })
  await session.push({ noticeShown: { severity: 'info', title: 'hello' } })
  type Batch = { eventsAppended: { lastSeq: number } }
  expect((await live.next<Batch>()).data?.eventsAppended.lastSeq).toBe(1)
  const query = server.subscribe(phone.token, '{ viewer { id } }')
  expect((await query.next()).data).toMatchObject({ viewer: { id: expect.any(String) } })
  expect(await query.ended()).toEqual({ by: 'complete' })
})

test('a refusal over the socket names its rule, an unknown field is a bad input, and both leave the socket open', async () => {
  const foreign = server.subscribe(phone.token, 'subscription { eventsAppended(sessionId: "ses_x") { lastSeq } }')
  const ending = await foreign.next().then(
    (frame) => frame.errors,
    () => foreign.ended().then((end) => (end.by === 'error' ? end.errors : [])),
  )
  expect(ending?.[0]?.extensions?.code).toBe('NOT_FOUND')
  const wrong = await server.subscribe(phone.token, 'subscription { nothing }').ended()
  expect(wrong).toMatchObject({ by: 'error', errors: [{ extensions: { code: 'BAD_INPUT' } }] })
})

test('an id is taken once on a socket, whoever answers it: the second is closed with 4409', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/graphql`, 'graphql-transport-ws')
  const heard: string[] = []
  const closed = new Promise<number>((resolve) => socket.on('close', resolve))
  socket.on('message', (data) => heard.push(String(data)))
  await new Promise((resolve) => socket.on('open', resolve))
  const says = (message: object) => socket.send(JSON.stringify(message))
  says({ type: 'connection_init', payload: { authorization: `Bearer ${phone.token}` } })
  await expect.poll(() => heard.length).toBe(1)
  says({ id: 'a', type: 'subscribe', payload: { query: LIST } })
  await expect.poll(() => heard.length).toBe(2)
  says({ id: 'a', type: 'subscribe', payload: { query: '{ viewer { id } }' } })
  expect(await closed).toBe(4409)
  expect(server.logged).toEqual([])
})

test('a stop closes every socket with 1001 and lets the port go', async () => {
  const other = await startServer({ database: server.database })
  const live = other.subscribe(phone.token, LIST)
  await live.next()
  const ended = live.ended()
  const closed = other.close
  // The page does not leave by itself: it must hear 1001 from the server.
  const [ending] = await Promise.all([ended, closed()])
  expect(ending).toMatchObject({ by: 'close', code: 1001 })
  expect(await isListening(other.port)).toBe(false)
})
