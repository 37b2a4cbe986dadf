/** Limits of docs/protocol.md §8 that no other file meets at its number: the last that is good, and the first that is not, by name (G4, T7). */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { MOST_INVITATION_HOURS } from '../../server/auth/sign-in/links.ts'
import { MOST_CLAIMS } from '../../server/auth/sign-in/oidc-connections.ts'
import { MAX_REQUEST_BYTES } from '../../server/http/limits.ts'
import { MAX_OPERATIONS } from '../../server/sockets/peer.ts'
import { HEARTBEAT_LIVE_SECONDS } from '../../server/store/hosts.ts'
import { limits, maxNameChars } from '../../server/store/limits.ts'
import type { Refusal } from '../kit/ask.ts'
import { createGoverned, type Governed } from '../kit/governed.ts'
import { startServer, type TestServer } from '../kit/server.ts'
import { createsInvitation } from '../kit/sign-in.ts'

let server: TestServer
let at: Governed
beforeAll(async () => {
  server = await startServer({ publicUrl: 'https://desk.example.com' })
  at = await createGoverned(server)
}, 60_000)
afterAll(() => server?.close())

const refusal = (work: Promise<unknown>): Promise<Refusal['extensions'] | null> =>
  work.then(
    () => null,
    (error: Refusal) => error.extensions,
  )

test('maxEventBytes: 256 KiB of one event', async () => {
  const around = JSON.stringify({ messageId: 'm', text: '' }).length
  const text = (bytes: number) => ({ agentText: { messageId: 'm', text: 'x'.repeat(bytes - around) } })
  expect(await refusal(at.session.push(text(limits.maxEventBytes + 200)))).toMatchObject({ code: 'EVENT_REFUSED' })
  expect(await refusal(at.session.push(text(limits.maxEventBytes - 200)))).toBeNull()
})

