/**
 * [G4] [T2] A page of another site in the person's own browser: every way in which a browser can be made to send something to this server, each aimed at a mutation. There is no cookie to go with
 * it, and no way that does without one: nothing is done, and nothing of an answer may be read.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { buildSchema } from '../../server/graphql/schema.ts'
import { createGoverned } from '../kit/governed.ts'
import type { EnrolledHost, PairedDevice } from '../kit/people.ts'
import { startServer, type TestServer } from '../kit/server.ts'
import { figure } from './figure.ts'

const OWN = 'https://desk.example.com'
let server: TestServer
let host: EnrolledHost
let phone: PairedDevice
beforeAll(async () => {
  server = await startServer({ publicUrl: OWN })
  host = await server.enrolledHost()
  phone = await server.pairedDevice({ host, rung: 'FULL' })
})
afterAll(() => server?.close())

const ORIGINS = [
  ...[
    'https://evil.example',
    'null',
    'https://desk.example.com.evil.example',
    'https://evildesk.example.com',
    'http://desk.example.com',
  ],
  ...[
    'https://desk.example.com:8443',
    'file://',
    'chrome-extension://abc',
    'http://127.0.0.1:1',
    'http://localhost',
    'not an origin',
    '',
  ],
]
const TYPES = [
  ...[
    'application/json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/graphql',
    null,
  ],
]
const METHODS = ['POST', 'GET', 'HEAD', 'PUT', 'OPTIONS']
const QUERY = 'mutation { setRemoteControl(level: OFF) { version } }'

const bodyFor = (type: string | null): string =>
  type?.startsWith('application/x-www')
    ? `query=${encodeURIComponent(QUERY)}`
    : type?.startsWith('multipart')
      ? `--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n${JSON.stringify({ query: QUERY })}\r\n--x\r\ncontent-disposition: form-data; name="map"\r\n\r\n{}\r\n--x--\r\n`
      : type === 'application/graphql'
        ? QUERY
        : JSON.stringify({ query: QUERY })

const standing = async () =>
  (await server.gql<{ policy: { remoteControl: string } }>(host.token, '{ policy { remoteControl } }')).policy
    .remoteControl

test('[G4] no request of another origin is answered with data, allowed to be read, or does anything, whoever it says it is', async () => {
  let refused = 0
  // With nothing, as a browser sends it; with a cookie of any name; and with the token itself, which no other site has.
  for (const origin of ORIGINS)
    for (const type of TYPES)
      for (const method of METHODS)
        for (const credential of [
          {},
          { cookie: `authorization=Bearer ${phone.token}; token=${phone.token}` },
          { authorization: `Bearer ${phone.token}` },
        ]) {
          const withBody = method === 'POST' || method === 'PUT'
          const path = withBody ? '/graphql' : `/graphql?query=${encodeURIComponent(QUERY)}`
          const answer = await fetch(server.url + path, {
            method,
            headers: { origin, ...(type && { 'content-type': type }), ...credential, accept: '*/*' },
            ...(withBody && { body: bodyFor(type) }),
          })
          const text = await answer.text()
          const what = `${method} ${type} from ${origin} with ${Object.keys(credential)}`
          expect(text, what).not.toContain('"data":{')
          expect(answer.status, what).toBeGreaterThanOrEqual(400)
          expect(
            [...answer.headers.keys()].filter((name) => name.startsWith('access-control')),
            what,
          ).toEqual([])
          expect(answer.headers.get('set-cookie'), what).toBeNull()
          refused += 1
        }
  expect(await standing()).toBe('VIEW_AND_CONTROL')
  figure('CSRF and CSWSH', {
    'requests of other origins: origin × type × method × credential': refused,
    'with an effect or a readable answer': 0,
  })
}, 120_000)

test('[G4] every mutation there is, those that need no credential too, is refused to other origins before it is looked at', async () => {
  const mutations = Object.keys(buildSchema().getMutationType()?.getFields() ?? {})
  for (const name of mutations)
    for (const origin of ORIGINS.slice(0, 3)) {
      const headers = { origin, 'content-type': 'application/json', authorization: `Bearer ${phone.token}` }
      const body = JSON.stringify({ query: `mutation { ${name} }` })
      const answer = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body })
      expect(answer.status, `${name} from ${origin}`).toBe(403)
    }
  figure('CSRF and CSWSH', { 'mutations × other origins': mutations.length * 3, 'of them looked at': 0 })
})

