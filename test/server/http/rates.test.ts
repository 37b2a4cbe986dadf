/** [G4] How often anyone may ask, over HTTP, server-sent events and WebSocket alike, and when they are told to come again. */
import type { IncomingMessage } from 'node:http'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { peerAddress, placeOf } from '../../../server/http/address.ts'
import { createBuckets } from '../../../server/http/buckets.ts'
import { CREDENTIAL_RATE, createRates, STRANGER_RATE } from '../../../server/http/rates.ts'
import { refuse } from '../../../server/store/refused.ts'
import { type ServerOptions, startServer, type TestServer } from '../../kit/server.ts'

const most = 100
const slow = { perSecond: 0.01, most }

describe('a bucket', () => {
  test('never gives more than its burst and what has come back since, whatever the order of calls', () => {
    const step = fc.record({ waitMs: fc.integer({ min: 0, max: 3000 }), how: fc.constantFrom('take', 'look', 'owe') })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        let at = 0
        let taken = 0
        const rule = { perSecond: 2, burst: 5, most }
        const bucket = createBuckets(rule, () => at)
        for (const { waitMs, how } of steps) {
          at += waitMs
          if (how === 'owe') bucket.owe('a')
          else if (bucket[how as 'take' | 'look']('a') === null && how === 'take') taken += 1
          // A thousandth: what comes back is a fraction.
          expect(taken).toBeLessThanOrEqual(rule.burst + (at / 1000) * rule.perSecond + 0.001)
        }
      }),
    )
  })

  test('says in how many seconds to come again, and that is true', () => {
    let at = 0
    const bucket = createBuckets({ perSecond: 0.5, burst: 1, most }, () => at)
    expect(bucket.take('a')).toBeNull()
    const wait = bucket.take('a')
    expect(wait).toBe(2)
    at = (wait ?? 0) * 1000
    expect(bucket.take('a')).toBeNull()
  })

  test('forgets the longest unused and never the one in use, however many names come', () => {
    const bucket = createBuckets({ ...slow, burst: 1 }, () => 0)
    expect(bucket.take('busy')).toBeNull()
    for (let n = 0; n < 10_000; n += 1) {
      bucket.take(`name ${n}`)
      if (bucket.take('busy') === null) throw new Error('it was forgotten')
    }
    expect(Array.from({ length: 10_000 }, (_, n) => bucket.has(`name ${n}`)).filter(Boolean).length).toBeLessThan(most)
  })
})

