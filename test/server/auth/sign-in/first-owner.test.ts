/** F9: the first owner by a printed one-time link, and from then on by a passkey in any browser. */
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { challengeOf, signInBytes } from '../../../../protocol/sign-in.ts'
import { openSetup } from '../../../../server/auth/setup.ts'
import { addOwnPasskey, type OwnPasskeyAsked } from '../../../../server/auth/sign-in/own-passkeys.ts'
import { openWayBack, WAY_BACK_SECONDS } from '../../../../server/auth/sign-in/recovering.ts'
import { createBell } from '../../../../server/live/bell.ts'
import { addInvitation, MOST_INVITATIONS } from '../../../../server/store/invitations.ts'
import { firstOwner } from '../../../../server/store/owners.ts'
import { addScimUser } from '../../../../server/store/scim.ts'
import type { Refusal } from '../../../kit/ask.ts'
import { createAuthenticator } from '../../../kit/authenticator.ts'
import { enrol } from '../../../kit/people.ts'
import { startServer, type TestServer } from '../../../kit/server.ts'
import { accept, acceptance, confirms, firstLink, joins, newKey, opens, PAGE, signsIn } from '../../../kit/sign-in.ts'

let server: TestServer
beforeEach(async () => {
  server = await startServer()
})
afterEach(() => server?.close())

const refusal = (work: Promise<unknown>): Promise<Refusal | null> =>
  work.then(
    () => null,
    (error: Refusal) => error,
  )
const options = () =>
  server.gql<{ signInOptions: { passkeys: boolean } }>(null, '{ signInOptions { passkeys publicUrl } }')

describe('the first owner', () => {
  test('opens the printed link, makes a passkey, is signed in, and signs in anywhere else with it', async () => {
    expect((await options()).signInOptions.passkeys).toBe(false)
    const code = await firstLink(server)
    expect(await opens(server.gql, code)).toMatchObject({ kind: 'OWNER', rpId: 'localhost', invitedBy: 'this server' })
    const ann = await joins(server.gql, code)
    expect(ann).toMatchObject({ personName: 'Ann', rung: 'VIEW', awaitsTrust: true })
    expect((await options()).signInOptions.passkeys).toBe(true)
    const tablet = await signsIn(server.gql, ann)
    expect(tablet).toMatchObject({ ownerId: ann.ownerId, personName: 'Ann', rung: 'VIEW', awaitsTrust: true })
    expect(tablet.deviceId).not.toBe(ann.deviceId)
    const { viewer } = await server.gql<{ viewer: object }>(tablet.token, '{ viewer { name rung } }')
    expect(viewer).toEqual({ name: 'Ann', rung: 'VIEW' })
  })

  test('is one: of a hundred at once who open the same link one wins, and nobody else is somebody', async () => {
    const code = await firstLink(server)
    const tries = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const { nonce } = await opens(server.gql, code)
        return acceptance(
          { code, nonce },
          { authenticator: createAuthenticator({ origin: PAGE }), key: await newKey() },
        )
      }),
    )
    const ends = await Promise.all(tries.map((input) => refusal(accept(server.gql, input))))
    expect(ends.filter((end) => end === null)).toHaveLength(1)
    expect(new Set(ends.map((end) => end?.code))).toEqual(new Set([undefined, 'CODE_WRONG']))
    const { rows } = (await server.database.read((tx) =>
      tx.execute(sql`select count(*)::int as n from owner`),
    )) as unknown as { rows: { n: number }[] }
    expect(rows[0]?.n).toBe(1)
  })

  test('registration closes with them: a second printed link opens nothing, and none is printed', async () => {
    const first = await firstLink(server)
    const other = await server.database.transaction(async (tx) => {
      const { openFirstLink } = await import('../../../../server/auth/sign-in/links.ts')
      return openFirstLink(tx, { isAlone: false })
    })
    const { nonce } = await opens(server.gql, other ?? '')
    await joins(server.gql, first)
    expect((await refusal(opens(server.gql, first)))?.code).toBe('CODE_WRONG')
    expect((await refusal(opens(server.gql, other ?? '')))?.code).toBe('REGISTRATION_CLOSED')
    const input = await acceptance(
      { code: other ?? '', nonce },
      { authenticator: createAuthenticator({ origin: PAGE }), key: await newKey() },
    )
    expect((await refusal(accept(server.gql, input)))?.extensions).toMatchObject({
      ...{ code: 'REGISTRATION_CLOSED', level: 'server', remedy: expect.stringContaining('invitation') },
    })
    await expect(firstLink(server)).rejects.toThrow('has an owner')
  })

  test('may be whoever enrolled a workstation first: then the link opens nothing', async () => {
    const code = await firstLink(server)
    await server.enrolledHost()
    expect((await refusal(opens(server.gql, code)))?.code).toBe('REGISTRATION_CLOSED')
  })

  test('gets the workstation that is enrolled by the setup code after them', async () => {
    const ann = await joins(server.gql, await firstLink(server))
    const host = await server.enrolledHost()
    const { hosts } = await server.gql<{ hosts: { edges: { node: { id: string } }[] } }>(
      ann.token,
      '{ hosts { edges { node { id } } } }',
    )
    expect(hosts.edges.map(({ node }) => node.id)).toEqual([host.id])
  })
})

