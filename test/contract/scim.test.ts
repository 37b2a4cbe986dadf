/** SCIM 2.0 as an identity provider speaks it, over real HTTP and on both databases (RFC 7643, 7644; T3, F1). */
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditEntry } from '../../server/db/schema.ts'
import { createGoverned, type Governed } from '../kit/governed.ts'
import { startServer, type TestServer } from '../kit/server.ts'
import { type Place, places } from './place.ts'

const OURS = 'urn:offdesk:params:scim:schemas:extension:2.0:User'
const patch = (...Operations: object[]) => ({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations })

type Shown = { groups: { value: string }[]; displayName?: string; externalId?: string }
type User = Shown & { id: string; userName: string; active: boolean }
type Group = { id: string; displayName: string; members?: { value: string; display: string }[] }
type List<T> = { totalResults: number; startIndex: number; itemsPerPage: number; Resources: T[] }
type Problem = { status: string; detail: string; scimType?: string; schemas: string[] }

describe.each(places)('SCIM on %s', (_name, open) => {
  let place: Place
  let at: TestServer
  let governed: Governed
  let token: string

  const call = async <T>(method: string, path: string, body?: object | string, as: string | null = token) => {
    const headers: Record<string, string> = {
      ...(as && { authorization: `Bearer ${as}` }),
      ...(body && { 'content-type': 'application/scim+json' }),
    }
    const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
    const response = await fetch(`${at.url}/scim/v2${path}`, { method, headers, ...sent })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: (text === '' ? null : JSON.parse(text)) as T }
  }
  const made = async (userName: string, more: object = {}) =>
    (await call<User>('POST', '/Users', { userName, ...more })).body

  beforeAll(async () => {
    place = await open()
    at = await startServer({ database: place.database })
    governed = await createGoverned(at)
    token = (
      await governed.makeToken(
        { name: 'idp', scopes: ['SCIM'], days: 1, scopeId: governed.enterpriseId },
        governed.admin,
      )
    ).token
  })
  afterAll(async () => {
    await at?.close()
    await place?.close()
  })

  it('is open to a token with that scope alone, and says no in its own form', async () => {
    for (const [as, status] of [
      [null, 401],
      ['oda_wrong', 401],
      [governed.phone.token, 401],
      [governed.host.token, 401],
    ] as const) {
      const said = await call<Problem>('GET', '/Users', undefined, as)
      expect([said.status, said.body.status]).toEqual([status, String(status)])
      expect(said.body.schemas).toEqual(['urn:ietf:params:scim:api:messages:2.0:Error'])
      expect(said.headers.get('www-authenticate')).toBe('Bearer')
    }
    const other = await governed.makeToken({ name: 'reader', scopes: ['READ'], days: 1 }, governed.admin)
    expect((await call<Problem>('GET', '/Users', undefined, other.token)).status).toBe(403)
    const config = await call<{ patch: object }>('GET', '/ServiceProviderConfig')
    expect([config.status, config.headers.get('content-type'), config.body.patch]).toEqual([
      200,
      'application/scim+json; charset=utf-8',
      { supported: true },
    ])
    expect((await call<List<object>>('GET', '/ResourceTypes')).body.totalResults).toBe(2)
    for (const path of ['/Nothing', '/Users/a/b', '/Users/usr_none']) expect((await call('GET', path)).status).toBe(404)
    expect((await call('DELETE', '/Users')).status).toBe(405)
  })

  it('a person is made, found by name and by the provider’s id, changed and replaced', async () => {
    const asked = {
      schemas: ['x'],
      userName: 'Ada@Acme.example',
      externalId: 'ext-1',
      name: { givenName: 'Ada', familyName: 'L' },
      emails: [{ value: 'ada@acme.example', type: 'work', primary: true }],
      password: 'never kept',
    }
    const created = await call<User>('POST', '/Users', asked)
    expect(created.status).toBe(201)
    const { id } = created.body
    expect(created.headers.get('location')).toBe(`${at.url}/scim/v2/Users/${id}`)
    expect(created.body).toMatchObject({
      userName: 'Ada@Acme.example',
      active: true,
      groups: [],
      meta: { resourceType: 'User', version: 'W/"1"' },
    })
    expect(JSON.stringify(created.body)).not.toContain('never kept')
    const again = await call<Problem>('POST', '/Users', { userName: 'ADA@acme.example' })
    expect([again.status, again.body.scimType]).toEqual([409, 'uniqueness'])
    for (const filter of [
      'userName eq "ada@ACME.example"',
      'externalId eq "ext-1"',
      'userName Eq "ada@acme.example" and active eq true',
      `id eq "${id}"`,
    ]) {
      const found = await call<List<User>>('GET', `/Users?filter=${encodeURIComponent(filter)}`)
      expect(found.body, filter).toMatchObject({ totalResults: 1, startIndex: 1, itemsPerPage: 1, Resources: [{ id }] })
    }
    const none = await call<List<User>>('GET', `/Users?filter=${encodeURIComponent('userName eq "nobody"')}`)
    expect(none.body).toMatchObject({ totalResults: 0, itemsPerPage: 0, Resources: [] })
    const changed = await call<User>(
      'PATCH',
      `/Users/${id}`,
      patch(
        { op: 'Replace', path: 'name.givenName', value: 'Augusta' },
        { op: 'add', value: { displayName: 'A. L.', title: 'not kept' } },
        { op: 'replace', path: 'emails[type eq "work"].value', value: 'a@acme.example' },
      ),
    )
    expect(changed.body).toMatchObject({
      displayName: 'A. L.',
      name: { givenName: 'Augusta', familyName: 'L' },
      emails: [{ value: 'a@acme.example' }],
      meta: { version: 'W/"2"' },
    })
    const replaced = await call<User>('PUT', `/Users/${id}`, { userName: 'ada@acme.example', active: true })
    expect(replaced.body).toMatchObject({ userName: 'ada@acme.example' })
    expect(replaced.body.displayName).toBeUndefined()
    expect(replaced.body.externalId).toBeUndefined()
  })

  it('pages through many, and shows no other provider’s', async () => {
    for (let n = 0; n < 5; n += 1) await made(`page-${n}@acme.example`)
    const all = (await call<List<User>>('GET', '/Users?count=0')).body
    expect(all).toMatchObject({ itemsPerPage: 0, Resources: [] })
    const seen: string[] = []
    for (let from = 1; from <= all.totalResults; from += 2) {
      const page = (await call<List<User>>('GET', `/Users?startIndex=${from}&count=2`)).body
      expect(page).toMatchObject({ startIndex: from, totalResults: all.totalResults })
      seen.push(...page.Resources.map(({ id }) => id))
    }
    expect(new Set(seen).size).toBe(all.totalResults)
    type Made = { createOrganisation: { id: string } }
    const { createOrganisation } = await at.gql<Made>(
      governed.admin,
      'mutation { createOrganisation(name: "Elsewhere") { id } }',
    )
    const foreign = (
      await governed.makeToken(
        { name: 'other', scopes: ['SCIM'], days: 1, scopeId: createOrganisation.id },
        governed.admin,
      )
    ).token
    expect((await call<List<User>>('GET', '/Users', undefined, foreign)).body.totalResults).toBe(0)
    const theirs = await call<User>('POST', '/Users', { userName: 'page-0@acme.example' }, foreign)
    expect([theirs.status, theirs.body.groups.map(({ value }) => value)]).toEqual([201, [createOrganisation.id]])
    for (const method of ['GET', 'DELETE'])
      expect((await call(method, `/Users/${seen[0]}`, undefined, foreign)).status).toBe(404)
    expect(
      (await call('PATCH', `/Users/${seen[0]}`, patch({ op: 'replace', path: 'active', value: false }), foreign))
        .status,
    ).toBe(404)
    expect((await call('POST', '/Groups', { displayName: 'Blue' }, foreign)).status).toBe(403)
  })

  it('groups are organisations: members come under their policy and are let go, one at a time or all', async () => {
    const [ann, bob] = [await made('ann@acme.example'), await made('bob@acme.example')]
    const blue = await call<Group>('POST', '/Groups', { displayName: 'Blue', members: [{ value: ann.id }] })
    expect([blue.status, blue.body.id]).toEqual([201, governed.organisationId])
    expect(blue.body.members?.map(({ value }) => value)).toEqual([ann.id])
    expect((await call<Problem>('POST', '/Groups', { displayName: 'Blue' })).body.scimType).toBe('uniqueness')
    const green = (await call<Group>('POST', '/Groups', { displayName: 'Green', externalId: 'g-2' })).body
    const at1 = `/Groups/${governed.organisationId}`
    await call('PATCH', at1, patch({ op: 'Add', path: 'members', value: [{ value: bob.id }] }))
    expect((await call<User>('GET', `/Users/${bob.id}`)).body.groups.map(({ value }) => value)).toEqual([
      governed.organisationId,
    ])
    // A person belongs to one organisation: providers add before they remove.
    await call('PATCH', `/Groups/${green.id}`, patch({ op: 'add', path: 'members', value: [{ value: bob.id }] }))
    expect((await call('PATCH', at1, patch({ op: 'remove', path: `members[value eq "${bob.id}"]` }))).status).toBe(200)
    expect((await call<Group>('GET', `/Groups/${green.id}`)).body.members?.map(({ value }) => value)).toEqual([bob.id])
    type Members = { organisations: { id: string; members: { edges: { node: { name: string } }[] } }[] }
    const { organisations } = await at.gql<Members>(
      governed.admin,
      '{ organisations { id members(first: 10) { edges { node { name } } } } }',
    )
    const blues = organisations.find((one) => one.id === governed.organisationId)
    expect(blues?.members.edges.map(({ node }) => node.name)).toEqual(['ann@acme.example'])
    await call('PUT', at1, { displayName: 'Blue', members: [] })
    expect((await call<Group>('GET', at1)).body.members).toEqual([])
    const found = await call<List<Group>>(
      'GET',
      `/Groups?filter=${encodeURIComponent('displayName eq "Green"')}&excludedAttributes=members`,
    )
    expect(found.body.Resources).toMatchObject([{ id: green.id }])
    expect(found.body.Resources[0]?.members).toBeUndefined()
    const wrong = await call<Problem>(
      'PATCH',
      at1,
      patch({ op: 'add', path: 'members', value: [{ value: 'usr_nobody' }] }),
    )
    expect([wrong.status, wrong.body.scimType]).toEqual([400, 'invalidValue'])
    expect((await call('DELETE', `/Groups/${green.id}`)).status).toBe(204)
    expect((await call<User>('GET', `/Users/${bob.id}`)).body.groups).toEqual([])
  })

  it('[T3] who is deactivated holds nothing any more: sockets, devices, hosts and their sessions’ credentials', async () => {
    const { host, phone, session, ownerId } = governed
    const live = at.subscribe(phone.token, 'subscription { sessionsChanged { isSnapshot } }')
    await live.next()
    const poll = at.ask(host.token, 'query($h: ID!) { hostCommands(hostId: $h, waitSeconds: 20) { after } }', {
      h: host.id,
    })
    await governed.join()
    const { id } = await made('owner@acme.example', { [OURS]: { ownerId } })
    // As Azure says it.
    const said = await call<User>('PATCH', `/Users/${id}`, patch({ op: 'Replace', path: 'active', value: 'False' }))
    expect(said.body).toMatchObject({ id, active: false })
    expect(await live.whyEnded()).toBe('REVOKED')
    await poll.catch(() => undefined)
    for (const dead of [phone.token, host.token, session.token]) {
      await expect(at.gql(dead, '{ viewer { id } }')).rejects.toMatchObject({ code: 'REVOKED' })
    }
    await expect(host.mint()).rejects.toThrow()
    // Let in again they are a person without devices; what was ended stays so.
    expect(
      (await call<User>('PATCH', `/Users/${id}`, patch({ op: 'replace', value: { active: true } }))).body.active,
    ).toBe(true)
    await expect(at.gql(phone.token, '{ viewer { id } }')).rejects.toMatchObject({ code: 'REVOKED' })
    const noted = await place.database.read((tx) =>
      tx.select({ action: auditEntry.action }).from(auditEntry).where(eq(auditEntry.ownerId, ownerId)),
    )
    expect(noted.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['host.revoke', 'device.revoke', 'scim.user.deactivate']),
    )
    expect((await call('DELETE', `/Users/${id}`)).status).toBe(204)
    expect((await call('GET', `/Users/${id}`)).status).toBe(404)
  })

  it('only people within its reach are linked, and what is wrong is said without harm', async () => {
    type Enterprise = { createEnterprise: { id: string } }
    const { createEnterprise } = await at.gql<Enterprise>(
      governed.admin,
      'mutation { createEnterprise(name: "Other") { id } }',
    )
    const foreign = (
      await governed.makeToken({ name: 'o', scopes: ['SCIM'], days: 1, scopeId: createEnterprise.id }, governed.admin)
    ).token
    const linked = await call<Problem>(
      'POST',
      '/Users',
      { userName: 'thief@x', [OURS]: { ownerId: governed.ownerId } },
      foreign,
    )
    expect(linked.status).toBe(404)
    const { id } = await made('last@acme.example')
    const wrong: [string, string, object | string, number, string | undefined][] = [
      ['POST', '/Users', '{', 400, 'invalidSyntax'],
      ['POST', '/Users', {}, 400, 'invalidValue'],
      ['POST', '/Users', { userName: 'x'.repeat(1000) }, 400, 'invalidValue'],
      ['PATCH', `/Users/${id}`, patch({ op: 'replace', path: 'password', value: 'x' }), 400, 'invalidPath'],
      ['PATCH', `/Users/${id}`, patch({ op: 'explode' }), 400, 'invalidValue'],
      ['PATCH', `/Users/${id}`, patch({ op: 'remove' }), 400, 'noTarget'],
      [
        'PATCH',
        `/Users/${id}`,
        patch({ op: 'replace', path: 'userName', value: 'ann@acme.example' }),
        409,
        'uniqueness',
      ],
      ['POST', '/Users', { userName: 'big', displayName: 'x'.repeat(1_100_000) }, 413, undefined],
    ]
    for (const [method, path, body, status, scimType] of wrong) {
      const said = await call<Problem>(method, path, body)
      expect([said.status, said.body.scimType], `${method} ${JSON.stringify(body).slice(0, 80)}`).toEqual([
        status,
        scimType,
      ])
    }
    const filters = ['password eq "x"', 'userName eq', '(userName eq "a"', '"'.repeat(900), 'userName eq "\\"']
    for (const filter of filters) {
      const said = await call<Problem>('GET', `/Users?filter=${encodeURIComponent(filter)}`)
      expect([said.status, said.body.scimType], filter).toEqual([400, 'invalidFilter'])
    }
    expect(at.logged).toEqual([])
  })
})
