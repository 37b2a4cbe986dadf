/** F9, T2: what is no sign-in of its person makes nobody anybody: each guard by what it stops. */

import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { randomText } from '../../../../protocol/bytes.ts'
import { invitation } from '../../../../server/db/schema.ts'
import type { Refusal } from '../../../kit/ask.ts'
import { createAuthenticator } from '../../../kit/authenticator.ts'
import { startServer, type TestServer } from '../../../kit/server.ts'
import {
  accept,
  acceptance,
  beginsSignIn,
  confirms,
  createsInvitation,
  firstLink,
  invites,
  joins,
  newKey,
  opens,
  PAGE,
  type Person,
  type SignInHow,
  sendSignIn,
  signInInput,
  signsIn,
} from '../../../kit/sign-in.ts'

let server: TestServer
let ann: Person
let bob: Person
const gql: TestServer['gql'] = (...asked) => server.gql(...asked)

beforeAll(async () => {
  server = await startServer({ publicUrl: 'https://desk.example.com' })
  ann = await joins(gql, await firstLink(server))
  bob = await joins(gql, (await invites(gql, ann)).code, { personName: 'Bob' })
}, 60_000)
afterAll(() => server?.close())

const refusal = (work: Promise<unknown>): Promise<Refusal | null> =>
  work.then(
    () => null,
    (error: Refusal) => error,
  )
const tried = async (who: Person, how: SignInHow = {}) =>
  refusal(signInInput(gql, who, how).then((input) => sendSignIn(gql, input)))

describe('a sign-in', () => {
  test.each<[string, () => Promise<Refusal | null>]>([
    [
      'of a passkey that nobody here has',
      () => tried({ ...ann, authenticator: createAuthenticator({ origin: PAGE }) }),
    ],
    ['of one person’s passkey under the handle of another', () => tried({ ...ann, userHandle: bob.userHandle })],
    ['without a handle', () => tried(ann, { userHandle: null })],
    ['whose person was not verified', () => tried(ann, { as: { verifies: false } })],
    ['that another page has asked for', () => tried(ann, { as: { origin: 'https://evil.example' } })],
    ['shown inside another page', () => tried(ann, { as: { crossOrigin: true } })],
    ['for another site', () => tried(ann, { as: { rpId: 'evil.example' } })],
    ['that is no assertion', () => tried(ann, { as: { type: 'webauthn.create' } })],
    ['on another page of this server than the passkey’s', () => tried(ann, { origin: 'https://desk.example.com' })],
    ['over words that nobody gave', () => tried(ann, { nonce: randomText(32) })],
    [
      'over words that were given to confirm something',
      async () => {
        const { nonce } = await confirms(gql, ann, ann.authenticator, 'invite')
        return tried(ann, { nonce })
      },
    ],
    [
      'that moves an assertion to another device’s key',
      async () => {
        const { assertion, ...rest } = await signInInput(gql, ann)
        const other = await signInInput(gql, ann, { nonce: rest.nonce })
        return refusal(sendSignIn(gql, { ...other, assertion }))
      },
    ],
    [
      'that is sent again',
      async () => {
        const input = await signInInput(gql, ann)
        await sendSignIn(gql, input)
        return refusal(sendSignIn(gql, input))
      },
    ],
    [
      'that was wrong, made good with the same words',
      async () => {
        const input = await signInInput(gql, ann, { as: { verifies: false } })
        await refusal(sendSignIn(gql, input))
        return refusal(sendSignIn(gql, await signInInput(gql, ann, { nonce: input.nonce, key: input.key })))
      },
    ],
  ])('%s is refused', async (_what, attempt) => {
    const refused = await attempt()
    expect(refused?.extensions).toMatchObject({ code: 'PASSKEY_WRONG', rule: expect.any(String), level: 'server' })
    expect(refused?.message).not.toContain('copied')
  })

  test('with the key of somebody who does not hold it is refused: nobody takes over a paired device so', async () => {
    const input = await signInInput(gql, ann)
    const other = await newKey()
    const device = { ...input.device, publicKey: other.publicKey }
    expect((await refusal(sendSignIn(gql, { ...input, device })))?.code).toBe('SIGNATURE_WRONG')
  })

  test('with a key that is another person’s device, or was revoked, is refused', async () => {
    expect((await tried(bob, { key: ann.key }))?.code).toBe('REVOKED')
    const { key, token, deviceId } = await signsIn(gql, bob)
    await gql(token, 'mutation($id: ID!) { revokeDevice(id: $id) { id } }', { id: deviceId })
    expect((await tried(bob, { key }))?.code).toBe('REVOKED')
  })

  test('of a passkey whose count has not risen is refused as copied, and the audit says whose', async () => {
    const counting = createAuthenticator({ origin: PAGE })
    const link = await invites(gql, ann)
    const carl = await joins(gql, link.code, { authenticator: counting, personName: 'Carl' })
    await signsIn(gql, carl, { as: { count: 7 } })
    for (const count of [7, 6, 0]) {
      const refused = await tried(carl, { as: { count } })
      expect(refused).toMatchObject({ code: 'PASSKEY_WRONG', message: expect.stringContaining('copied') })
    }
    await signsIn(gql, carl, { as: { count: 8 } })
    const noted = (await server.database.read((tx) =>
      tx.execute(sql`select count(*)::int as n from audit_entry where owner_id = ${carl.ownerId} and outcome = 'REFUSED'
        and action = 'sign-in' and code = 'PASSKEY_WRONG'`),
    )) as unknown as { rows: { n: number }[] }
    expect(noted.rows[0]?.n).toBe(3)
  })

  test('of two at once with one count makes one device', async () => {
    const carl = await joins(gql, (await invites(gql, ann)).code, { personName: 'Dora' })
    const both = await Promise.all([1, 2].map(() => signInInput(gql, carl, { as: { count: 3 } })))
    const ends = await Promise.all(both.map((input) => refusal(sendSignIn(gql, input))))
    expect(ends.filter((end) => end === null)).toHaveLength(1)
  })

  test('of a passkey that was removed is refused', async () => {
    const eve = await joins(gql, (await invites(gql, ann)).code, { personName: 'Eve' })
    const { id } = eve.authenticator
    const remove = 'mutation($id: ID!, $c: ConfirmationInput) { removeSignInPasskey(id: $id, confirmation: $c) { id } }'
    expect((await refusal(gql(eve.token, remove, { id })))?.code).toBe('PASSKEY_REQUIRED')
    const other = await confirms(gql, eve, eve.authenticator, 'invite')
    expect((await refusal(gql(eve.token, remove, { id, c: other })))?.code).toBe('PASSKEY_WRONG')
    const c = await confirms(gql, eve, eve.authenticator, `remove-passkey ${id}`)
    await gql(eve.token, remove, { id, c })
    expect((await tried(eve))?.code).toBe('PASSKEY_WRONG')
  })

  test('leaves no token, code or nonce in clear, and a revoked one ends at once', async () => {
    const nonce = await beginsSignIn(gql)
    const { token, deviceId } = await signsIn(gql, ann, { nonce })
    const link = await invites(gql, ann)
    const tables = ['device', 'invitation', 'passkey_challenge', 'sign_in_passkey', 'audit_entry', 'attempt']
    for (const table of tables) {
      const all = await server.database.read((tx) => tx.execute(sql`select * from ${sql.identifier(table)}`))
      const text = JSON.stringify(all)
      for (const secret of [token, nonce, link.code]) expect(text, table).not.toContain(secret)
    }
    await gql(ann.token, 'query { viewer { name } }')
    await gql(token, 'mutation($id: ID!) { revokeDevice(id: $id) { id } }', { id: deviceId })
    expect((await refusal(gql(token, '{ viewer { name } }')))?.code).toBe('REVOKED')
  })
})

