/** [F9] [G4] Which providers an organisation may name, how this server reaches them, and with what secret: the operator's word against an admin's. */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { is } from 'drizzle-orm'
import { PgTable } from 'drizzle-orm/pg-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { readProviders } from '../../../server/auth/sign-in/oidc-providers.ts'
import { MOST_AT_ONCE } from '../../../server/auth/sign-in/oidc-relying.ts'
import * as tables from '../../../server/db/schema.ts'
import type { Resolve } from '../../../server/push/endpoint.ts'
import { createOidcHouse, type OidcHouse } from '../../kit/oidc-house.ts'
import { operatorsFile } from '../../kit/oidc-provider.ts'

let house: OidcHouse
const ends: (() => Promise<unknown>)[] = []
/** Every name is somewhere in this machine's own network. */
const resolve: Resolve = (_name, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }])
beforeAll(async () => {
  house = await createOidcHouse({ server: { oidc: { resolve } } })
})
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})
afterAll(() => house?.close())

async function listens(onRequest: (issuer: string) => RequestListener) {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const asked: string[] = []
  server.on('request', (request, response) => {
    asked.push(request.url ?? '')
    onRequest(issuer)(request, response)
  })
  ends.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { issuer, asked }
}
const sets = (more: object) => house.sets({ handle: 'other', ...more })
const document = (issuer: string, more: object = {}) => ({
  ...{
    issuer,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
  },
  ...{ response_types_supported: ['code'], subject_types_supported: ['public'], ...more },
})
const answers =
  (what: (issuer: string) => object | string): ((issuer: string) => RequestListener) =>
  (issuer) =>
  (_request, response) => {
    response.setHeader('content-type', 'application/json')
    const said = what(issuer)
    response.end(typeof said === 'string' ? said : JSON.stringify(said))
  }

describe('whom this server calls for an organisation', () => {
  test('nobody in its own network, by address, by name or by another’s document, unless its operator has said so', async () => {
    const inside = await listens(answers((issuer) => document(issuer)))
    const port = inside.issuer.split(':').at(-1)
    for (const issuer of [
      ...[inside.issuer, `https://127.0.0.1:${port}`, `https://localhost:${port}`, `https://[::1]:${port}`],
      ...['https://idp.acme.example', 'https://idp.internal', 'https://169.254.169.254', 'http://idp.acme.example'],
    ])
      await expect(sets({ issuer }), issuer).rejects.toMatchObject({ code: 'SIGN_IN_PROVIDER' })
    expect(inside.asked).toEqual([])
    await house.file.says({ [house.provider.issuer]: { isPrivate: true }, [inside.issuer]: { isPrivate: true } })
    await sets({ issuer: inside.issuer })
    expect(inside.asked).toEqual(['/.well-known/openid-configuration'])
    await house.sets()
  })

  test('a provider calls itself what it is called: no document of another, no tenant in the name of all', async () => {
    const liar = await listens(answers(() => document('https://accounts.example.com')))
    const shared = await listens(answers((issuer) => document(`${issuer}/{tenantid}/v2.0`)))
    await house.file.says({
      ...{ [house.provider.issuer]: { isPrivate: true } },
      ...{ [liar.issuer]: { isPrivate: true }, [shared.issuer]: { isPrivate: true } },
    })
    for (const { issuer } of [liar, shared])
      await expect(sets({ issuer })).rejects.toMatchObject({ code: 'SIGN_IN_PROVIDER' })
    for (const issuer of [
      ...[
        `${liar.issuer}/.well-known/openid-configuration`,
        'ftp://idp.example.com',
        'https://u:p@idp.example.com',
        'idp',
      ],
      ...['https://idp.example.com/?x=1', 'https://idp.example.com/#x', `https://idp.example.com/${'x'.repeat(600)}`],
    ])
      await expect(sets({ issuer }), issuer).rejects.toMatchObject({ code: 'BAD_INPUT' })
  })

  test('an answer that is no document, redirects, or has no end sets nothing; what it says is not shown', async () => {
    const bad = await listens(answers(() => '<h1>sesame</h1>'))
    const away = await listens(
      (issuer) => (_request, response) => response.writeHead(302, { location: `${issuer}/x` }).end(),
    )
    const endless = await listens((issuer) => answers(() => document(issuer, { padding: 'x'.repeat(400_000) }))(issuer))
    const bare = await listens(answers((issuer) => ({ issuer })))
    const all = [bad, away, endless, bare]
    await house.file.says(Object.fromEntries(all.map(({ issuer }) => [issuer, { isPrivate: true }])))
    for (const { issuer, asked } of all) {
      const refusal = await sets({ issuer }).catch((error) => error)
      expect(refusal).toMatchObject({ code: 'SIGN_IN_PROVIDER' })
      expect(refusal.message).not.toContain('sesame')
      expect(asked.length).toBe(1)
    }
    await house.file.says({ [house.provider.issuer]: { isPrivate: true } })
  })

  test(`at most ${MOST_AT_ONCE} conversations at once: one more is told to wait, and the rest of the server goes on`, async () => {
    const held: (() => void)[] = []
    const slow = await listens((issuer) => (_request, response) => {
      held.push(() => answers(() => document(issuer))(issuer)(_request, response))
    })
    await house.file.says({ [house.provider.issuer]: { isPrivate: true }, [slow.issuer]: { isPrivate: true } })
    const asking = Array.from({ length: MOST_AT_ONCE }, () => sets({ issuer: slow.issuer }).catch((error) => error))
    await expect.poll(() => held.length).toBe(MOST_AT_ONCE)
    await expect(sets({ issuer: slow.issuer })).rejects.toMatchObject({
      ...{ code: 'RATE_LIMITED', extensions: { retryAfterSeconds: 3 } },
    })
    await house.at.gql(house.governed.phone.token, '{ viewer { id } }')
    for (const go of held) go()
    await Promise.all(asking)
    await house.sets()
  })
})