describe('whose request it is', () => {
  const bad = { identify: () => Promise.reject(refuse('UNAUTHENTICATED', 'no')) }
  const good = { identify: () => Promise.resolve({ principal: { kind: 'anonymous' as const }, tokenHash: 'x' }) }

  test('guesses at credentials are counted against their address, and whoever is known goes on', async () => {
    const rates = createRates({ trust: good, stranger: { ...slow, burst: 3 } })
    await rates.identify('Bearer known', '203.0.113.1')
    const guessing = createRates({ trust: bad, stranger: { ...slow, burst: 3 } })
    for (let n = 0; n < 3; n += 1) {
      expect(guessing.arriving(`Bearer guess ${n}`, '203.0.113.1')).toBeNull()
      await guessing.identify(`Bearer guess ${n}`, '203.0.113.1').catch(() => {})
    }
    expect(guessing.arriving('Bearer guess 4', '203.0.113.1')?.code).toBe('RATE_LIMITED')
    expect(guessing.arriving('Bearer guess 4', '203.0.113.2')).toBeNull()
    for (let n = 0; n < 50; n += 1) rates.arriving(undefined, '203.0.113.1')
    expect(rates.arriving(undefined, '203.0.113.1')?.code).toBe('RATE_LIMITED')
    expect(rates.arriving('Bearer known', '203.0.113.1')).toBeNull()
  })

  test('by default a storm of a host and of its devices passes: 20,000 at once, 1,667 in every second after', async () => {
    let at = 0
    const rates = createRates({ trust: good, now: () => at })
    await rates.identify('Bearer host', '127.0.0.1')
    const refused: unknown[] = []
    for (let n = 0; n < CREDENTIAL_RATE.burst; n += 1) refused.push(rates.arriving('Bearer host', '127.0.0.1'))
    for (at = 1; at < 5000; at += 0.6) refused.push(rates.again('Bearer host'))
    for (let n = 0; n < STRANGER_RATE.burst; n += 1) refused.push(rates.arriving(undefined, '127.0.0.1'))
    expect(refused.filter((one) => one !== null)).toEqual([])
    expect(rates.arriving(undefined, '127.0.0.1')).not.toBeNull()
  })

  const asked = (remoteAddress: string, forwarded?: string) =>
    ({ socket: { remoteAddress }, headers: { ...(forwarded && { 'x-forwarded-for': forwarded }) } }) as IncomingMessage
  const https = 'https://desk.example.com'
  test.each([
    ['no public address: nobody is believed', asked('127.0.0.1', '203.0.113.9'), null, '127.0.0.1'],
    ['a proxy here, with a public address', asked('127.0.0.1', '203.0.113.9'), https, '203.0.113.9'],
    [
      'the last one counts: what comes before it, the peer has said',
      asked('::1', '1.1.1.1, 203.0.113.9'),
      https,
      '203.0.113.9',
    ],
    ['another machine is not our proxy', asked('198.51.100.1', '203.0.113.9'), https, '198.51.100.1'],
    ['no address at all', asked('127.0.0.1', 'unknown'), https, '127.0.0.1'],
    ['no header', asked('::ffff:127.0.0.1'), https, '::ffff:127.0.0.1'],
  ])('%s', (_what, request, publicUrl, address) => {
    expect(peerAddress(request, publicUrl)).toBe(address)
  })

  test.each([
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['2001:0DB8:01:2:ffff::9', '2001:db8:1:2'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['203.0.113.9', '203.0.113.9'],
  ])('%s is of the place %s', (address, place) => expect(placeOf(address)).toBe(place))
})

describe('on every transport', () => {
  const open: TestServer[] = []
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close()
  })
  const started = async (rates: ServerOptions['rates']) => {
    // Whoever is let in is let in by a server without limits; the limited one shares its database.
    const whole = await startServer()
    const host = await whole.enrolledHost()
    const [phone, other] = [await whole.pairedDevice({ host }), await whole.pairedDevice({ host })]
    const server = await startServer({ database: whole.database, ...(rates && { rates }) })
    open.push(server, whole)
    return { server, phone, other }
  }
  const asks = (server: TestServer, token: string | null, accept = 'application/json') =>
    fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept, ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({
        query: accept.includes('event') ? 'subscription { sessionsChanged { isSnapshot } }' : '{ viewer { id } }',
      }),
    })

  test.each(['application/json', 'text/event-stream'])('%s: 429, with when to come again', async (accept) => {
    const { server, phone, other } = await started({ credential: { ...slow, burst: 3 } })
    // The first one shows that the credential is good.
    for (let n = 0; n < 4; n += 1) {
      const answer = await asks(server, phone.token, accept)
      expect(answer.status).toBe(200)
      await answer.body?.cancel()
    }
    const refused = await asks(server, phone.token, accept)
    expect(refused.status).toBe(429)
    const { errors } = (await refused.json()) as { errors: { extensions: Record<string, unknown> }[] }
    const { code, retryAfterSeconds, rule, level, owner, remedy } = errors[0]?.extensions ?? {}
    expect(code).toBe('RATE_LIMITED')
    expect(refused.headers.get('retry-after')).toBe(String(retryAfterSeconds))
    expect(Number(retryAfterSeconds)).toBeGreaterThan(90)
    expect([rule, level, owner, remedy].every((one) => typeof one === 'string' && one !== '')).toBe(true)
    const answer = await asks(server, other.token, accept)
    expect(answer.status).toBe(200)
    await answer.body?.cancel()
  })

  test('without the limit the same requests pass: it is what stops them', async () => {
    const { server, phone } = await started(undefined)
    for (let n = 0; n < 20; n += 1) expect((await asks(server, phone.token)).status).toBe(200)
  })

  test('strangers, by their address: a request and a socket', async () => {
    const { server } = await started({ stranger: { ...slow, burst: 2 } })
    expect((await asks(server, null)).status).toBe(200)
    expect((await asks(server, 'odd_guessed')).status).not.toBe(429)
    expect((await asks(server, null)).status).toBe(429)
    expect((await asks(server, 'odd_guessed again')).status).toBe(429)
    const [status, retryAfter] = await new Promise<[number, string]>((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}/graphql`, 'graphql-transport-ws')
      socket.on('error', () => {})
      socket.on('unexpected-response', (_request, answer) => {
        socket.terminate()
        resolve([answer.statusCode ?? 0, String(answer.headers['retry-after'])])
      })
    })
    expect(status).toBe(429)
    expect(Number(retryAfter)).toBeGreaterThan(0)
    // Pages are files: whoever looks at one asks for many.
    expect((await fetch(`${server.url}/`)).status).not.toBe(429)
  })

  test.each(['/graphql', '/graphql?round'])('%s: a refused credential is 401, and counted once', async (path) => {
    const { server } = await started({ stranger: { ...slow, burst: 4 } })
    const guess = (n: number) =>
      fetch(server.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer odd_guessed_${n}_guessed` },
        body: JSON.stringify({ query: '{ viewer { id } }' }),
      })
    const answers = [await guess(1), await guess(2), await guess(3), await guess(4), await guess(5)]
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 429])
    const first = answers[0] ?? Response.error()
    expect(first.headers.get('www-authenticate')).toBe('Bearer')
    const { errors } = (await first.json()) as { errors: { extensions: object }[] }
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', level: 'server' } }])
    expect(JSON.stringify(errors)).not.toContain('"http"')
  })

  test('over a socket an operation is told when to come again, and the socket stays; what floods it otherwise loses it', async () => {
    const { server, phone } = await started({ credential: { ...slow, burst: 3 } })
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/graphql`, 'graphql-transport-ws')
    const heard: { id?: string; type: string; payload?: unknown }[] = []
    const closed = new Promise<number>((resolve) => socket.on('close', resolve))
    socket.on('message', (data) => heard.push(JSON.parse(String(data))))
    await new Promise((resolve) => socket.on('open', resolve))
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${phone.token}` } }))
    await expect.poll(() => heard.length).toBe(1)
    const subscribe = (id: string) =>
      socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query: '{ viewer { id } }' } }))
    for (const id of ['a', 'b', 'c', 'd']) subscribe(id)
    await expect.poll(() => heard.find(({ id }) => id === 'd')).toBeDefined()
    expect(heard.find(({ id }) => id === 'd')).toMatchObject({
      ...{ type: 'error', payload: [{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: expect.any(Number) } }] },
    })
    await expect.poll(() => heard.find(({ id }) => id === 'c')?.type).toBe('next')
    expect(socket.readyState).toBe(socket.OPEN)
    socket.send(JSON.stringify({ type: 'ping' }))
    expect(await closed).toBe(1013)
  })
})
