/** T3: revocation reaches what is open within a second, with the bell and without it. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { randomText } from '../../../protocol/bytes.ts'
import type { Refusal } from '../../kit/ask.ts'
import type { EnrolledHost, PairedDevice } from '../../kit/people.ts'
import { startServer, type TestServer } from '../../kit/server.ts'
import { publishSession } from '../../kit/session.ts'

/** A deadline that tells order from silence on a busy machine; how fast it is, is measured elsewhere. */
const DEADLINE_MS = 20_000

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no refusal',
    (error: Refusal) => error.code,
  )

describe.each([
  ['with the bell', false],
  ['when every bell is lost', true],
])('[T3] revoking a device, %s', (_name, ignoreBell) => {
  let server: TestServer
  let host: EnrolledHost
  beforeAll(async () => {
    server = await startServer({ trust: { ignoreBell } })
    host = await server.enrolledHost()
  })
  afterAll(() => server.close())

  const revoke = (id: string) =>
    server.gql(host.token, 'mutation($id: ID!) { revokeDevice(id: $id) { revokedAt } }', { id })

  /** Milliseconds from the revocation's answer to the end of `work`. */
  async function millisecondsTo(phone: PairedDevice, work: Promise<unknown>): Promise<number> {
    await revoke(phone.id)
    const from = performance.now()
    await work
    return performance.now() - from
  }

  test('closes its WebSocket with 4403', async () => {
    const phone = await server.pairedDevice({ host })
    const live = server.subscribe(phone.token, 'subscription { sessionsChanged { isSnapshot } }')
    await live.next()
    const ended = live.ended()
    expect(await millisecondsTo(phone, ended)).toBeLessThan(DEADLINE_MS)
    expect(await ended).toMatchObject({ by: 'close', code: 4403, reason: 'REVOKED' })
  })

  test('ends its SSE stream with REVOKED', async () => {
    const phone = await server.pairedDevice({ host })
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization: `Bearer ${phone.token}`,
      },
      body: JSON.stringify({ query: 'subscription { sessionsChanged { isSnapshot } }' }),
    })
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const text = response.text()
    expect(await millisecondsTo(phone, text)).toBeLessThan(DEADLINE_MS)
    expect(await text).toContain('"isSnapshot":true')
    expect(await text).toContain('REVOKED')
  })

  test('ends its long poll with REVOKED', async () => {
    const phone = await server.pairedDevice({ host })
    const id =
      (await server.gql<{ devices: unknown }>(phone.token, '{ devices { edges { node { id } } } }')) && phone.id
    const { openPairing } = await server.gql<{ openPairing: { code: string; pairing: { id: string } } }>(
      host.token,
      'mutation($h: ID!, $c: Digest!) { openPairing(input: {hostId: $h, commitment: $c}) { code pairing { id } } }',
      { h: host.id, c: '0'.repeat(64) },
    )
    expect(openPairing.pairing.id).toMatch(/^pai_/)
    // The pairing it came from is the one thing a device can wait on over plain HTTP.
    const own = await server.database.read((tx) =>
      tx.query.pairing.findFirst({ where: (t, { eq }) => eq(t.deviceId, id) }),
    )
    const document = 'query($id: ID!) { pairing(id: $id, knownState: CONFIRMED, waitSeconds: 25) { state } }'
    const poll = codeOf(server.gql(phone.token, document, { id: own?.id }))
    const early = await Promise.race([poll, new Promise((resolve) => setImmediate(() => resolve('waiting')))])
    expect(early).toBe('waiting')
    expect(await millisecondsTo(phone, poll)).toBeLessThan(DEADLINE_MS)
    expect(await poll).toBe('REVOKED')
  })

  test('refuses its next request and its next socket', async () => {
    const phone = await server.pairedDevice({ host })
    expect(await codeOf(server.gql(phone.token, '{ viewer { id } }'))).toBe('no refusal')
    await revoke(phone.id)
    const deadline = performance.now() + DEADLINE_MS
    let code = 'no refusal'
    while (code === 'no refusal' && performance.now() < deadline) {
      code = await codeOf(server.gql(phone.token, '{ viewer { id } }'))
    }
    expect(code).toBe('REVOKED')
    const socket = server.subscribe(phone.token, 'subscription { sessionsChanged { isSnapshot } }')
    expect(await socket.ended()).toMatchObject({ by: 'close', code: 4403 })
  })

  test('of a host ends its long poll, and it cannot mint', async () => {
    const other = await server.enrolledHost('laptop')
    const poll = codeOf(
      server.gql(other.token, 'query($id: ID!) { hostCommands(hostId: $id, waitSeconds: 25) { after } }', {
        id: other.id,
      }),
    )
    await server.gql(host.token, 'mutation($id: ID!) { revokeHost(id: $id) { revokedAt } }', { id: other.id })
    const from = performance.now()
    expect(await poll).toBe('REVOKED')
    expect(performance.now() - from).toBeLessThan(DEADLINE_MS)
    expect(await codeOf(other.mint())).toBe('REVOKED')
  })

  test('of a host ends what it fetched as UNKNOWN and what it never fetched as REFUSED (C4): nobody will ever report it', async () => {
    const other = await server.enrolledHost('laptop that is lost')
    const phone = await server.pairedDevice({ host: other })
    const session = await publishSession(server.gql, other)
    const send = async (text: string) => {
      const document = 'mutation($input: SendPromptInput!) { sendPrompt(input: $input) { id } }'
      const input = { key: `prompt-${randomText(12)}`, sessionId: session.id, text }
      return (await server.gql<{ sendPrompt: { id: string } }>(phone.token, document, { input })).sendPrompt.id
    }
    const fetched = await send('fetched')
    const acknowledge =
      'mutation($hostId: ID!, $ids: [ID!]!) { acknowledgeCommands(hostId: $hostId, ids: $ids) { state } }'
    await server.gql(other.token, acknowledge, { hostId: other.id, ids: [fetched] })
    const waiting = await send('never fetched')
    await server.gql(host.token, 'mutation($id: ID!) { revokeHost(id: $id) { revokedAt } }', { id: other.id })
    const stateOf = async (id: string) =>
      (
        await server.gql<{ command: { state: string } }>(
          phone.token,
          'query($id: ID!) { command(id: $id) { state } }',
          { id },
        )
      ).command.state
    expect([await stateOf(fetched), await stateOf(waiting)]).toEqual(['UNKNOWN', 'REFUSED'])
    expect(await codeOf(send('late'))).toBe('SESSION_ENDED')
  })
})