describe('[T2] the client’s secret', () => {
  const redirectUris = () => [`${house.origin}/sign-in/oidc/${house.governed.organisationId}`]
  const isPrivate = true

  test('is the operator’s alone: it is used from the file, replaced there, and shown to nobody', async () => {
    const { provider, file } = house
    const secrets = ['first-secret-of-acme', 'second:secret/of acme%']
    expect((await house.sets()).clientAuthentication).toBe('PUBLIC')
    for (const secret of secrets) {
      await provider.knows({ id: 'offdesk', secret, redirectUris: redirectUris() })
      await expect(house.signsIn('ada'), 'the provider has another secret').rejects.toMatchObject({
        code: 'SIGN_IN_PROVIDER',
      })
      await file.says({ [provider.issuer]: { isPrivate, clientSecrets: { offdesk: secret } } })
      expect((await house.sets()).clientAuthentication).toBe('SECRET')
      expect((await house.signsIn('ada')).ownerId).toBeTruthy()
    }
    let all = house.at.logged.map(String).join('\n')
    for (const table of Object.values(tables))
      if (is(table, PgTable)) all += JSON.stringify(await house.at.database.read((tx) => tx.select().from(table)))
    for (const secret of secrets) expect(all).not.toContain(secret)
    await provider.knows({ id: 'offdesk', redirectUris: redirectUris() })
    await file.says({ [provider.issuer]: { isPrivate } })
  })

  test('goes to its own issuer, whatever an admin of another organisation names', async () => {
    const seen: string[] = []
    const thief = await listens((issuer) => (request, response) => {
      seen.push(`${request.method} ${request.headers.authorization ?? ''}`)
      request.on('data', (chunk) => seen.push(String(chunk)))
      request.on('end', () => answers(() => document(issuer))(issuer)(request, response))
    })
    await house.file.says({
      ...{ [house.provider.issuer]: { isPrivate, clientSecrets: { offdesk: 'sesame' } } },
      ...{ [thief.issuer]: { isPrivate } },
    })
    expect((await sets({ issuer: thief.issuer })).clientAuthentication).toBe('PUBLIC')
    const browser = await house.browser()
    const begun = await browser.begins('other')
    const back = `${house.origin}/sign-in/oidc/${house.governed.organisationId}?code=x&state=${begun.state}`
    await expect(browser.finishes(begun, back)).rejects.toMatchObject({ code: 'SIGN_IN_PROVIDER' })
    expect(seen.some((one) => one.includes('code_verifier'))).toBe(true)
    expect(seen.join('\n')).not.toContain('sesame')
    expect(seen.join('\n')).not.toContain(Buffer.from('offdesk:sesame').toString('base64'))
    await house.file.says({ [house.provider.issuer]: { isPrivate } })
    await house.sets()
  })

  test('a file that is no good says where and not what, and lets nobody in until it is good again', async () => {
    const { provider, file } = house
    for (const [words, where] of [
      [{ [provider.issuer]: { clientSecrets: { offdesk: 17 } } }, 'clientSecrets.offdesk'],
      [{ [provider.issuer]: { clientSecret: 'sesame' } }, provider.issuer],
      [{ 'no address': {} }, 'no address'],
    ] as const) {
      await file.says(words as never)
      await expect(readProviders(file.path)).rejects.toThrow(where)
      await expect(readProviders(file.path)).rejects.not.toThrow('sesame')
      await expect(house.signsIn('ada')).rejects.toMatchObject({ code: 'SIGN_IN_PROVIDER' })
    }
    await expect(readProviders('/nowhere/providers.json')).rejects.toThrow('cannot be read (ENOENT)')
    await file.says({ [provider.issuer]: { isPrivate } })
    expect((await house.signsIn('ada')).ownerId).toBeTruthy()
    const empty = await operatorsFile({})
    expect((await readProviders(empty.path)).size).toBe(0)
    await empty.remove()
  })
})

