/** Web Push against a push service of our own, which decrypts what a browser would (RFC 8030, 8291, 8292). */
import { createECDH, type ECDH, randomBytes } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
// @ts-expect-error it has no types
import ece from 'http_ece'
import { importJWK, jwtVerify } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { isPublicAddress, parsePushSubscription } from '../../../server/push/endpoint.ts'
import { MAX_NOTICE_BYTES, noticeBytes, testNotice } from '../../../server/push/notice.ts'
import type { EnrolledHost, PairedDevice } from '../../kit/people.ts'
import { startServer, type TestServer } from '../../kit/server.ts'
import { type PublishedSession, publishSession } from '../../kit/session.ts'
import { newKey, openDesk, openedBody } from '../graphql/desk.ts'

type Received = { headers: IncomingHttpHeaders; body: Buffer; path: string }
type Notice = { kind: string; title: string; body: string; tag: string; url: string; silent: boolean }

let server: TestServer
let host: EnrolledHost
let phone: PairedDevice
let session: PublishedSession
let service: Server
let base: string
let keys: ECDH
let auth: Buffer
let status = 201
const received: Received[] = []
let wake = () => {}

beforeAll(async () => {
  service = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks), path: request.url ?? '' })
      response.writeHead(status).end(status >= 400 ? 'no such subscription' : '')
      wake()
    })
  })
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(service.address() as AddressInfo).port}`
  server = await startServer({ push: { allowLoopback: true } })
  host = await server.enrolledHost()
  phone = await server.pairedDevice({ host })
  session = await publishSession(server.gql, host, { repository: 'shop' })
  keys = createECDH('prime256v1')
  keys.generateKeys()
  auth = randomBytes(16)
})
afterAll(async () => {
  await server.close()
  await new Promise((resolve) => service.close(resolve))
})
beforeEach(async () => {
  status = 201
  received.length = 0
  await subscribe('/push/phone')
})

const subscribe = (path: string) =>
  server.gql<{ subscribePush: { pushSubscribed: boolean } }>(
    phone.token,
    'mutation($i: PushSubscriptionInput!) { subscribePush(input: $i) { pushSubscribed } }',
    { i: { endpoint: base + path, p256dh: keys.getPublicKey('base64url'), auth: auth.toString('base64url') } },
  )
const look = () =>
  server.gql<{ viewer: { principal: { pushSubscribed: boolean } } }>(
    phone.token,
    '{ viewer { principal { ... on Device { pushSubscribed } } } }',
  )
const decrypt = ({ body }: Received): Notice =>
  JSON.parse(
    ece.decrypt(body, { version: 'aes128gcm', privateKey: keys, authSecret: auth.toString('base64url') }).toString(),
  )

async function arrives(
  fits: (notice: Notice) => boolean,
  milliseconds = 10_000,
): Promise<{ notice: Notice; raw: Received }> {
  const deadline = performance.now() + milliseconds
  for (;;) {
    for (const raw of received) {
      const notice = decrypt(raw)
      if (fits(notice)) return { notice, raw }
    }
    const left = deadline - performance.now()
    if (left <= 0) throw new Error(`no such notice; came: ${JSON.stringify(received.map(decrypt))}`)
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, left)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

describe('a decision', () => {
  test('is told with question, excerpt, place and the way to its very card; and once settled the same tag is replaced silently', async () => {
    const decisionId = await session.asks('Run rm?', 'rm -rf build\u001b[31m')
    const { notice, raw } = await arrives((one) => one.kind === 'DECISION_OPENED')
    expect(notice).toMatchObject({ tag: decisionId, url: `/s/${session.id}?d=${decisionId}`, silent: false })
    expect(notice.title).toContain('Run rm?')
    expect(notice.body).toContain('rm -rf build')
    expect(notice.body).toContain('shop')
    expect(notice.body).not.toContain('\u001b')
    expect(raw.headers).toMatchObject({ urgency: 'high', ttl: '86400', 'content-encoding': 'aes128gcm' })
    expect(raw.headers.topic).toMatch(/^[A-Za-z0-9_-]{1,32}$/)
    await session.settles(decisionId)
    const settled = await arrives((one) => one.kind === 'DECISION_SETTLED')
    expect(settled.notice).toMatchObject({ tag: decisionId, silent: true })
    expect(settled.notice.body).toContain('the terminal')
    expect(settled.raw.headers.topic).toBe(raw.headers.topic)
  })

  test("is signed with the server's own key, for that push service alone", async () => {
    await session.asks('Sign?', 'true')
    const { raw } = await arrives((one) => one.title.includes('Sign?'))
    const [, token = '', key = ''] = /^vapid t=([^,]+), ?k=(.+)$/.exec(raw.headers.authorization ?? '') ?? []
    const point = Buffer.from(key, 'base64url')
    const [x, y] = [point.subarray(1, 33).toString('base64url'), point.subarray(33).toString('base64url')]
    const { payload } = await jwtVerify(token, await importJWK({ kty: 'EC', crv: 'P-256', x, y }, 'ES256'), {
      audience: base,
    })
    expect(payload.sub).toMatch(/^(https:|mailto:)/)
    const { viewer } = await server.gql<{ viewer: { server: { pushPublicKey: string } } }>(
      phone.token,
      '{ viewer { server { pushPublicKey } } }',
    )
    expect(key).toBe(viewer.server.pushPublicKey)
  })

  test('that is answered in the same batch wakes nobody', async () => {
    const events = await session.push(
      { turnStarted: { turnId: 't1' } },
      { turnEnded: { turnId: 't1', stopReason: 'cancelled' } },
    )
    expect(events).toBeGreaterThan(0)
    await session.push({ turnStarted: { turnId: 't2' } }, { turnEnded: { turnId: 't2', stopReason: 'end_turn' } })
    await arrives((one) => one.kind === 'TURN_ENDED')
    expect(received.map(decrypt).filter((one) => one.kind === 'TURN_ENDED')).toHaveLength(1)
    expect(received.map(decrypt)).toContainEqual(expect.objectContaining({ tag: session.id, url: `/s/${session.id}` }))
  })
})

test('[peer 11] an open decision is told however far the host’s clock is off; what was over before it was told is not', async () => {
  // Its host publishes under a fixed date, long ago for the server's clock.
  const late = await openDesk(server, host)
  const open = await late.ask('PERMISSION')
  await arrives((one) => one.tag === open && one.kind === 'DECISION_OPENED')
  const over = `dec_${newKey()}`
  const origin = { surface: 'TERMINAL' }
  await late.publish(
    { ...(await openedBody(over, 'PERMISSION')) },
    { decisionSettled: { decisionId: over, outcome: 'ANSWERED', optionId: 'no', origin } },
    { decisionSettled: { decisionId: open, outcome: 'ANSWERED', optionId: 'no', origin } },
  )
  await arrives((one) => one.tag === open && one.kind === 'DECISION_SETTLED')
  expect(received.map(decrypt).filter((one) => one.tag === over)).toEqual([])
})

describe('a subscription', () => {
  test.each([404, 410])('that the push service calls gone (%i) is forgotten', async (gone) => {
    status = gone
    const { testPush } = await server.gql<{ testPush: object }>(
      phone.token,
      'mutation { testPush { delivered statusCode detail } }',
    )
    expect(testPush).toMatchObject({ delivered: false, statusCode: gone })
    expect((await look()).viewer.principal.pushSubscribed).toBe(false)
  })

  test('is kept when the push service only stumbles, and the test button says what it said', async () => {
    status = 503
    const failed = await server.gql<{ testPush: { detail: string } }>(
      phone.token,
      'mutation { testPush { delivered statusCode detail } }',
    )
    expect(failed.testPush).toMatchObject({
      delivered: false,
      statusCode: 503,
      detail: expect.stringContaining('no such subscription'),
    })
    expect((await look()).viewer.principal.pushSubscribed).toBe(true)
    status = 201
    const { testPush } = await server.gql<{ testPush: object }>(
      phone.token,
      'mutation { testPush { delivered statusCode } }',
    )
    expect(testPush).toEqual({ delivered: true, statusCode: 201 })
  })

  test('[T3] under OFF nothing is sent', async () => {
    const set = (level: string) =>
      server.gql(host.token, 'mutation($l: RemoteControl!) { setRemoteControl(level: $l) { version } }', { l: level })
    await set('OFF')
    await expect(session.asks('Hidden?', 'x')).rejects.toMatchObject({ code: 'POLICY' })
    await set('VIEW_AND_CONTROL')
    await session.asks('Shown?', 'x')
    await arrives((one) => one.title.includes('Shown?'))
    expect(
      received
        .map(decrypt)
        .map((one) => one.title)
        .join(),
    ).not.toContain('Hidden?')
  })

  test('[T3] of a revoked device is gone with it, and nothing more is sent there', async () => {
    const tablet = await server.pairedDevice({ host, name: 'tablet' })
    const input = {
      endpoint: `${base}/push/tablet`,
      p256dh: keys.getPublicKey('base64url'),
      auth: auth.toString('base64url'),
    }
    await server.gql(tablet.token, 'mutation($i: PushSubscriptionInput!) { subscribePush(input: $i) { id } }', {
      i: input,
    })
    await server.gql(host.token, 'mutation($id: ID!) { revokeDevice(id: $id) { id } }', { id: tablet.id })
    await session.asks('After?', 'x')
    await arrives((one) => one.title.includes('After?'))
    expect(received.filter((one) => one.path === '/push/tablet')).toEqual([])
  })
})

test('a push service that hangs or is away keeps nobody who pushes events waiting', async () => {
  await server.gql(phone.token, 'mutation($i: PushSubscriptionInput!) { subscribePush(input: $i) { id } }', {
    i: {
      endpoint: 'http://127.0.0.1:9/nobody',
      p256dh: keys.getPublicKey('base64url'),
      auth: auth.toString('base64url'),
    },
  })
  const before = server.logged.length
  await session.asks('Anyone?', 'x')
  expect(server.logged.slice(before)).toEqual([])
})

describe('an endpoint', () => {
  const good = { p256dh: createKey(), auth: randomBytes(16).toString('base64url') }
  test.each([
    'http://push.example.com/x',
    'https://127.0.0.1/x',
    'https://[::1]/x',
    'https://10.0.0.8/x',
    'https://192.168.1.1/x',
    'https://169.254.169.254/latest',
    'https://[::ffff:10.0.0.1]/x',
    'https://[fe80::1]/x',
    'https://localhost/x',
    'https://desk.local/x',
    'https://intranet/x',
    'https://u:p@push.example.com/x',
    'ftp://push.example.com/x',
    'nonsense',
  ])('of %s is refused', (endpoint) => {
    expect(() => parsePushSubscription({ ...good, endpoint }, { allowLoopback: false })).toThrow(/push endpoint/)
  })

  test('of a public push service is taken; keys that are none are not', () => {
    const endpoint = 'https://fcm.googleapis.com/fcm/send/abc'
    expect(parsePushSubscription({ ...good, endpoint }, { allowLoopback: false }).endpoint).toBe(endpoint)
    expect(() => parsePushSubscription({ ...good, auth: 'x', endpoint }, { allowLoopback: false })).toThrow(/keys/)
  })

  test('addresses of the own network are told from public ones', () => {
    for (const address of ['8.8.8.8', '2606:4700::1111']) expect(isPublicAddress(address), address).toBe(true)
    for (const address of [
      '127.0.0.1',
      '100.64.1.1',
      '::1',
      'fd00::1',
      'fe80::1',
      '::ffff:127.0.0.1',
      '64:ff9b::7f00:1',
    ]) {
      expect(isPublicAddress(address), address).toBe(false)
    }
  })
})

test('a notice never passes what push services take', () => {
  const bytes = noticeBytes({ ...testNotice, body: '\u{1F600}'.repeat(5000) })
  expect(bytes.length).toBeLessThanOrEqual(MAX_NOTICE_BYTES)
  expect(JSON.parse(bytes.toString()).body).not.toContain('\uFFFD')
})

function createKey(): string {
  const pair = createECDH('prime256v1')
  return pair.generateKeys('base64url')
}
