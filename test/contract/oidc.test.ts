/** Single sign-on of an organisation, against a real provider and on both databases: who is let in, as whom, and what ends when they leave (F9, T3, F1). */
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditEntry } from '../../server/db/schema.ts'
import { createGoverned, type Governed } from '../kit/governed.ts'
import { createOidcBrowser, type SignedIn } from '../kit/oidc-browser.ts'
import { createOidcProvider, type OidcProvider, operatorsFile } from '../kit/oidc-provider.ts'
import { startServer, type TestServer } from '../kit/server.ts'
import { type Place, places } from './place.ts'

type User = { id: string }
const OURS = 'urn:offdesk:params:scim:schemas:extension:2.0:User'
const patch = (...Operations: object[]) => ({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations })

describe.each(places)('single sign-on on %s', (_name, open) => {
  let place: Place
  let at: TestServer
  let governed: Governed
  let provider: OidcProvider
  let file: Awaited<ReturnType<typeof operatorsFile>>
  let scim: string
  let origin: string

  const sets = (more: object = {}) =>
    at.gql(
      governed.admin,
      'mutation($input: SetOidcConnectionInput!) { setOidcConnection(input: $input) { organisationId createsPersons clientAuthentication redirectPath } }',
      {
        input: {
          ...{ organisationId: governed.organisationId, handle: 'acme', issuer: provider.issuer, clientId: 'offdesk' },
          ...more,
        },
      },
    )
  const signsIn = async (sub: string): Promise<SignedIn> =>
    (await createOidcBrowser(at.gql, origin)).signsIn('acme', (url) => provider.signsIn(url, sub))
  const call = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const headers = { authorization: `Bearer ${scim}`, 'content-type': 'application/scim+json' }
    const response = await fetch(`${at.url}/scim/v2${path}`, {
      ...{ method, headers },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${text}`)
    return (text === '' ? null : JSON.parse(text)) as T
  }
  const actions = async (ownerId: string) =>
    (
      await place.database.read((tx) =>
        tx
          .select({ action: auditEntry.action, chain: auditEntry.chain })
          .from(auditEntry)
          .where(eq(auditEntry.ownerId, ownerId)),
      )
    ).map(({ action }) => action)

  beforeAll(async () => {
    place = await open()
    provider = await createOidcProvider()
    file = await operatorsFile({ [provider.issuer]: { isPrivate: true } })
    at = await startServer({ database: place.database, oidc: { providersFile: file.path } })
    origin = `http://localhost:${at.port}`
    governed = await createGoverned(at)
    scim = (
      await governed.makeToken(
        { name: 'idp', scopes: ['SCIM'], days: 1, scopeId: governed.enterpriseId },
        governed.admin,
      )
    ).token
    await provider.knows({ id: 'offdesk', redirectUris: [`${origin}/sign-in/oidc/${governed.organisationId}`] })
  })
  afterAll(async () => {
    await at?.close()
    await provider?.close()
    await file?.remove()
    await place?.close()
  })

  it('[F9] a first sign-in makes a person of the organisation; the next one, elsewhere, is the same person', async () => {
    expect(await sets()).toEqual({
      setOidcConnection: {
        ...{ organisationId: governed.organisationId, createsPersons: true, clientAuthentication: 'PUBLIC' },
        redirectPath: `/sign-in/oidc/${governed.organisationId}`,
      },
    })
    provider.says('ada', { name: 'Ada Lovelace', email: 'owner@acme.example' })
    const first = await signsIn('ada')
    expect(first).toMatchObject({ personName: 'Ada Lovelace', deviceName: 'laptop', rung: 'VIEW', awaitsTrust: true })
    const { viewer } = await at.gql<{ viewer: { id: string } }>(first.token, '{ viewer { id } }')
    expect(viewer.id).toBe(first.ownerId)
    const { effectivePolicy } = await at.gql<{ effectivePolicy: { remoteControl: string } }>(
      first.token,
      '{ effectivePolicy { remoteControl } }',
    )
    expect(effectivePolicy.remoteControl).toBe('OFF')
    // The same name and address at the provider, and another subject: somebody else.
    provider.says('other', { name: 'Ada Lovelace', email: 'owner@acme.example' })
    const other = await signsIn('other')
    expect(other.ownerId).not.toBe(first.ownerId)
    const again = await signsIn('ada')
    expect(again.ownerId).toBe(first.ownerId)
    expect(again.deviceId).not.toBe(first.deviceId)
    expect(await actions(first.ownerId)).toEqual(
      expect.arrayContaining(['person.register', 'member.add', 'oidc.link', 'sign-in']),
    )
  })

  it('[T3] who is removed from the organisation loses what came by it: whoever it made ends whole, sockets first', async () => {
    const eve = await signsIn('eve')
    const live = at.subscribe(eve.token, 'subscription { sessionsChanged { isSnapshot } }')
    await live.next()
    await at.gql(governed.admin, 'mutation($o: ID!, $p: ID!) { removeMember(organisationId: $o, ownerId: $p) }', {
      ...{ o: governed.organisationId, p: eve.ownerId },
    })
    expect(await live.whyEnded()).toBe('REVOKED')
    await expect(at.gql(eve.token, '{ viewer { id } }')).rejects.toMatchObject({ code: 'REVOKED' })
    // Not made anew: the organisation knows them, and has let them go.
    await expect(signsIn('eve')).rejects.toMatchObject({ code: 'SIGN_IN_PERSON' })
    expect(await actions(eve.ownerId)).toContain('device.revoke')
  })

  it('[5b] with SCIM nobody is made: who is provisioned is signed in as that person, until they are deactivated', async () => {
    const group = await call<User>('POST', '/Groups', { displayName: 'Blue' })
    expect(group.id).toBe(governed.organisationId)
    const { id } = await call<User>('POST', '/Users', { userName: 'grace@acme.example', externalId: 'grace-at-idp' })
    expect(await sets()).toMatchObject({ setOidcConnection: { createsPersons: false } })
    await expect(signsIn('stranger')).rejects.toMatchObject({ code: 'SIGN_IN_PERSON' })
    // Provisioned, and in no organisation that this provider signs in to.
    await expect(signsIn('grace-at-idp')).rejects.toMatchObject({ code: 'SIGN_IN_PERSON' })
    const member = { op: 'add', path: 'members', value: [{ value: id }] }
    await call('PATCH', `/Groups/${group.id}`, patch(member))
    const grace = await signsIn('grace-at-idp')
    const shown = await call<{ [OURS]: { ownerId: string } }>('GET', `/Users/${id}`)
    expect(grace.ownerId).toBe(shown[OURS].ownerId)
    const live = at.subscribe(grace.token, 'subscription { sessionsChanged { isSnapshot } }')
    await live.next()
    await call('PATCH', `/Users/${id}`, patch({ op: 'replace', path: 'active', value: false }))
    expect(await live.whyEnded()).toBe('REVOKED')
    await expect(signsIn('grace-at-idp')).rejects.toMatchObject({ code: 'SIGN_IN_PERSON' })
    await call('PATCH', `/Users/${id}`, patch({ op: 'replace', path: 'active', value: true }))
    const back = await signsIn('grace-at-idp')
    expect([back.ownerId, back.deviceId === grace.deviceId]).toEqual([grace.ownerId, false])
    // Out of the group: what came by the sign-in ends, the person stays.
    await call('PATCH', `/Groups/${group.id}`, patch({ ...member, op: 'remove' }))
    await expect(at.gql(back.token, '{ viewer { id } }')).rejects.toMatchObject({ code: 'REVOKED' })
    // Removed, and provisioned anew: the same account there, another person here.
    await call('DELETE', `/Users/${id}`)
    await expect(signsIn('grace-at-idp')).rejects.toMatchObject({ code: 'SIGN_IN_PERSON' })
    const fresh = await call<User>('POST', '/Users', { userName: 'grace@acme.example', externalId: 'grace-at-idp' })
    await call('PATCH', `/Groups/${group.id}`, patch({ ...member, value: [{ value: fresh.id }] }))
    expect((await signsIn('grace-at-idp')).ownerId).not.toBe(grace.ownerId)
  })

  it('[F7] whoever was here before the organisation knew them is not its to sign in, whatever id SCIM gives them', async () => {
    await governed.join()
    const linked = { userName: 'founder@acme.example', externalId: 'founder', [OURS]: { ownerId: governed.ownerId } }
    const { id } = await call<User>('POST', '/Users', linked)
    await expect(signsIn('founder')).rejects.toMatchObject({ code: 'SIGN_IN_PERSON' })
    // Nor by the name and address that they have at both ends.
    provider.says('thief', {
      name: 'founder@acme.example',
      email: 'founder@acme.example',
      preferred_username: 'founder',
    })
    await expect(signsIn('thief')).rejects.toMatchObject({ code: 'SIGN_IN_PERSON' })
    await call('DELETE', `/Users/${id}`)
  })

  it('Entra’s object id, and claims that must hold, are what the connection says they are', async () => {
    const { id } = await call<User>('POST', '/Users', { userName: 'lin@acme.example', externalId: 'object-7' })
    await call(
      'PATCH',
      `/Groups/${governed.organisationId}`,
      patch({ op: 'add', path: 'members', value: [{ value: id }] }),
    )
    await sets({ externalIdClaim: 'OID', requiredClaims: [{ name: 'groups', value: 'developers' }] })
    provider.says('pairwise-1', { oid: 'object-7', groups: ['sales'] })
    await expect(signsIn('pairwise-1')).rejects.toMatchObject({ code: 'SIGN_IN_PERSON' })
    provider.says('pairwise-1', { oid: 'object-7', groups: ['sales', 'developers'] })
    const lin = await signsIn('pairwise-1')
    // Their subject is not an id of SCIM's here.
    provider.says('object-7', { groups: ['developers'] })
    await expect(signsIn('object-7')).rejects.toMatchObject({ code: 'SIGN_IN_PERSON' })
    // What must hold is asked each time.
    provider.says('pairwise-1', { oid: 'object-7' })
    await expect(signsIn('pairwise-1')).rejects.toMatchObject({ code: 'SIGN_IN_PERSON' })
    expect((await at.gql<{ viewer: { id: string } }>(lin.token, '{ viewer { id } }')).viewer.id).toBe(lin.ownerId)
    await sets()
  })

  it('[E4] what was begun at one process of this server ends at another, once', async () => {
    const publicUrl = 'https://offdesk.acme.example'
    const redirect = `sign-in/oidc/${governed.organisationId}`
    await provider.knows({ id: 'offdesk', redirectUris: [`${origin}/${redirect}`, `${publicUrl}/${redirect}`] })
    await sets({ createPersons: true })
    const oidc = { providersFile: file.path }
    const one = await startServer({ database: place.database, publicUrl, oidc })
    const two = await startServer({ database: place.other, publicUrl, oidc })
    try {
      const gql: typeof at.gql = (token, document, variables) =>
        (document.includes('begin') ? one : two).gql(token, document, variables)
      const browser = await createOidcBrowser(gql, publicUrl)
      const begun = await browser.begins('acme')
      const returned = await provider.signsIn(begun.authorizationUrl, 'noor')
      const finishing = await Promise.allSettled([
        browser.finishes(begun, returned),
        (await createOidcBrowser(one.gql, publicUrl)).finishes(begun, returned),
      ])
      expect(finishing.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    } finally {
      await one.close()
      await two.close()
    }
  })

  it('[T3] another provider, or none, ends every device that came by the one before', async () => {
    await sets({ createPersons: true })
    const kim = await signsIn('kim')
    const other = await createOidcProvider()
    await file.says({ [provider.issuer]: { isPrivate: true }, [other.issuer]: { isPrivate: true } })
    await sets({ createPersons: true, handle: 'acme-sso' })
    expect((await at.gql<{ viewer: object }>(kim.token, '{ viewer { id } }')).viewer).toBeTruthy()
    await sets({ createPersons: true, issuer: other.issuer })
    await other.close()
    await expect(at.gql(kim.token, '{ viewer { id } }')).rejects.toMatchObject({ code: 'REVOKED' })
    await sets({ createPersons: true })
    // Their person is still theirs: made by the same account.
    const again = await signsIn('kim')
    expect(again.ownerId).toBe(kim.ownerId)
    const remove = 'mutation($o: ID!) { removeOidcConnection(organisationId: $o) }'
    await at.gql(governed.admin, remove, { o: governed.organisationId })
    await expect(at.gql(again.token, '{ viewer { id } }')).rejects.toMatchObject({ code: 'REVOKED' })
    await expect(at.gql(governed.admin, remove, { o: governed.organisationId })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    await expect(signsIn('kim')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('[F5] what was set, who was let in and who was not is in the organisation’s audit', async () => {
    const rows = await place.database.read((tx) =>
      tx.select().from(auditEntry).where(eq(auditEntry.chain, governed.organisationId)),
    )
    const of = (action: string) => rows.filter((row) => row.action === action)
    expect(of('oidc.set').length).toBeGreaterThan(3)
    expect(of('oidc.remove')).toMatchObject([{ outcome: 'DONE', surface: 'ADMIN' }])
    expect(of('oidc.set').some(({ line }) => /[1-9]\d* devices ended/.test(line))).toBe(true)
    const refused = of('refused.sign-in')
    expect(refused.length).toBeGreaterThan(5)
    expect(refused[0]).toMatchObject({ code: 'SIGN_IN_PERSON', outcome: 'REFUSED', proof: 'oidc', surface: 'STRANGER' })
    const signedIn = of('sign-in')
    expect(signedIn.map(({ proof }) => proof).filter((proof) => proof.startsWith('oidc 127.0.0.1'))).not.toEqual([])
    expect(at.logged).toEqual([])
  })
})
