/** T4: a passkey vouches for what needs the upper rungs: made, pinned, asked for; what the server says no to at once. */
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { randomText } from '../../../protocol/bytes.ts'
import type { Refusal } from '../../kit/ask.ts'
import { type Authenticator, createAuthenticator } from '../../kit/authenticator.ts'
import { asksToPin, hasPasskey, makesPasskey, saysPinned } from '../../kit/passkeys.ts'
import type { EnrolledHost, PairedDevice } from '../../kit/people.ts'
import { startServer, type TestServer } from '../../kit/server.ts'
import { type PublishedSession, publishSession } from '../../kit/session.ts'
import { vouchesWith } from '../../kit/signing.ts'

const MODES = [
  { id: 'ask', name: 'Ask', canonical: 'INTERACTIVE' },
  { id: 'auto', name: 'Autopilot', canonical: 'AUTOPILOT' },
]
const origin = 'http://localhost:4780'
const MADE = 'mutation($input: RegisterPasskeyInput!) { registerPasskey(input: $input) { id name hostIds isSynced } }'
const BEGIN =
  'mutation($origin: String!) { beginPasskey(origin: $origin) { challenge rpId userId userName excludeIds } }'

let server: TestServer
let host: EnrolledHost
let phone: PairedDevice
let session: PublishedSession

beforeAll(async () => {
  server = await startServer({ publicUrl: 'https://desk.example.com' })
  host = await server.enrolledHost()
})
afterAll(() => server?.close())
beforeEach(async () => {
  phone = await server.pairedDevice({ host, rung: 'FULL' })
  session = await publishSession(server.gql, host)
  const agent = { id: 'demo', name: 'Demo' }
  await session.push({ sessionConfigured: { agent, capabilities: [], modes: MODES } })
})

const refusal = (work: Promise<unknown>): Promise<Refusal | null> =>
  work.then(
    () => null,
    (error: Refusal) => error,
  )
const setMode = (modeId: string, by = phone) =>
  server.gql(by.token, 'mutation($i: SetModeInput!) { setMode(input: $i) { id } }', {
    i: { sessionId: session.id, key: randomText(16), modeId },
  })
const begin = (by = phone, from = origin) =>
  server.gql<{ beginPasskey: { challenge: string; rpId: string; excludeIds: string[] } }>(by.token, BEGIN, {
    origin: from,
  })

describe('making one', () => {
  const register = async (authenticator: Authenticator, how: { challenge?: string; by?: PairedDevice } = {}) => {
    const challenge = how.challenge ?? (await begin()).beginPasskey.challenge
    const input = { name: 'Thumb', challenge, ...authenticator.create(challenge) }
    return refusal(server.gql((how.by ?? phone).token, MADE, { input }))
  }

  test('belongs to the device that asked, is told to the browser, and is listed with the device', async () => {
    const authenticator = createAuthenticator({ origin })
    expect(await register(authenticator)).toBeNull()
    const { beginPasskey } = await begin()
    expect(beginPasskey).toMatchObject({ rpId: 'localhost', excludeIds: [authenticator.id] })
    const { devices } = await server.gql<{ devices: { edges: { node: { id: string; passkeys: object[] } }[] } }>(
      host.token,
      '{ devices { edges { node { id passkeys { id name origin hostIds lastUsedAt } } } } }',
    )
    expect(devices.edges.find(({ node }) => node.id === phone.id)?.node.passkeys).toEqual([
      { id: authenticator.id, name: 'Thumb', origin, hostIds: [], lastUsedAt: null },
    ])
  })

  test.each([
    ['whose person was not verified', () => register(createAuthenticator({ origin, verifies: false }))],
    ['of another page', () => register(createAuthenticator({ origin: 'http://localhost:1' }))],
    [
      'for a challenge that nobody gave',
      () => register(createAuthenticator({ origin }), { challenge: randomText(32) }),
    ],
    [
      'for a challenge of another device',
      async () => {
        const other = await server.pairedDevice({ host })
        return register(createAuthenticator({ origin }), { by: other })
      },
    ],
    [
      'for a challenge that was used',
      async () => {
        const { challenge } = (await begin()).beginPasskey
        await register(createAuthenticator({ origin }), { challenge })
        return register(createAuthenticator({ origin }), { challenge })
      },
    ],
  ])('none is made %s', async (_what, tried) => expect((await tried())?.code).toBe('PASSKEY_WRONG'))

  test('a page under another address than this server’s is refused, and told which is', async () => {
    for (const from of [
      'https://evil.example',
      'http://desk.example.com',
      'http://192.168.1.4:4780',
      'https://10.0.0.1',
    ])
      expect((await refusal(begin(phone, from)))?.extensions).toMatchObject({
        ...{ code: 'BAD_INPUT', level: 'server' },
        remedy: expect.stringContaining('https://desk.example.com'),
      })
    expect((await begin(phone, 'https://desk.example.com')).beginPasskey.rpId).toBe('desk.example.com')
  })
})