test('maxRequestBytes: 4 MiB in one request', async () => {
  const status = async (bytes: number) => {
    const body = JSON.stringify({ query: '{ __typename }', variables: { x: 'x'.repeat(bytes) } })
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${at.phone.token}` }
    return (await fetch(`${server.url}/graphql`, { method: 'POST', headers, body })).status
  }
  expect(await status(MAX_REQUEST_BYTES + 1).catch(() => 413)).toBe(413)
  expect(await status(MAX_REQUEST_BYTES - 100)).toBe(200)
})

test('maxBatchEvents: 500 events in one push, not 501', async () => {
  const tick = { noticeShown: { severity: 'info', title: 't' } }
  const many = (count: number) => Array.from({ length: count }, () => tick)
  expect(await refusal(at.session.push(...many(limits.maxBatchEvents + 1)))).toMatchObject({
    ...{ code: 'TOO_LARGE', limit: 500 },
  })
  expect(await refusal(at.session.push(...many(limits.maxBatchEvents)))).toBeNull()
})

test('maxBatchBytes: 1 MiB of events in one push', async () => {
  const part = (bytes: number) => ({ agentText: { messageId: 'm', text: 'x'.repeat(bytes) } })
  const over = Array.from({ length: 5 }, () => part(Math.ceil(limits.maxBatchBytes / 5)))
  expect(await refusal(at.session.push(...over))).toMatchObject({ code: 'TOO_LARGE', limit: 1024 * 1024 })
  expect(await refusal(at.session.push(...over.slice(1)))).toBeNull()
})

test('maxBodyBytes and maxChunkBytes: 32 MiB of a content, 1 MiB of it at once', async () => {
  const put = (size: number, chunkBytes: number) => {
    const chunk = Buffer.alloc(chunkBytes).toString('base64')
    const input = { sessionId: at.session.id, digest: 'a'.repeat(64), mediaType: 'text/plain', size, offset: 0, chunk }
    const document = 'mutation($i: PutBodyInput!) { putBody(input: $i) { complete } }'
    return refusal(server.gql(at.session.token, document, { i: input }))
  }
  expect(await put(limits.maxBodyBytes + 1, 1)).toMatchObject({ code: 'TOO_LARGE', limit: 32 * 1024 * 1024 })
  expect(await put(limits.maxBodyBytes, limits.maxChunkBytes + 3)).toMatchObject({
    code: 'TOO_LARGE',
    limit: 1024 * 1024,
  })
  expect(await put(limits.maxBodyBytes, limits.maxChunkBytes)).toBeNull()
})

test('nameChars: 120 signs, whatever they are made of', async () => {
  const rename = (name: string) =>
    refusal(
      server.gql(at.phone.token, 'mutation($id: ID!, $n: String!) { renameSession(id: $id, name: $n) { title } }', {
        ...{ id: at.session.id, n: name },
      }),
    )
  expect(await rename('𝔵'.repeat(maxNameChars))).toBeNull()
  expect(await rename('x'.repeat(121))).toMatchObject({ code: 'BAD_INPUT' })
})

test('heartbeat: a workstation is live for 50 s after its last one', async () => {
  type Host = { host: { liveUntil: Date | null; lastSeenAt: Date | null } }
  await server.gql(at.host.token, 'mutation($id: ID!) { heartbeat(hostId: $id) { now } }', { id: at.host.id })
  const row = await server.database.read((tx) =>
    tx.query.host.findFirst({ where: (t, { eq }) => eq(t.id, at.host.id) }),
  )
  const { liveUntil, lastSeenAt } = row as Host['host']
  expect(HEARTBEAT_LIVE_SECONDS).toBe(50)
  expect(Math.round(((liveUntil?.getTime() ?? 0) - (lastSeenAt?.getTime() ?? 0)) / 1000)).toBe(50)
})

test('sockets: 50 operations on one, and the next is told so; the socket stays', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/graphql`, 'graphql-transport-ws')
  const heard: { id?: string; type: string; payload?: [{ extensions: object }] }[] = []
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.on('message', (data) => {
      const said = JSON.parse(String(data)) as (typeof heard)[number]
      if (said.type === 'connection_ack') resolve()
      else heard.push(said)
    })
    socket.on('open', () =>
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${at.phone.token}` } })),
    )
  })
  const query = 'subscription { lookingChanged { everyMinutes } }'
  for (let n = 1; n <= MAX_OPERATIONS + 1; n += 1)
    socket.send(JSON.stringify({ id: String(n), type: 'subscribe', payload: { query } }))
  await expect
    .poll(() => heard.find(({ type }) => type === 'error'))
    .toMatchObject({
      ...{ id: '51', payload: [{ extensions: { code: 'TOO_LARGE', limit: 50 } }] },
    })
  await expect.poll(() => new Set(heard.filter(({ type }) => type === 'next').map(({ id }) => id)).size).toBe(50)
  socket.terminate()
})

test('one-time links: 1 to 720 hours', async () => {
  const invites = (hours: number) =>
    refusal(createsInvitation(server.gql, at.admin, { name: 'Bob', organisationId: at.organisationId, hours }))
  for (const hours of [0, MOST_INVITATION_HOURS + 1]) expect(await invites(hours)).toMatchObject({ code: 'BAD_INPUT' })
  expect(MOST_INVITATION_HOURS).toBe(720)
  expect(await invites(720)).toBeNull()
})

test('SIGN_IN: 60 sign-ins begun in ten minutes from one address', async () => {
  const begin = () =>
    refusal(server.gql(null, 'mutation { beginSignIn(origin: "https://desk.example.com") { nonce } }'))
  for (let n = 0; n < 60; n += 1) expect(await begin(), String(n)).toBeNull()
  expect(await begin()).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: expect.any(Number) })
})

test('OIDC connections: a handle of 40, issuer, client id and claims of 512 characters, 5 claims', async () => {
  const document = 'mutation($i: SetOidcConnectionInput!) { setOidcConnection(input: $i) { handle } }'
  const set = (more: object) => {
    const good = { organisationId: at.organisationId, handle: 'acme', issuer: 'https://id.example.com', clientId: 'c' }
    return refusal(server.gql(at.admin, document, { i: { ...good, ...more } }))
  }
  const issuerOf = (chars: number) => 'https://id.example.com/'.padEnd(chars, 'x')
  const most = {
    ...{ handle: 'a'.repeat(40), issuer: issuerOf(512), clientId: 'c'.repeat(512) },
    requiredClaims: Array.from({ length: MOST_CLAIMS }, (_, n) => ({ name: `c${n}`, value: 'v'.repeat(512) })),
  }
  // These are let by: only then is the provider asked, who is not there.
  expect(await set(most)).toMatchObject({ code: 'SIGN_IN_PROVIDER' })
  const claim = (n: number) => ({ name: `c${n}`, value: 'v' })
  for (const more of [
    { handle: 'a'.repeat(41) },
    { issuer: issuerOf(513) },
    { clientId: 'c'.repeat(513) },
    { requiredClaims: [{ name: 'c', value: 'v'.repeat(513) }] },
    { requiredClaims: Array.from({ length: MOST_CLAIMS + 1 }, (_, n) => claim(n)) },
  ])
    expect(await set(more), JSON.stringify(more).slice(0, 60)).toMatchObject({ code: 'BAD_INPUT' })
})

test('SCIM: 100 operations in a PATCH, 5,000 members in one, 20 addresses of a user', async () => {
  const { token } = await at.makeToken({ name: 'idp', scopes: ['SCIM'], days: 1, scopeId: at.enterpriseId }, at.admin)
  const call = async (method: string, path: string, body: object) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' }
    const answer = await fetch(`${server.url}/scim/v2${path}`, { method, headers, body: JSON.stringify(body) })
    return { status: answer.status, body: (await answer.json()) as { id: string } }
  }
  const { id } = (await call('POST', '/Users', { userName: 'ann' })).body
  const patch = (count: number) => {
    const Operations = Array.from({ length: count }, () => ({ op: 'replace', path: 'displayName', value: 'Ann' }))
    return call('PATCH', `/Users/${id}`, { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations })
  }
  expect((await patch(101)).status).toBe(400)
  expect((await patch(100)).status).toBe(200)
  const emails = (count: number) => Array.from({ length: count }, (_, n) => ({ value: `${n}@acme.example` }))
  expect((await call('POST', '/Users', { userName: 'many', emails: emails(21) })).status).toBe(400)
  expect((await call('POST', '/Users', { userName: 'most', emails: emails(20) })).status).toBe(201)
  const members = Array.from({ length: 5_001 }, (_, n) => ({ value: `usr_${n}` }))
  expect((await call('POST', '/Groups', { displayName: 'Blue', members })).status).toBe(400)
})
