/** [F6] [T3] A token that is revoked takes what it has made with it, at any remove; one that runs out does not. And an id that is known is no claim to its person (F1). */
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rowsOf } from '../../../server/db/rows.ts'
import type { Refusal } from '../../kit/ask.ts'
import { createGoverned, type Governed } from '../../kit/governed.ts'
import { startServer, type TestServer } from '../../kit/server.ts'
import { createsInvitation, joins } from '../../kit/sign-in.ts'

let server: TestServer
let at: Governed
beforeAll(async () => {
  server = await startServer({ publicUrl: 'https://desk.example.com' })
  at = await createGoverned(server)
}, 60_000)
afterAll(() => server?.close())

const made = async (name: string, by: string, scopeId: string | null = at.enterpriseId) =>
  at.makeToken({ name, scopes: ['TOKENS', 'MEMBERS', 'READ'], days: 1, ...(scopeId && { scopeId }) }, by)
const revoke = (id: string, keepsMade = false, by = at.admin) =>
  server.gql(by, 'mutation($id: ID!, $k: Boolean!) { revokeAdminToken(id: $id, keepsMade: $k) { id } }', {
    ...{ id, k: keepsMade },
  })
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: Refusal) => error.code,
  )
const asks = (token: string) => codeOf(server.gql(token, '{ thisAdminToken { id } }'))

test('who revokes a token ends what it has made and what that has made, their links too, and the audit says why', async () => {
  const root = await made('stolen', at.admin)
  const child = await made('child', root.token)
  const grandchild = await made('grandchild', child.token, at.organisationId)
  const beside = await made('beside', at.admin)
  const { code } = await createsInvitation(server.gql, grandchild.token, {
    ...{ name: 'Eve', organisationId: at.organisationId },
  })
  const listed = (
    await server.gql<{ adminTokens: { id: string; madeBy: string | null }[] }>(
      at.admin,
      '{ adminTokens { id madeBy } }',
    )
  ).adminTokens
  expect(listed.find(({ id }) => id === grandchild.adminToken.id)?.madeBy).toBe(child.adminToken.id)
  await revoke(root.adminToken.id)
  await expect
    .poll(async () => [await asks(root.token), await asks(child.token), await asks(grandchild.token)])
    .toEqual([...['REVOKED', 'REVOKED', 'REVOKED']])
  expect(await asks(beside.token)).toBeNull()
  expect(await codeOf(joins(server.gql, code, { personName: 'Eve' }))).toBe('CODE_WRONG')
  const noted = sql`select line from audit_entry where action = 'token.revoke' and target = ${grandchild.adminToken.id}`
  expect(rowsOf<{ line: string }>(await server.database.read((tx) => tx.execute(noted)))[0]?.line).toContain(
    `made by ${child.adminToken.id}, which was revoked`,
  )
})

test('one that was replaced by what it made may be revoked alone; one that runs out leaves it too', async () => {
  const old = await made('old', at.admin)
  const next = await made('next', old.token)
  await revoke(old.adminToken.id, true, next.token)
  await expect.poll(() => asks(old.token)).toBe('REVOKED')
  expect(await asks(next.token)).toBeNull()
  const late = await made('late', at.admin)
  const after = await made('after', late.token)
  await server.database.transaction((tx) =>
    tx.execute(sql`update admin_token set expires_at = now() where id = ${late.adminToken.id}`),
  )
  await expect.poll(() => asks(late.token)).toBe('CREDENTIAL_EXPIRED')
  expect(await asks(after.token)).toBeNull()
})

test('[F1] a token of an enterprise brings under whom it has invited or whom it knows, and nobody whose id it has merely seen', async () => {
  const people = await made('people', at.admin)
  const add = (token: string, ownerId: string, organisationId = at.organisationId) =>
    codeOf(
      server.gql(token, 'mutation($o: ID!, $p: ID!) { addMember(organisationId: $o, ownerId: $p) { ownerId } }', {
        ...{ o: organisationId, p: ownerId },
      }),
    )
  const remove = (ownerId: string) =>
    server.gql(at.admin, 'mutation($o: ID!, $p: ID!) { removeMember(organisationId: $o, ownerId: $p) }', {
      ...{ o: at.organisationId, p: ownerId },
    })
  const words = (document: string, variables: object) =>
    server.gql(people.token, document, variables).then(
      () => null,
      ({ code, message }: Refusal) => ({ code, message }),
    )
  // Nor does another door tell who is here: whom it does not reach, and who is nobody, are one answer.
  const isOneAnswer = async (document: string, id: string, nobody: string) => {
    const said = await words(document, { id })
    expect(said).toMatchObject({ code: 'NOT_FOUND' })
    expect(said).toEqual(await words(document, { id: nobody }))
  }
  const removing = `mutation($id: ID!) { removeMember(organisationId: "${at.organisationId}", ownerId: $id) }`
  await isOneAnswer(removing, at.ownerId, 'own_nobody')
  // They belong nowhere, and their id was seen somewhere.
  expect(await add(people.token, at.ownerId)).toBe('NOT_FOUND')
  expect(await add(people.token, 'own_nobody')).toBe('NOT_FOUND')
  // Somebody else's member is not told of either.
  const { createEnterprise } = await server.gql<{ createEnterprise: { id: string } }>(
    at.admin,
    'mutation { createEnterprise(name: "Other") { id } }',
  )
  const { createOrganisation } = await server.gql<{ createOrganisation: { id: string } }>(
    at.admin,
    'mutation($e: ID!) { createOrganisation(name: "Red", enterpriseId: $e) { id } }',
    { e: createEnterprise.id },
  )
  expect(await add(at.admin, at.ownerId, createOrganisation.id)).toBeNull()
  expect(await add(people.token, at.ownerId)).toBe('NOT_FOUND')
  await isOneAnswer('query($id: ID!) { memberDevices(ownerId: $id) { id } }', at.ownerId, 'own_nobody')
  const theirs = await made('theirs', at.admin, createEnterprise.id)
  await isOneAnswer('mutation($id: ID!) { revokeAdminToken(id: $id) { id } }', theirs.adminToken.id, 'adm_nobody')

  const link = await createsInvitation(server.gql, people.token, { name: 'Bob', organisationId: at.organisationId })
  const bob = await joins(server.gql, link.code, { personName: 'Bob' })
  await remove(bob.ownerId)
  expect(await add(people.token, bob.ownerId)).toBeNull()
  // Another enterprise's token has invited nobody of these.
  const others = await made('others', at.admin, createEnterprise.id)
  await remove(bob.ownerId)
  expect(await add(others.token, bob.ownerId, createOrganisation.id)).toBe('NOT_FOUND')
  expect(await add(at.admin, bob.ownerId)).toBeNull()
})