describe('[T3] a process cut from its database', () => {
  test('closes its sockets with 1013, so that nobody is logged out', async () => {
    const kit = await startServer()
    const host = await kit.enrolledHost()
    const phone = await kit.pairedDevice({ host })
    let isCut = false
    const gone = () => Promise.reject(new Error('connection refused'))
    const database: typeof kit.database = {
      ...kit.database,
      read: (work, isLeft) => (isCut ? gone() : kit.database.read(work, isLeft)),
      apart: (work, signal) => (isCut ? gone() : kit.database.apart(work, signal)),
    }
    const server = await startServer({ database, trust: { cutOffMilliseconds: 800 } })
    const live = server.subscribe(phone.token, 'subscription { sessionsChanged { isSnapshot } }')
    await live.next()
    isCut = true
    expect(await live.ended(4000)).toMatchObject({ by: 'close', code: 1013 })
    await server.close()
    await kit.close()
  })
})

describe('after a revocation', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.close())

  test('every host of the owner is told to forget the device, and it stays listed as revoked', async () => {
    const host = await server.enrolledHost()
    const phone = await server.pairedDevice({ host })
    const other = await server.pairedDevice({ host, name: 'tablet' })
    await server.gql(other.token, 'mutation($id: ID!) { revokeDevice(id: $id) { revokedAt } }', { id: phone.id })
    type Polled = { hostCommands: { commands: { forgottenDeviceId?: string }[]; revokedDeviceIds: string[] } }
    const { hostCommands } = await server.gql<Polled>(
      host.token,
      `query($id: ID!) { hostCommands(hostId: $id) { revokedDeviceIds commands { ... on ForgetDevice { forgottenDeviceId } } } }`,
      { id: host.id },
    )
    expect(hostCommands.commands).toContainEqual({ forgottenDeviceId: phone.id })
    expect(hostCommands.revokedDeviceIds).toContain(phone.id)
  })

  test('[T4] a device lowers any rung and raises none, not even its own; a host raises', async () => {
    const host = await server.enrolledHost('rungs')
    const phone = await server.pairedDevice({ host, rung: 'STEER' })
    const set = (token: string, rung: string) =>
      codeOf(
        server.gql(token, 'mutation($id: ID!, $rung: Rung!) { setDeviceRung(id: $id, rung: $rung) { rung } }', {
          id: phone.id,
          rung,
        }),
      )
    expect(await set(phone.token, 'FULL')).toBe('RUNG_TOO_LOW')
    expect(await set(phone.token, 'ANSWER')).toBe('no refusal')
    expect(await set(phone.token, 'STEER')).toBe('RUNG_TOO_LOW')
    expect(await set(host.token, 'FULL')).toBe('no refusal')
  })

  test('[T3] [T4] what a device has queued is delivered with the rung it has been lowered to', async () => {
    const host = await server.enrolledHost('lowered')
    const phone = await server.pairedDevice({ host, rung: 'FULL' })
    const session = await publishSession(server.gql, host)
    const send = 'mutation($i: SendPromptInput!) { sendPrompt(input: $i) { id } }'
    await server.gql(phone.token, send, { i: { sessionId: session.id, text: 'go', key: randomText(16) } })
    const lower = 'mutation($id: ID!) { setDeviceRung(id: $id, rung: ANSWER) { rung } }'
    await server.gql(host.token, lower, { id: phone.id })
    type Polled = { hostCommands: { commands: { __typename: string; rung: string | null }[] } }
    const poll = 'query($id: ID!) { hostCommands(hostId: $id) { commands { __typename rung } } }'
    const { hostCommands } = await server.gql<Polled>(host.token, poll, { id: host.id })
    const sent = hostCommands.commands.filter((one) => one.__typename === 'SendPrompt')
    expect(sent).toEqual([{ __typename: 'SendPrompt', rung: 'ANSWER' }])
  })

  test('[T3] an answer is judged by what stands when it is stored, not by what was read a moment before', async () => {
    const host = await server.enrolledHost('fresh')
    const phone = await server.pairedDevice({ host, rung: 'STEER' })
    const session = await publishSession(server.gql, host)
    const decisionId = await session.asks('Run rm?', 'rm -rf build')
    const input = {
      ...{ sessionId: session.id, decisionId, epoch: session.epoch, optionId: 'yes', key: randomText(16) },
    }
    await server.gql(phone.token, '{ viewer { id } }')
    // Another process of this server has revoked it, and its bell has not come yet.
    await server.database.read((tx) => tx.execute(`update device set revoked_at = now() where id = '${phone.id}'`))
    const answer = 'mutation($i: AnswerPermissionInput!) { answerPermission(input: $i) { state } }'
    expect(await codeOf(server.gql(phone.token, answer, { i: input }))).toBe('REVOKED')
  })
})
