/**
 * [F1] [T1] An identity provider's token reaches the people of its own place and no others: asked by one of another organisation every road to a person is NOT_FOUND. Where the same token is
 * said to be of the right place, in the database, the same requests do it: its place is what stops it.
 */
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { adminToken } from '../../server/db/schema.ts'
import { createGoverned, type Governed } from '../kit/governed.ts'
import { startServer, type TestServer } from '../kit/server.ts'
import { figure } from './figure.ts'

let server: TestServer
let governed: Governed
beforeAll(async () => {
  server = await startServer()
  governed = await createGoverned(server)
}, 60_000)
afterAll(() => server?.close())

async function call(token: string, method: string, path: string, body?: object) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' }
  const sent = body === undefined ? {} : { body: JSON.stringify(body) }
  const answer = await fetch(`${server.url}/scim/v2${path}`, { method, headers, ...sent })
  const text = await answer.text()
  return {
    status: answer.status,
    body: text === '' ? null : (JSON.parse(text) as { id: string; totalResults?: number }),
  }
}

const patch = (...Operations: object[]) => ({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations })

test('[F1] people and groups of another place are not there for it, and nothing of theirs changes', async () => {
  const provider = (scopeId: string) =>
    governed.makeToken({ name: 'idp', scopes: ['SCIM'], days: 1, scopeId }, governed.admin)
  const ours = (await provider(governed.organisationId)).token
  const { createOrganisation } = await server.gql<{ createOrganisation: { id: string } }>(
    governed.admin,
    'mutation($e: ID!) { createOrganisation(name: "Red", enterpriseId: $e) { id } }',
    { e: governed.enterpriseId },
  )
  const foreign = await provider(createOrganisation.id)
  const user = (await call(ours, 'POST', '/Users', { userName: 'ann@example.com' })).body?.id ?? ''
  expect(user).not.toBe('')
  const off = patch({ op: 'replace', path: 'active', value: false })
  const roads: [string, string, object?][] = [
    ['GET', `/Users/${user}`],
    ['PUT', `/Users/${user}`, { userName: 'thief@example.com', active: false }],
    ['PATCH', `/Users/${user}`, off],
    ['DELETE', `/Users/${user}`],
    ['GET', `/Groups/${governed.organisationId}`],
    ['PATCH', `/Groups/${governed.organisationId}`, patch({ op: 'remove', path: 'members' })],
    ['DELETE', `/Groups/${governed.organisationId}`],
  ]
  for (const [method, path, body] of roads)
    expect(`${method} ${path} ${(await call(foreign.token, method, path, body)).status}`).toBe(`${method} ${path} 404`)
  expect((await call(foreign.token, 'GET', '/Users')).body?.totalResults).toBe(0)
  expect((await call(ours, 'GET', `/Users/${user}`)).body).toMatchObject({ userName: 'ann@example.com', active: true })
  figure('SCIM’s reach', {
    'roads to people and groups of another organisation': roads.length + 1,
    'with an effect': 0,
  })

  await server.database.transaction((tx) =>
    tx.update(adminToken).set({ scopeId: governed.organisationId }).where(eq(adminToken.id, foreign.adminToken.id)),
  )
  await expect.poll(async () => (await call(foreign.token, 'PATCH', `/Users/${user}`, off)).status).toBe(200)
  expect((await call(ours, 'GET', `/Users/${user}`)).body).toMatchObject({ active: false })
})