test('[G4] [T2] what an identity provider calls takes its token from the header alone, and lets no page read it', async () => {
  const governed = await createGoverned(server)
  const { token } = await governed.makeToken({ name: 'idp', scopes: ['SCIM'], days: 1 }, governed.admin)
  const PATHS = ['/Users', '/Groups', '/Users/x', '/ServiceProviderConfig']
  let asked = 0
  for (const origin of ORIGINS.filter(Boolean))
    for (const path of PATHS)
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        const withBody = !['GET', 'OPTIONS', 'DELETE'].includes(method)
        const answer = await fetch(`${server.url}/scim/v2${path}`, {
          method,
          headers: { origin, 'content-type': 'text/plain', cookie: `token=${token}; authorization=Bearer ${token}` },
          ...(withBody && { body: '{"userName":"thief@example.com"}' }),
        })
        expect(answer.status, `${method} ${path} from ${origin}`).toBeGreaterThanOrEqual(400)
        expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
        asked += 1
      }
  const users = await fetch(`${server.url}/scim/v2/Users`, { headers: { authorization: `Bearer ${token}` } })
  expect(((await users.json()) as { totalResults: number }).totalResults).toBe(0)
  figure('CSRF and CSWSH', { 'SCIM: origin × path × method, with a cookie': asked, 'of them answered': 0 })
}, 60_000)

test('[G4] where the other site is taken for our own the same requests do it: the look at its origin is what stops them', async () => {
  const [evil] = ORIGINS
  const fooled = await startServer({ database: server.database, publicUrl: evil ?? '' })
  const answer = await fetch(`${fooled.url}/graphql`, {
    method: 'POST',
    headers: { origin: evil ?? '', 'content-type': 'application/json', authorization: `Bearer ${phone.token}` },
    body: JSON.stringify({ query: '{ viewer { id } }' }),
  })
  expect(await answer.text()).toContain('"data":{')
  expect(await upgrade(evil ?? '', {}, fooled.port)).toBe(101)
  await fooled.close()
})

test('[T2] a cookie is no credential, also from our own origin: nothing ambient gives rights', async () => {
  for (const name of ['authorization', 'token', 'session', 'odd']) {
    const answer = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: {
        origin: OWN,
        'content-type': 'application/json',
        cookie: `${name}=${phone.token}; ${name}2=Bearer ${phone.token}`,
      },
      body: JSON.stringify({ query: QUERY }),
    })
    expect(await answer.text()).toContain('UNAUTHENTICATED')
  }
  expect(await standing()).toBe('VIEW_AND_CONTROL')
})

test('[G4] no mutation goes by GET, whoever asks', async () => {
  const url = `${server.url}/graphql?query=${encodeURIComponent(QUERY)}`
  const answer = await fetch(url, { headers: { authorization: `Bearer ${phone.token}`, origin: OWN } })
  expect(answer.status).toBeGreaterThanOrEqual(400)
  expect(await standing()).toBe('VIEW_AND_CONTROL')
})

/** 101, or the status of the refusal. */
const upgrade = (origin: string | null, headers: Record<string, string> = {}, port = server.port): Promise<number> =>
  new Promise((resolve) => {
    const all = { ...headers, ...(origin !== null && { origin }) }
    const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws', { headers: all })
    socket.on('open', () => {
      resolve(101)
      socket.terminate()
    })
    socket.on('unexpected-response', (_request, answer) => {
      socket.terminate()
      resolve(answer.statusCode ?? 0)
    })
    socket.on('error', () => {})
  })

test('[G4] a socket of another origin is not opened, with whatever credential; ours is, and it is the origin that decides', async () => {
  let refused = 0
  for (const origin of ORIGINS)
    for (const headers of [{}, { cookie: `token=${phone.token}` }, { authorization: `Bearer ${phone.token}` }]) {
      expect(await upgrade(origin, headers), origin).toBe(403)
      refused += 1
    }
  // The same without the refused origin: that check is what stops them.
  expect(await upgrade(OWN)).toBe(101)
  expect(await upgrade(server.url)).toBe(101)
  expect(await upgrade(null)).toBe(101)
  figure('CSRF and CSWSH', { 'sockets of other origins: origin × credential': refused, 'sockets opened': 0 })
})

test('[T2] a socket takes no credential but the one in its first word', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/graphql`, 'graphql-transport-ws', {
    headers: { origin: OWN, cookie: `token=${phone.token}`, authorization: `Bearer ${phone.token}` },
  })
  const code = await new Promise<number>((resolve) => {
    socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init' })))
    socket.on('close', resolve)
  })
  expect(code).toBe(4401)
})