describe('a link', () => {
  test('makes one person, of a hundred at once', async () => {
    const { code } = await invites(gql, ann)
    const tries = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const { nonce } = await opens(gql, code)
        return acceptance(
          { code, nonce },
          { authenticator: createAuthenticator({ origin: PAGE }), key: await newKey() },
        )
      }),
    )
    const ends = await Promise.all(tries.map((input) => refusal(accept(gql, input))))
    expect(ends.filter((end) => end === null)).toHaveLength(1)
    expect(new Set(ends.map((end) => end?.code ?? null))).toEqual(new Set([null, 'CODE_WRONG']))
  }, 60_000)

  test('that expired, was taken back or used opens nothing, and says which', async () => {
    const late = await invites(gql, ann)
    const { nonce } = await opens(gql, late.code)
    await server.database.transaction((tx) =>
      tx
        .update(invitation)
        .set({ expiresAt: new Date(0) })
        .where(sql`id = ${late.id}`),
    )
    expect(await refusal(opens(gql, late.code))).toMatchObject({
      code: 'CODE_WRONG',
      message: expect.stringContaining('expired'),
    })
    const input = await acceptance(
      { code: late.code, nonce },
      { authenticator: createAuthenticator({ origin: PAGE }), key: await newKey() },
    )
    expect((await refusal(accept(gql, input)))?.code).toBe('CODE_WRONG')
    const gone = await invites(gql, ann)
    const c = await confirms(gql, ann, ann.authenticator, `revoke-invitation ${gone.id}`)
    const revoke = 'mutation($id: ID!, $c: ConfirmationInput) { revokeInvitation(id: $id, confirmation: $c) { state } }'
    expect(await gql(ann.token, revoke, { id: gone.id, c })).toEqual({ revokeInvitation: { state: 'REVOKED' } })
    expect(await refusal(opens(gql, gone.code))).toMatchObject({
      code: 'CODE_WRONG',
      message: expect.stringContaining('taken back'),
    })
    const used = await invites(gql, ann)
    await joins(gql, used.code)
    expect(await refusal(opens(gql, used.code))).toMatchObject({
      code: 'CODE_WRONG',
      message: expect.stringContaining('has been used'),
    })
    const { invitations } = await gql<{ invitations: { id: string; state: string }[] }>(
      ann.token,
      '{ invitations { id state } }',
    )
    const states = new Map(invitations.map(({ id, state }) => [id, state]))
    expect([late, gone, used].map(({ id }) => states.get(id))).toEqual(['EXPIRED', 'REVOKED', 'USED'])
  })

  test('stays good for whoever it was sent to when a passkey was not made well', async () => {
    const { code } = await invites(gql, ann)
    const { nonce } = await opens(gql, code)
    const weak = createAuthenticator({ origin: PAGE, verifies: false })
    const input = await acceptance({ code, nonce }, { authenticator: weak, key: await newKey() })
    expect((await refusal(accept(gql, input)))?.code).toBe('PASSKEY_WRONG')
    await joins(gql, code)
  })

  test('is made by the first owner with their passkey alone, and by nobody else', async () => {
    expect((await refusal(createsInvitation(gql, ann.token, { name: 'x' })))?.code).toBe('PASSKEY_REQUIRED')
    const weak = await confirms(gql, ann, ann.authenticator, 'invite', { verifies: false })
    expect((await refusal(createsInvitation(gql, ann.token, { name: 'x', confirmation: weak })))?.code).toBe(
      'PASSKEY_WRONG',
    )
    const bobs = await confirms(gql, ann, bob.authenticator, 'invite')
    expect((await refusal(createsInvitation(gql, ann.token, { name: 'x', confirmation: bobs })))?.code).toBe(
      'PASSKEY_WRONG',
    )
    const refused = await refusal(invites(gql, bob))
    expect(refused?.extensions).toMatchObject({ code: 'POLICY', rule: 'only the first owner and admins invite' })
    const confirmation = await confirms(gql, ann, ann.authenticator, 'invite')
    const own = { name: 'x', kind: 'PASSKEY', confirmation }
    expect((await refusal(createsInvitation(gql, ann.token, own)))?.code).toBe('BAD_INPUT')
    expect((await refusal(createsInvitation(gql, ann.token, own)))?.code).toBe('PASSKEY_WRONG')
    expect((await refusal(createsInvitation(gql, '', { name: 'x' })))?.code).toBe('UNAUTHENTICATED')
  })
})

