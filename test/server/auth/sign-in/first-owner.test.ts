/** F9: the first owner by a printed one-time link, and from then on by a passkey in any browser. */

import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Refusal } from '../../../kit/ask.ts'
import { createAuthenticator } from '../../../kit/authenticator.ts'
import { startServer, type TestServer } from '../../../kit/server.ts'
import { accept, acceptance, firstLink, joins, newKey, opens, PAGE, signsIn } from '../../../kit/sign-in.ts'

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
