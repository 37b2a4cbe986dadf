/** The handshake through a real server (docs/protocol.md §6). */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '../../kit/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

test('a phone is paired and knows who it is', async () => {
  const host = await server.enrolledHost()
  const phone = await server.pairedDevice({ host, rung: 'STEER' })
  const { viewer } = await server.gql<{ viewer: { principal: { id: string; rung: string } } }>(
    phone.token,
    '{ viewer { principal { ... on Device { id rung hostIds isThisOne } } } }',
  )
  expect(viewer.principal).toMatchObject({ id: phone.id, rung: 'STEER', hostIds: [host.id], isThisOne: true })
})