test('[T3] a passkey outlives its device: none is kept for one that was revoked while it was being made', async () => {
  const ann = await joins(server.gql, await firstLink(server))
  const begin = 'mutation($origin: String!) { beginSignInPasskey(origin: $origin) { challenge } }'
  type Begun = { beginSignInPasskey: { challenge: string } }
  const making = async () => {
    const { beginSignInPasskey } = await server.gql<Begun>(ann.token, begin, { origin: PAGE })
    const nonce = beginSignInPasskey.challenge
    const bytes = signInBytes({ nonce, origin: PAGE, deviceId: ann.deviceId })
    const passkey = createAuthenticator({ origin: PAGE }).create(await challengeOf(bytes))
    const confirmation = await confirms(server.gql, ann, ann.authenticator, 'add-passkey')
    return { name: 'Other', nonce, passkey, confirmation } as OwnPasskeyAsked
  }
  const [kept, late] = [await making(), await making()]
  const place = { database: server.database, bell: await createBell(null) }
  const { ownerId, deviceId } = ann
  const named = { deviceName: 'laptop', deviceKind: 'BROWSER', publicKey: ann.key.publicKey } as const
  const by = { kind: 'device', ownerId, deviceId, ...named, rung: 'VIEW' } as const
  expect((await addOwnPasskey(place, by, kept)).name).toBe('Other')
  await server.database.transaction((tx) => tx.execute(sql`update device set revoked_at = now()`))
  expect((await refusal(addOwnPasskey(place, by, late)))?.code).toBe('REVOKED')
})

