/** The handshake through a real server (docs/protocol.md §6): honest, late, raced, guessed; and the limits that outlive a restart. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { randomText } from '../../../protocol/bytes.ts'
import { exportPublicKey, generateKeys } from '../../../protocol/keys.ts'
import { commitment, matchCode } from '../../../protocol/pairing.ts'
import { pairing } from '../../../server/db/schema.ts'
import type { Refusal } from '../../kit/ask.ts'
import { known, steps } from '../../kit/people.ts'
import { startServer, type TestServer } from '../../kit/server.ts'

let server: TestServer
let step: ReturnType<typeof steps>
let host: Awaited<ReturnType<TestServer['enrolledHost']>>
beforeAll(async () => {
  server = await startServer()
  step = steps(server.gql)
  host = await server.enrolledHost()
})
afterAll(() => server.close())

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no refusal',
    (error: Refusal) => error.code,
  )

async function newDevice() {
  const keys = await generateKeys(false)
  return { publicKey: await exportPublicKey(keys.publicKey), nonce: randomText(32), name: 'phone' }
}

describe('a device', () => {
  test('is paired by code, commitment, join, reveal and confirmation, and knows who it is', async () => {
    const phone = await server.pairedDevice({ host, rung: 'STEER' })
    const { viewer } = await server.gql<{ viewer: { principal: object } }>(
      phone.token,
      '{ viewer { principal { ... on Device { id rung hostIds isThisOne } } } }',
    )
    expect(viewer.principal).toEqual({ id: phone.id, rung: 'STEER', hostIds: [host.id], isThisOne: true })
    expect(phone.matchCode).toMatch(/^[0-9A-HJKMNP-TV-Z]{6}$/)
  })

  test('has an inert token until the host confirms', async () => {
    const { code } = await step.open(host)
    const { token, pairing: claimed } = await step.claim(code)
    for (const document of [
      '{ viewer { id } }',
      '{ sessions { edges { cursor } } }',
      '{ devices { edges { cursor } } }',
    ]) {
      expect(await codeOf(server.gql(token, document))).toBe('UNAUTHENTICATED')
    }
    expect(await codeOf(step.confirm(token, claimed.id))).toBe('UNAUTHENTICATED')
    expect((await step.look(token, claimed.id)).state).toBe('CLAIMED')
  })

  test('that was refused at the terminal never gets in', async () => {
    const { code, nonce } = await step.open(host)
    const { token, pairing: claimed } = await step.claim(code)
    await step.join(token, { pairingId: claimed.id, ...(await newDevice()) })
    await step.reveal(host.token, claimed.id, nonce)
    await server.gql(host.token, 'mutation($id: ID!) { refusePairing(id: $id) { id } }', { id: claimed.id })
    expect(await codeOf(step.confirm(host.token, claimed.id))).toBe('PAIRING_STATE')
    expect(await codeOf(server.gql(token, '{ viewer { id } }'))).toBe('UNAUTHENTICATED')
  })

  test('cannot be confirmed before both sides can compare', async () => {
    const { code, nonce } = await step.open(host)
    const { token, pairing: claimed } = await step.claim(code)
    expect(await codeOf(step.reveal(host.token, claimed.id, nonce))).toBe('PAIRING_STATE')
    await step.join(token, { pairingId: claimed.id, ...(await newDevice()) })
    expect(await codeOf(step.confirm(host.token, claimed.id))).toBe('PAIRING_STATE')
    expect(await codeOf(step.reveal(host.token, claimed.id, randomText(32)))).toBe('BAD_INPUT')
  })

  test("sees no one else's pairing", async () => {
    const mine = await step.open(host)
    const other = await step.open(host)
    const { token } = await step.claim(mine.code)
    expect(await codeOf(step.look(token, other.pairing.id))).toBe('NOT_FOUND')
  })
})

describe('a code', () => {
  test('is told from a taken and a late one', async () => {
    const { code } = await step.open(host)
    await step.claim(code)
    expect(await codeOf(step.claim(code))).toBe('PAIRING_TAKEN')
    expect(await codeOf(step.claim('00000000'))).toBe('CODE_WRONG')
    const late = await step.open(host)
    await server.database.read((tx) => tx.update(pairing).set({ expiresAt: new Date(Date.now() - 1000) }))
    expect(await codeOf(step.claim(late.code))).toBe('PAIRING_EXPIRED')
  })

  test('is typed as people type: small letters, dashes, look-alikes', async () => {
    const { code } = await step.open(host)
    const typed = code
      .toLowerCase()
      .replaceAll('0', 'o')
      .replaceAll('1', 'l')
      .replace(/(.{4})/, '$1-')
    expect((await step.claim(typed)).pairing.state).toBe('CLAIMED')
  })

  test('of a hundred claims at once lets one through', async () => {
    const { code } = await step.open(host)
    const outcomes = await Promise.all(Array.from({ length: 100 }, () => codeOf(step.claim(code))))
    expect(outcomes.filter((one) => one === 'no refusal')).toHaveLength(1)
    expect(outcomes.filter((one) => one === 'PAIRING_TAKEN')).toHaveLength(99)
  })

  test('wakes the terminal: the host gets a JoinPairing command with what it must compare', async () => {
    const { code } = await step.open(host)
    const { token, pairing: claimed } = await step.claim(code)
    const device = await newDevice()
    await step.join(token, { pairingId: claimed.id, ...device })
    const { hostCommands } = await server.gql<{ hostCommands: { commands: { pairingId?: string }[] } }>(
      host.token,
      'query($id: ID!) { hostCommands(hostId: $id) { commands { ... on JoinPairing { pairingId publicKey nonce name } } } }',
      { id: host.id },
    )
    const { publicKey, nonce, name } = device
    expect(hostCommands.commands).toContainEqual({ pairingId: claimed.id, publicKey, nonce, name })
  })
})

describe('a guesser', () => {
  test('is stopped after ten wrong codes, from any other server process and after a restart too', async () => {
    const first = await startServer({ database: server.database })
    const wrong = () => codeOf(steps(first.gql).claim('ZZZZZZZZ'))
    const outcomes: string[] = []
    // One was wrong already in the test above.
    for (let i = 0; i < 10; i++) outcomes.push(await wrong())
    expect(outcomes.filter((one) => one === 'CODE_WRONG').length).toBeLessThanOrEqual(10)
    expect(outcomes.at(-1)).toBe('RATE_LIMITED')
    await first.close()
    const second = await startServer({ database: server.database })
    const refusal: Refusal = await steps(second.gql)
      .claim('ZZZZZZZZ')
      .then(() => Promise.reject(new Error('let through')))
      .catch((error) => error)
    expect(refusal.code).toBe('RATE_LIMITED')
    expect(refusal.extensions).toMatchObject({
      retryAfterSeconds: expect.any(Number),
      rule: expect.stringContaining('10 tries'),
    })
    // A right code does not get through either: else the limit would tell when one is right.
    const { code } = await steps(second.gql).open(host)
    expect(await codeOf(steps(second.gql).claim(code))).toBe('RATE_LIMITED')
    await second.close()
  })

  test('from a hundred addresses is stopped over all of them', async () => {
    const other = await startServer({ publicUrl: 'https://desk.example.com' })
    const owner = await other.enrolledHost()
    const guess = (address: string) =>
      fetch(`${other.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
        body: JSON.stringify({ query: 'mutation { claimPairing(code: "ZZZZZZZZ") { token } }' }),
      }).then(
        async (response) =>
          ((await response.json()) as { errors: { extensions: { code: string } }[] }).errors[0]?.extensions.code,
      )
    const outcomes = await Promise.all(Array.from({ length: 110 }, (_, i) => guess(`203.0.113.${i}`)))
    expect(outcomes.filter((one) => one === 'CODE_WRONG')).toHaveLength(100)
    expect(outcomes.filter((one) => one === 'RATE_LIMITED')).toHaveLength(10)
    expect(owner.id).toMatch(/^hst_/)
    await other.close()
  })
})

describe('a new host', () => {
  test('is enrolled by a paired device: the same handshake turned round', async () => {
    const other = await startServer()
    const { gql } = other
    const turn = steps(gql)
    const first = await other.enrolledHost()
    const phone = await other.pairedDevice({ host: first, rung: 'FULL' })
    const keys = await generateKeys(true)
    const publicKey = await exportPublicKey(keys.publicKey)
    const openerNonce = randomText(32)
    const committed = await commitment('ENROL_HOST', publicKey, openerNonce)
    const input = { name: 'laptop', platform: 'linux', publicKey, commitment: committed }
    type Asked = { requestEnrolment: { code: string; token: string; pairing: { id: string } } }
    const { requestEnrolment } = await gql<Asked>(
      null,
      'mutation($input: RequestEnrolmentInput!) { requestEnrolment(input: $input) { code token pairing { id } } }',
      { input },
    )
    const { code, token: hostToken } = requestEnrolment
    const weak = await other.pairedDevice({ host: first, rung: 'STEER', name: 'weak' })
    expect(await codeOf(turn.claim(code, weak.token))).toBe('RUNG_TOO_LOW')
    const { pairing: claimed } = await turn.claim(code, phone.token)
    // RFC 8628 §5.4: whoever consents sees which machine asks, and from where.
    const asking = await gql<{ pairing: object }>(
      phone.token,
      'query($id: ID!) { pairing(id: $id) { openerName openerPlatform openerAddress } }',
      { id: claimed.id },
    )
    expect(asking.pairing).toEqual({ openerName: 'laptop', openerPlatform: 'linux', openerAddress: '127.0.0.1' })
    const joinerNonce = randomText(32)
    await turn.join(phone.token, {
      pairingId: claimed.id,
      publicKey: phone.publicKey,
      nonce: joinerNonce,
      name: 'phone',
    })
    const atHost = await turn.reveal(hostToken, claimed.id, openerNonce)
    const atPhone = await turn.look(phone.token, claimed.id)
    const seen = { purpose: 'ENROL_HOST', openerPublicKey: publicKey, joinerPublicKey: phone.publicKey } as const
    expect(await matchCode({ ...seen, openerNonce: atPhone.openerNonce ?? '', joinerNonce })).toBe(
      await matchCode({ ...seen, openerNonce, joinerNonce: atHost.joinerNonce ?? '' }),
    )
    expect(await codeOf(turn.confirm(hostToken, claimed.id))).toBe('UNAUTHENTICATED')
    expect(await codeOf(turn.confirm(phone.token, claimed.id))).toBe('PASSKEY_REQUIRED')
    await turn.confirm(first.token, claimed.id)
    expect((await turn.look(hostToken, claimed.id)).state).toBe('CONFIRMED')
    const laptop = await known(gql, { id: claimed.hostId ?? '', name: 'laptop', keys, publicKey })
    const { viewer } = await gql<{ viewer: { principal: { id: string } } }>(
      laptop.token,
      '{ viewer { principal { ... on Host { id } } } }',
    )
    expect(viewer.principal.id).toBe(laptop.id)
    await other.close()
  })
})