describe('[F6] who says how people sign in', () => {
  const set = 'mutation($input: SetOidcConnectionInput!) { setOidcConnection(input: $input) { handle } }'
  const input = () => ({
    ...{ organisationId: house.governed.organisationId, handle: 'acme', issuer: house.provider.issuer, clientId: 'x' },
  })

  test('a token with SIGN_IN of that place; another’s name to sign in with is not to be had', async () => {
    const { governed, at } = house
    const { token: reader } = await governed.makeToken(
      { name: 'r', scopes: ['READ', 'MEMBERS'], days: 1 },
      governed.admin,
    )
    await expect(at.gql(reader, set, { input: input() })).rejects.toMatchObject({ code: 'SCOPE_MISSING' })
    const remove = 'mutation($o: ID!) { removeOidcConnection(organisationId: $o) }'
    await expect(at.gql(reader, remove, { o: governed.organisationId })).rejects.toMatchObject({
      code: 'SCOPE_MISSING',
    })
    const { createEnterprise } = await at.gql<{ createEnterprise: { id: string } }>(
      governed.admin,
      'mutation { createEnterprise(name: "Other") { id } }',
    )
    const scopeId = createEnterprise.id
    const { token: foreign } = await governed.makeToken(
      { name: 'f', scopes: ['SIGN_IN', 'READ', 'ORGANISATIONS'], days: 1, scopeId },
      governed.admin,
    )
    const look =
      'query($o: ID!) { oidcConnection(organisationId: $o) { issuer clientId createsPersons requiredClaims { name } updatedBy signInPath } }'
    for (const [document, variables] of [
      [set, { input: input() }],
      [remove, { o: governed.organisationId }],
      [look, { o: governed.organisationId }],
    ] as const)
      await expect(at.gql(foreign, document, variables)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const { createOrganisation } = await at.gql<{ createOrganisation: { id: string } }>(
      foreign,
      'mutation($e: ID!) { createOrganisation(name: "Thieves", enterpriseId: $e) { id } }',
      { e: scopeId },
    )
    await expect(
      at.gql(foreign, set, { input: { ...input(), organisationId: createOrganisation.id } }),
    ).rejects.toMatchObject({
      ...{ code: 'BAD_INPUT', message: expect.stringContaining('Another organisation signs in under this name') },
    })
    // An enterprise has no provider of its own.
    await expect(at.gql(foreign, set, { input: { ...input(), organisationId: scopeId } })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    expect(await at.gql(reader, look, { o: governed.organisationId })).toEqual({
      oidcConnection: {
        ...{ issuer: house.provider.issuer, clientId: 'offdesk', createsPersons: true, requiredClaims: [] },
        ...{ updatedBy: 'root', signInPath: '/sign-in?with=acme' },
      },
    })
    for (const handle of ['', '-a', 'a-', 'a b', 'ä', 'x'.repeat(41)])
      await expect(house.sets({ handle }), handle).rejects.toMatchObject({ code: 'BAD_INPUT' })
    const six = Array.from({ length: 6 }, (_, index) => ({ name: `n${index}`, value: 'x' }))
    await expect(house.sets({ requiredClaims: six })).rejects.toMatchObject({ code: 'BAD_INPUT' })
  })
})

test('[G4] 60 beginnings from one address in ten minutes; the name of nobody counts as well', async () => {
  // Its keys are of another kind than the others’: both are in use out there.
  const other = await createOidcHouse({ provider: { alg: 'RS256' } })
  try {
    expect((await other.signsIn('ada')).ownerId).toBeTruthy()
    const browser = await other.browser()
    for (let count = 0; count < 58; count++)
      await expect(browser.begins(`nobody-${count}`)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await browser.begins('acme')
    await expect(browser.begins('acme')).rejects.toMatchObject({ code: 'RATE_LIMITED' })
  } finally {
    await other.close()
  }
})
