/** F9, T5: who has signed in may view; a machine takes orders of the device only after a key press, an endorsement, or a login that the person let in. */
import { eq, sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { randomText } from '../../../../protocol/bytes.ts'
import { sign } from '../../../../protocol/keys.ts'
import { endorsementBytes } from '../../../../protocol/pairing.ts'
import { rowsOf } from '../../../../server/db/rows.ts'
import { auditEntry } from '../../../../server/db/schema.ts'
import type { Refusal } from '../../../kit/ask.ts'
import { createGoverned } from '../../../kit/governed.ts'
import { asksToJoin } from '../../../kit/joining.ts'
import { steps } from '../../../kit/people.ts'
import { startServer, type TestServer } from '../../../kit/server.ts'
import { publishSession } from '../../../kit/session.ts'
import { createsInvitation, firstLink, invites, joins, opens, type Person, signsIn } from '../../../kit/sign-in.ts'

let server: TestServer
const gql: TestServer['gql'] = (...asked) => server.gql(...asked)
beforeEach(async () => {
  server = await startServer()
})
afterEach(() => server?.close())

const refusal = (work: Promise<unknown>): Promise<Refusal | null> =>
  work.then(
    () => null,
    (error: Refusal) => error,
  )
const prompt = (token: string, sessionId: string) =>
  gql(token, 'mutation($i: SendPromptInput!) { sendPrompt(input: $i) { id } }', {
    i: { sessionId, key: randomText(16), text: 'go on' },
  })
const me = async (token: string) =>
  (
    await gql<{ viewer: { rung: string; principal: { awaitsTrust: boolean; hostIds: string[] } } }>(
      token,
      '{ viewer { rung principal { ... on Device { awaitsTrust hostIds } } } }',
    )
  ).viewer

describe('a device on which its person signed in', () => {
  let ann: Person
  let host: Awaited<ReturnType<TestServer['enrolledHost']>>
  beforeEach(async () => {
    ann = await joins(gql, await firstLink(server))
    host = await server.enrolledHost()
  })

  test('sees the session, and is told what to do before it may steer it', async () => {
    const session = await publishSession(gql, host)
    const { sessions } = await gql<{ sessions: { edges: object[] } }>(
      ann.token,
      '{ sessions { edges { node { id } } } }',
    )
    expect(sessions.edges).toHaveLength(1)
    expect((await refusal(prompt(ann.token, session.id)))?.extensions).toMatchObject({
      ...{ code: 'RUNG_TOO_LOW', level: 'host', rule: 'a machine takes orders of devices that it trusts' },
      remedy: expect.stringContaining('offdesk devices trust'),
    })
    const queued = await gql<{ hostCommands: { commands: object[] } }>(
      host.token,
      'query($h: ID!) { hostCommands(hostId: $h) { commands { id } } }',
      { h: host.id },
    )
    expect(queued.hostCommands.commands).toEqual([])
  })

  test('steers once a host says that it trusts it; the first to say so sets the rung, and nobody raises it so again', async () => {
    const session = await publishSession(gql, host)
    const trust = 'mutation($id: ID!, $rung: Rung!) { trustDevice(id: $id, rung: $rung) { rung hostIds awaitsTrust } }'
    const trusted = await gql(host.token, trust, { id: ann.deviceId, rung: 'STEER' })
    expect(trusted).toEqual({ trustDevice: { rung: 'STEER', hostIds: [host.id], awaitsTrust: false } })
    await prompt(ann.token, session.id)
    await gql(ann.token, 'mutation($id: ID!) { setDeviceRung(id: $id, rung: ANSWER) { id } }', { id: ann.deviceId })
    await gql(host.token, trust, { id: ann.deviceId, rung: 'FULL' })
    expect((await me(ann.token)).rung).toBe('ANSWER')
    // Signing in again with the same key is no way up or down either.
    const again = await signsIn(gql, ann, { key: ann.key })
    expect(again).toMatchObject({ deviceId: ann.deviceId, rung: 'ANSWER', awaitsTrust: false })
    expect((await refusal(me(ann.token)))?.code).toBe('UNAUTHENTICATED')
  })

  test('is vouched for by a phone that the host trusts, at most with the phone’s rung', async () => {
    const phone = await server.pairedDevice({ host, rung: 'STEER' })
    const endorse = async (rung: string) => {
      const bytes = endorsementBytes({ hostId: host.id, deviceId: ann.deviceId, publicKey: ann.key.publicKey, rung })
      const signature = await sign(phone.keys.privateKey, bytes)
      const input = { deviceId: ann.deviceId, hostId: host.id, rung, signature }
      type Made = { endorseDevice: { id: string } }
      return gql<Made>(phone.token, 'mutation($i: EndorseDeviceInput!) { endorseDevice(input: $i) { id } }', {
        i: input,
      })
    }
    expect((await refusal(endorse('FULL')))?.code).toBe('RUNG_TOO_LOW')
    const { endorseDevice } = await endorse('STEER')
    expect((await me(ann.token)).rung).toBe('VIEW')
    await gql(host.token, 'mutation($h: ID!, $ids: [ID!]!) { acknowledgeCommands(hostId: $h, ids: $ids) { id } }', {
      ...{ h: host.id, ids: [endorseDevice.id] },
    })
    const settle = 'mutation($i: SettleCommandInput!) { settleCommand(input: $i) { id } }'
    await gql(host.token, settle, { i: { commandId: endorseDevice.id, state: 'APPLIED' } })
    expect(await me(ann.token)).toMatchObject({ rung: 'STEER', principal: { awaitsTrust: false, hostIds: [host.id] } })
  })

  test('becomes a paired one by a QR, with the key that it has', async () => {
    const step = steps(gql)
    const opened = await step.open(host, 'ANSWER')
    const { token, pairing } = await step.claim(opened.code, ann.token)
    const { publicKey } = ann.key
    await step.join(token, { pairingId: pairing.id, publicKey, nonce: randomText(32), name: 'laptop' })
    await step.reveal(host.token, pairing.id, opened.nonce)
    await step.confirm(host.token, pairing.id)
    expect(await me(token)).toMatchObject({ rung: 'ANSWER', principal: { awaitsTrust: false, hostIds: [host.id] } })
  })
})

describe('[T4] offdesk login, for somebody who has a passkey and nothing else', () => {
  const confirm = (token: string, id: string, assertion?: object) =>
    gql(token, 'mutation($id: ID!, $a: AssertionInput) { confirmPairing(id: $id, assertion: $a) { state } }', {
      ...{ id, a: assertion ?? null },
    })

  test('the machine is let in with the passkey over that very pairing, and then trusts the browser', async () => {
    const ann = await joins(gql, await firstLink(server))
    const device = { publicKey: ann.key.publicKey, token: ann.token }
    const joining = await asksToJoin(gql, device)
    const { pairingId: id, challenge } = joining
    const { authenticator } = ann
    expect((await refusal(confirm(ann.token, id)))?.code).toBe('PASSKEY_REQUIRED')
    const wrong = {
      'without its person': authenticator.get(challenge, { verifies: false }),
      'for another machine': authenticator.get((await asksToJoin(gql, device)).challenge),
      'of another page': authenticator.get(challenge, { origin: 'https://evil.example' }),
    }
    for (const [what, assertion] of Object.entries(wrong))
      expect((await refusal(confirm(ann.token, id, assertion)))?.code, what).toBe('PASSKEY_WRONG')
    // It counts, and was used elsewhere as often: refused, and the audit keeps it though nothing of the pairing is kept.
    await signsIn(gql, ann, { as: { count: 7 } })
    expect((await refusal(confirm(ann.token, id, authenticator.get(challenge, { count: 7 }))))?.message).toContain(
      'copied',
    )
    const noted = sql`select 1 from audit_entry where owner_id = ${ann.ownerId} and action = 'sign-in' and rule like '%only rises'`
    expect(rowsOf(await server.database.read((tx) => tx.execute(noted)))).toHaveLength(1)
    await confirm(ann.token, id, authenticator.get(challenge, { count: 8 }))
    const host = await joining.becomes()
    const trust = 'mutation($id: ID!) { trustDevice(id: $id, rung: FULL) { rung } }'
    await gql(host.token, trust, { id: ann.deviceId })
    const session = await publishSession(gql, host)
    await prompt(ann.token, session.id)
  })

  test('[F3] a phone that may only steer lets it in with its person’s passkey; while there is none, it is told what makes one', async () => {
    const host = await server.enrolledHost()
    const phone = await server.pairedDevice({ host, rung: 'STEER' })
    type Seen = { viewer: { doors: { whyNotEnrol: { code: string; remedy: string } | null } } }
    const why = async () =>
      (await gql<Seen>(phone.token, '{ viewer { doors { whyNotEnrol { code remedy } } } }')).viewer.doors.whyNotEnrol
    expect(await why()).toEqual({ code: 'RUNG_TOO_LOW', remedy: expect.stringContaining('offdesk invite --myself') })
    expect((await refusal(asksToJoin(gql, phone)))?.extensions).toMatchObject({ ...(await why()) })
    const { code } = await createsInvitation(gql, host.token, { name: 'me', kind: 'PASSKEY' })
    const elsewhere = await joins(gql, code)
    expect(await why()).toBeNull()
    const { pairingId, challenge, becomes } = await asksToJoin(gql, phone)
    await confirm(phone.token, pairingId, elsewhere.authenticator.get(challenge))
    expect((await becomes()).name).toBe('laptop')
  })

  test('another person’s passkey lets nothing in, nor a browser whose person has none', async () => {
    const ann = await joins(gql, await firstLink(server))
    const host = await server.enrolledHost()
    const { code } = await createsInvitation(gql, host.token, { name: 'Bob' })
    const bob = await joins(gql, code, { personName: 'Bob' })
    const { pairingId, challenge } = await asksToJoin(gql, { publicKey: ann.key.publicKey, token: ann.token })
    expect((await refusal(confirm(ann.token, pairingId, bob.authenticator.get(challenge))))?.code).toBe('PASSKEY_WRONG')
    expect((await refusal(confirm(bob.token, pairingId, bob.authenticator.get(challenge))))?.code).toBe('NOT_FOUND')
  })
})

test('[F3] who may not invite is told so before they try, in the words of the refusal', async () => {
  const ann = await joins(gql, await firstLink(server))
  const bob = await joins(gql, (await invites(gql, ann)).code, { personName: 'Bob' })
  type Seen = { viewer: { doors: { whyNotInvite: object | null } } }
  const why = async (token: string) =>
    (await gql<Seen>(token, '{ viewer { doors { whyNotInvite { code message rule level owner remedy } } } }')).viewer
      .doors.whyNotInvite
  expect(await why(ann.token)).toBeNull()
  const refused = await refusal(invites(gql, bob))
  expect(await why(bob.token)).toEqual({ ...refused?.extensions, message: refused?.message })
})

describe('people of organisations', () => {
  test('are invited by an admin with MEMBERS, into that organisation, and ended by its provider', async () => {
    const ann = await createGoverned(server)
    const { organisationId, admin } = ann
    const input = { name: 'Bob', organisationId }
    expect((await refusal(createsInvitation(gql, admin, { name: 'Bob' })))?.code).toBe('BAD_INPUT')
    const reader = await ann.makeToken({ name: 'reader', scopes: ['READ'], days: 1 }, admin)
    expect((await refusal(createsInvitation(gql, reader.token, input)))?.code).toBe('SCOPE_MISSING')
    const link = await createsInvitation(gql, admin, input)
    const bob = await joins(gql, link.code, { personName: 'Bob' })
    const { organisations } = await gql<{ organisations: { members: { edges: { node: { ownerId: string } }[] } }[] }>(
      admin,
      '{ organisations { members { edges { node { ownerId } } } } }',
    )
    expect(organisations[0]?.members.edges.map(({ node }) => node.ownerId)).toContain(bob.ownerId)
    const scim = (body: object) =>
      fetch(`${server.url}/scim/v2/Users`, {
        method: 'POST',
        headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/scim+json' },
        body: JSON.stringify({
          ...{ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'bob', ...body },
          'urn:offdesk:params:scim:schemas:extension:2.0:User': { ownerId: bob.ownerId },
        }),
      })
    const answer = await scim({ active: false })
    expect(answer.status, await answer.text()).toBe(201)
    expect((await refusal(gql(bob.token, '{ viewer { name } }')))?.code).toBe('REVOKED')
    const refused = await refusal(signsIn(gql, bob))
    expect(refused?.extensions).toMatchObject({ code: 'REVOKED', level: 'organisation' })
    const inviter = await ann.makeToken({ name: 'people', scopes: ['MEMBERS'], days: 1 }, admin)
    const [open, used] = [
      await createsInvitation(gql, inviter.token, { ...input, hours: 72 }),
      await createsInvitation(gql, inviter.token, input),
    ]
    await joins(gql, used.code, { personName: 'Cleo' })
    await gql(admin, 'mutation($id: ID!) { revokeAdminToken(id: $id) { id } }', { id: inviter.adminToken.id })
    expect((await refusal(opens(gql, open.code)))?.code).toBe('CODE_WRONG')
    const list = '{ invitations { id state expiresAt } }'
    type Listed = { invitations: { id: string; state: string; expiresAt: string }[] }
    const { invitations } = await gql<Listed>(admin, list)
    const state = (id: string) => invitations.find((one) => one.id === id)?.state
    expect([state(open.id), state(used.id)]).toEqual(['REVOKED', 'USED'])
    const listed = invitations.find(({ id }) => id === open.id)
    expect(new Date(listed?.expiresAt ?? 0).getTime()).toBeLessThan(Date.now() + 25 * 3600_000)
    const noted = await server.database.read((tx) =>
      tx.select().from(auditEntry).where(eq(auditEntry.action, 'invitation.revoke')),
    )
    expect(noted).toMatchObject([
      { target: open.id, actorName: 'root', line: `PERSON: token ${inviter.adminToken.id} was revoked` },
    ])
  })
})