describe('how often', () => {
  test('codes of links that nobody made are counted: ten of one address, then a wait', async () => {
    const other = await startServer()
    try {
      const codes: (string | undefined)[] = []
      for (let i = 0; i < 12; i++) codes.push((await refusal(opens(other.gql, randomText(20))))?.code)
      expect(codes).toEqual([...Array(10).fill('CODE_WRONG'), 'RATE_LIMITED', 'RATE_LIMITED'])
      const refused = await refusal(
        accept(
          other.gql,
          await acceptance(
            { code: 'x', nonce: 'x' },
            { authenticator: createAuthenticator({ origin: PAGE }), key: await newKey() },
          ),
        ),
      )
      expect(refused?.extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: expect.any(Number) })
    } finally {
      await other.close()
    }
  })

  test('sign-ins that are begun are counted: sixty of one address in ten minutes', async () => {
    const other = await startServer()
    try {
      const ends = await Promise.all(Array.from({ length: 61 }, () => refusal(beginsSignIn(other.gql))))
      expect(ends.filter((end) => end === null)).toHaveLength(60)
      expect(ends.filter((end) => end?.code === 'RATE_LIMITED')).toHaveLength(1)
    } finally {
      await other.close()
    }
  })

  test('a person is signed in on fifty devices at most', async () => {
    const link = await invites(gql, ann)
    const zoe = await joins(gql, link.code, { personName: 'Zoe' })
    await server.database.transaction((tx) =>
      tx.execute(sql`insert into device (id, owner_id, name, kind, rung, token_hash, confirmed, signed_in_at, awaits_trust)
        select 'dev_many' || n, ${zoe.ownerId}, 'x', 'BROWSER', 'VIEW', 'hash' || n, true, now(), true from generate_series(1, 49) n`),
    )
    const refused = await tried(zoe)
    expect(refused?.extensions).toMatchObject({ code: 'TOO_LARGE', remedy: expect.stringContaining('revoke') })
    // The same browser again is no further device.
    await signsIn(gql, zoe, { key: zoe.key })
  })
})