describe('the way back of a first owner who has neither workstation nor passkey', () => {
  const wayBack = () => server.database.transaction(openWayBack)
  const hostsOf = async (token: string) =>
    (
      await server.gql<{ hosts: { edges: { node: { name: string; revokedAt: string | null } }[] } }>(
        token,
        '{ hosts { edges { node { name revokedAt } } } }',
      )
    ).hosts.edges.map(({ node }) => node)
  /** A workstation came by the setup code, a phone by its QR; then the workstation is gone, and nothing lets another in. */
  async function lockedOut() {
    const desk = await server.enrolledHost('desk')
    const phone = await server.pairedDevice({ host: desk, rung: 'FULL' })
    await server.gql(phone.token, 'mutation($id: ID!) { revokeHost(id: $id) { id } }', { id: desk.id })
    return phone
  }

  test('is none while nobody owns the server', async () => {
    expect(await wayBack()).toBeNull()
  })

  test('is a link that makes a passkey of theirs, and a code that enrols a workstation of theirs, each once', async () => {
    const phone = await lockedOut()
    const { linkCode, setupCode } = (await wayBack()) ?? { linkCode: '', setupCode: '' }
    expect(await opens(server.gql, linkCode)).toMatchObject({
      kind: 'PASSKEY',
      invitedBy: 'whoever runs this server',
    })
    const browser = await joins(server.gql, linkCode)
    const me = '{ viewer { id } }'
    expect(await server.gql(browser.token, me)).toEqual(await server.gql(phone.token, me))
    await enrol(server.gql, setupCode, 'attic')
    expect(await hostsOf(browser.token)).toContainEqual({ name: 'attic', revokedAt: null })
    expect((await refusal(opens(server.gql, linkCode)))?.code).toBe('CODE_WRONG')
    expect((await refusal(enrol(server.gql, setupCode, 'cellar')))?.code).toBe('CODE_WRONG')
  })

  test('asked for again ends the one before; the owner sees each of their links, and takes one back', async () => {
    const phone = await lockedOut()
    const first = await wayBack()
    const second = await wayBack()
    expect((await refusal(opens(server.gql, first?.linkCode ?? '')))?.message).toBe('This link was taken back.')
    expect((await refusal(enrol(server.gql, first?.setupCode ?? '', 'attic')))?.code).toBe('CODE_WRONG')
    type Listed = { invitations: { id: string; kind: string; state: string; createdByName: string }[] }
    const { invitations } = await server.gql<Listed>(phone.token, '{ invitations { id kind state createdByName } }')
    expect(invitations.map(({ kind, state }) => [kind, state])).toEqual([
      ['PASSKEY', 'OPEN'],
      ['PASSKEY', 'REVOKED'],
    ])
    const revoke = 'mutation($id: ID!) { revokeInvitation(id: $id) { state } }'
    await server.gql(phone.token, revoke, { id: invitations[0]?.id })
    expect((await refusal(opens(server.gql, second?.linkCode ?? '')))?.code).toBe('CODE_WRONG')
    await enrol(server.gql, second?.setupCode ?? '', 'attic')
  })

  test('stands however many invitations they have sent out', async () => {
    await lockedOut()
    await server.database.transaction(async (tx) => {
      const owner = await firstOwner(tx)
      const of = { ownerId: null, organisationId: null, createdBy: owner?.id ?? '', createdByName: 'Ann' }
      for (let n = 0; n < MOST_INVITATIONS; n++)
        await addInvitation(tx, { ...of, kind: 'PERSON', name: 'Bob', codeHash: `h${n}`, seconds: 60 })
    })
    const made = await wayBack()
    expect(await opens(server.gql, made?.linkCode ?? '')).toMatchObject({ kind: 'PASSKEY' })
  })

  test.each([
    ['is good for an hour, code and link: a minute before it is over', WAY_BACK_SECONDS - 60, true],
    ['is over after an hour, code and link', WAY_BACK_SECONDS, false],
    ['is over a second later', WAY_BACK_SECONDS + 1, false],
  ] as const)('%s', async (_what, seconds, isGood) => {
    expect(WAY_BACK_SECONDS).toBe(3600)
    await lockedOut()
    const { linkCode, setupCode } = (await wayBack()) ?? { linkCode: '', setupCode: '' }
    await server.database.transaction(async (tx) => {
      const past = sql`expires_at = expires_at - make_interval(secs => ${seconds})`
      await tx.execute(sql`update setup_code set ${past} where expires_at is not null`)
      await tx.execute(sql`update invitation set ${past}`)
    })
    const ends = [await refusal(opens(server.gql, linkCode)), await refusal(enrol(server.gql, setupCode, 'attic'))]
    if (isGood) return expect(ends).toEqual([null, null])
    expect(ends[0]?.message).toBe('This link has expired.')
    expect(ends[1]?.extensions).toMatchObject({
      ...{ code: 'CODE_WRONG', remedy: expect.stringContaining('offdesk recover') },
    })
  })

  test('is good after the start that follows, which may print a code of its own', async () => {
    await lockedOut()
    const made = await wayBack()
    await server.database.transaction(openSetup)
    await enrol(server.gql, made?.setupCode ?? '', 'attic')
  })

  test('[T3] is none for an owner whom their provider has deactivated, nor lets a code that stands their workstation in', async () => {
    await lockedOut()
    const owner = await server.database.read(firstOwner)
    const standing = await server.database.transaction(openSetup)
    const set = (active: boolean) =>
      server.database.transaction((tx) => tx.execute(sql`update scim_user set active = ${active}`))
    await server.database.transaction((tx) =>
      addScimUser(tx, {
        ...{ scopeId: '', ownerId: owner?.id ?? '', userName: 'ann', externalId: null, active: false },
        ...{ isLinked: true, data: '{}' },
      }),
    )
    expect((await refusal(wayBack()))?.code).toBe('REVOKED')
    expect((await refusal(enrol(server.gql, standing, 'attic')))?.code).toBe('REVOKED')
    await set(true)
    await enrol(server.gql, standing, 'attic')
  })

  test('[F5] is in the audit, without link or code', async () => {
    await lockedOut()
    const made = await wayBack()
    const { rows } = (await server.database.read((tx) =>
      tx.execute(sql`select * from audit_entry where action = 'owner.recover'`),
    )) as unknown as { rows: { owner_id: string; surface: string; outcome: string }[] }
    expect(rows).toEqual([expect.objectContaining({ owner_id: made?.owner.id, surface: 'SERVER', outcome: 'DONE' })])
    for (const secret of [made?.linkCode, made?.setupCode]) expect(JSON.stringify(rows)).not.toContain(secret)
  })
})