test('[G4] ten wishes of a device to pin wait at a host, sent at once as well; an eleventh waits for one of them to be answered', async () => {
  const authenticator = await makesPasskey(server.gql, phone)
  const wish = () => asksToPin(server.gql, phone, authenticator, host.id)
  const asked = await Promise.allSettled(Array.from({ length: 12 }, wish))
  const made = asked.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
  expect(made.length).toBe(10)
  const over = await refusal(wish())
  expect([over?.code, over?.extensions.limit]).toEqual(['TOO_LARGE', 10])
  await saysPinned(server.gql, host, made[0]?.commandId ?? '')
  expect(await refusal(wish())).toBeNull()
  expect((await refusal(wish()))?.code).toBe('TOO_LARGE')
})

test('[E10] the wish to pin one lasts 30 minutes: until then the host is told, afterwards it is over', async () => {
  const authenticator = await makesPasskey(server.gql, phone)
  const { commandId } = await asksToPin(server.gql, phone, authenticator, host.id)
  /** So much later. */
  const after = async (seconds: number) => {
    await server.database.transaction((tx) =>
      tx.execute(
        sql`update command set expires_at = expires_at - make_interval(secs => ${seconds}) where id = ${commandId}`,
      ),
    )
    const { hostCommands } = await server.gql<{ hostCommands: { commands: { id: string }[] } }>(
      host.token,
      'query($h: ID!) { hostCommands(hostId: $h, waitSeconds: 0) { commands { id } } }',
      { h: host.id },
    )
    return hostCommands.commands.some(({ id }) => id === commandId)
  }
  expect([await after(0), await after(1740)]).toEqual([true, true])
  // A minute more, and it is at its number; one more, and beyond it.
  expect([await after(60), await after(1)]).toEqual([false, false])
})

describe('[T4] asking for one', () => {
  test('a device that has none is told to make one, one that is not pinned to pin it, one that is to use it', async () => {
    expect((await refusal(setMode('auto')))?.extensions).toMatchObject({
      ...{ code: 'PASSKEY_REQUIRED', rule: 'stepUp at FULL', passkeys: 0, pinned: 0 },
      remedy: expect.stringContaining('Settings'),
    })
    const authenticator = await makesPasskey(server.gql, phone)
    expect((await refusal(setMode('auto')))?.extensions).toMatchObject({
      ...{ code: 'PASSKEY_REQUIRED', passkeys: 1, pinned: 0, remedy: expect.stringContaining('offdesk devices pin') },
    })
    await saysPinned(server.gql, host, (await asksToPin(server.gql, phone, authenticator, host.id)).commandId)
    expect(await refusal(setMode('auto'))).toBeNull()
    vouchesWith(phone.token, null)
    expect((await refusal(setMode('auto')))?.extensions).toMatchObject({ code: 'PASSKEY_REQUIRED', pinned: 1 })
    expect(await refusal(setMode('ask'))).toBeNull()
  })

  test('[D5] a deny and a cancel go through without one', async () => {
    const decisionId = await session.asks('Run?', 'rm -rf build')
    const deny = { sessionId: session.id, key: randomText(16), decisionId, epoch: 1, optionId: 'no' }
    await server.gql(phone.token, 'mutation($i: AnswerPermissionInput!) { answerPermission(input: $i) { id } }', {
      i: deny,
    })
    const cancel = { sessionId: session.id, key: randomText(16) }
    await server.gql(phone.token, 'mutation($i: CancelTurnInput!) { cancelTurn(input: $i) { id } }', { i: cancel })
  })

  test('a touch without a verified person vouches for nothing', async () => {
    const authenticator = await hasPasskey(server.gql, phone, host)
    const get = (challenge: string) => authenticator.get(challenge, { verifies: false })
    vouchesWith(phone.token, { ...authenticator, get })
    expect((await refusal(setMode('auto')))?.code).toBe('PASSKEY_WRONG')
  })

  test('one command’s word is no other’s: the challenge is the hash of that very command', async () => {
    const authenticator = await hasPasskey(server.gql, phone, host)
    const kept = authenticator.get(randomText(32))
    vouchesWith(phone.token, { ...authenticator, get: () => kept })
    expect((await refusal(setMode('auto')))?.code).toBe('PASSKEY_WRONG')
  })

  test('another device’s passkey does not vouch for this one', async () => {
    const other = await server.pairedDevice({ host, rung: 'FULL' })
    vouchesWith(phone.token, await hasPasskey(server.gql, other, host))
    expect((await refusal(setMode('auto')))?.code).toBe('PASSKEY_WRONG')
  })

  test('taken away it vouches for nothing, and the host that has pinned it is told', async () => {
    const { id } = await hasPasskey(server.gql, phone, host)
    await server.gql(phone.token, 'mutation($id: ID!) { removePasskey(id: $id) { id } }', { id })
    expect((await refusal(setMode('auto')))?.code).toBe('PASSKEY_WRONG')
    const { hostCommands } = await server.gql<{ hostCommands: { commands: object[] } }>(
      host.token,
      'query($h: ID!) { hostCommands(hostId: $h) { commands { __typename ... on ForgetPasskey { ofDeviceId passkeyId } } } }',
      { h: host.id },
    )
    expect(hostCommands.commands).toContainEqual({
      ...{ __typename: 'ForgetPasskey', ofDeviceId: phone.id, passkeyId: id },
    })
  })
})
