/** What the server says of itself to an identity provider, over HTTP (RFC 7643 §5 to §7, RFC 7644 §4): what it says is what it does. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createGoverned } from '../../kit/governed.ts'
import { startServer, type TestServer } from '../../kit/server.ts'

type Attribute = { name: string; type: string; multiValued?: boolean; subAttributes?: Attribute[] }
type Described = { id: string; name: string; endpoint: string; schema: string; attributes: Attribute[] }
type Said = { totalResults: number; Resources: Described[]; schemas: string[]; detail?: string } & Record<
  string,
  unknown
>

let server: TestServer
let token: string
beforeAll(async () => {
  server = await startServer()
  const governed = await createGoverned(server)
  const asked = { name: 'idp', scopes: ['SCIM'], days: 1, scopeId: governed.enterpriseId }
  token = (await governed.makeToken(asked, governed.admin)).token
})
afterAll(() => server?.close())

async function call(path: string, method = 'GET', as: string | null = token) {
  const headers = { ...(as && { authorization: `Bearer ${as}` }), 'content-type': 'application/scim+json' }
  const body = method === 'GET' ? {} : { body: '{}' }
  const answer = await fetch(`${server.url}/scim/v2${path}`, { method, headers, ...body })
  return { status: answer.status, type: answer.headers.get('content-type'), body: (await answer.json()) as Said }
}

test('ServiceProviderConfig names its abilities, and they are those it has', async () => {
  const { status, type, body } = await call('/ServiceProviderConfig')
  expect(status).toBe(200)
  expect(type).toMatch(/^application\/scim\+json/)
  expect(body).toMatchObject({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    ...{ patch: { supported: true }, filter: { supported: true, maxResults: 500 }, sort: { supported: true } },
    ...{ bulk: { supported: false }, etag: { supported: false }, changePassword: { supported: false } },
    authenticationSchemes: [{ type: 'oauthbearertoken' }],
  })
  expect((await call('/Users?sortBy=userName&sortOrder=descending&filter=active%20eq%20true')).status).toBe(200)
  expect((await call('/Bulk', 'POST')).status).toBe(405)
})

test('each resource type has its endpoint and its schemas, and each of these is there', async () => {
  const { status, body } = await call('/ResourceTypes')
  expect([status, body.totalResults, body.Resources.map(({ id }) => id)]).toEqual([200, 2, ['User', 'Group']])
  for (const { id, endpoint, schema } of body.Resources) {
    expect((await call(endpoint)).status, endpoint).toBe(200)
    expect((await call(`/Schemas/${schema}`)).body, schema).toMatchObject({ id: schema, name: expect.any(String) })
    expect((await call(`/ResourceTypes/${id}`)).body).toMatchObject({
      id,
      endpoint,
      meta: { resourceType: 'ResourceType' },
    })
  }
})

test('Schemas describe every attribute that a shown user and group have', async () => {
  const { body } = await call('/Schemas')
  expect(body.totalResults).toBe(body.Resources.length)
  const known = new Map(body.Resources.map(({ id, attributes }) => [id, attributes.map(({ name }) => name)]))
  const post = async (path: string, said: object) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' }
    const answer = await fetch(`${server.url}/scim/v2${path}`, { method: 'POST', headers, body: JSON.stringify(said) })
    return (await answer.json()) as Record<string, unknown>
  }
  const name = { givenName: 'Ada', familyName: 'L' }
  const user = await post('/Users', {
    userName: 'ada',
    externalId: 'x',
    displayName: 'Ada',
    name,
    emails: [{ value: 'a@b.c' }],
  })
  const group = await post('/Groups', { displayName: 'Blue', externalId: 'g', members: [{ value: user.id }] })
  const common = ['schemas', 'id', 'externalId', 'meta']
  for (const [shown, core] of [
    [user, 'urn:ietf:params:scim:schemas:core:2.0:User'],
    [group, 'urn:ietf:params:scim:schemas:core:2.0:Group'],
  ] as const)
    for (const key of Object.keys(shown)) {
      if (common.includes(key)) continue
      if (key.startsWith('urn:')) expect(known.has(key), key).toBe(true)
      else expect(known.get(core), key).toContain(key)
    }
})

test.each([
  ['/Schemas?filter=id%20pr', 'GET', 403],
  ['/Schemas/urn:none', 'GET', 404],
  ['/ResourceTypes/Printer', 'GET', 404],
  ['/Schemas', 'POST', 405],
  ['/Nothing', 'GET', 404],
])('%s by %s is refused in SCIM’s form', async (path, method, status) => {
  const said = await call(path, method)
  expect([said.status, said.body.schemas]).toEqual([status, ['urn:ietf:params:scim:api:messages:2.0:Error']])
})

test('nothing of it is told to a stranger', async () => {
  for (const path of ['/Schemas', '/ResourceTypes', '/ServiceProviderConfig'])
    expect((await call(path, 'GET', null)).status, path).toBe(401)
})
