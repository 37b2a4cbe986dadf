/** [F9] What a provider says, honestly or not: only a token that it has signed for this very sign-in lets anybody in. */
import { sql } from 'drizzle-orm'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as tables from '../../../server/db/schema.ts'
import { isFreshlySignedIn } from '../../../server/store/oidc.ts'
import { createOidcHouse, type OidcHouse } from '../../kit/oidc-house.ts'
import { createOidcProvider, type OidcProvider } from '../../kit/oidc-provider.ts'

let house: OidcHouse
beforeAll(async () => {
  house = await createOidcHouse()
})
afterAll(() => house?.close())

const devices = async () =>
  Number((await house.at.database.read((tx) => tx.select({ n: sql`count(*)` }).from(tables.device)))[0]?.n)

describe('what a provider says', () => {
  const failing = async (change: Parameters<OidcProvider['tampers']>[0], how: { fresh?: boolean } = {}) => {
    const browser = await house.browser()
    const begun = await browser.begins('acme', how)
    const returned = await house.provider.signsIn(begun.authorizationUrl, 'ada')
    house.provider.tampers(change)
    try {
      await browser.finishes(begun, returned)
    } catch (error) {
      return error as { code: string; extensions: { problem: string } }
    } finally {
      house.provider.tampers(null)
    }
    throw new Error('it was let in')
  }
  const claimsOf = (body: Record<string, unknown>): Record<string, unknown> =>
    JSON.parse(Buffer.from(String(body.id_token).split('.')[1] ?? '', 'base64url').toString())
  const saying = (more: Record<string, unknown>) => async (body: Record<string, unknown>) => ({
    ...body,
    id_token: await house.provider.signs({ ...claimsOf(body), ...more }),
  })

  test.each<[string, Record<string, unknown>]>([
    ['another issuer', { iss: 'https://accounts.example.com' }],
    ['another client', { aud: 'somebody-else' }],
    ['several clients and not for whom', { aud: ['offdesk', 'somebody-else'] }],
    ['another sign-in', { nonce: 'n'.repeat(43) }],
    ['yesterday', { exp: Math.floor(Date.now() / 1000) - 3600, iat: Math.floor(Date.now() / 1000) - 7200 }],
    ['nobody', { sub: undefined }],
  ])('a token of its own for %s lets nobody in', async (_of, more) => {
    const before = await devices()
    expect(await failing(saying(more))).toMatchObject({ code: 'SIGN_IN_PROVIDER' })
    expect(await devices()).toBe(before)
  })

  test('a token that says the same as the honest one is let in: what is tried above is the saying', async () => {
    const browser = await house.browser()
    const begun = await browser.begins('acme')
    const returned = await house.provider.signsIn(begun.authorizationUrl, 'ada')
    house.provider.tampers(saying({}))
    expect((await browser.finishes(begun, returned)).ownerId).toBeTruthy()
    house.provider.tampers(null)
  })

  test('nothing that is not signed with the provider’s own key: unsigned, by the client’s name as a key, by a stranger under its key’s name, cut', async () => {
    const stranger = await createOidcProvider()
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const headerOf = (token: unknown) =>
      JSON.parse(Buffer.from(String(token).split('.')[0] ?? '', 'base64url').toString())
    const changes: Parameters<OidcProvider['tampers']>[0][] = [
      (body) => ({ ...body, id_token: `${part({ alg: 'none' })}.${part(claimsOf(body))}.` }),
      async (body) => {
        const key = new TextEncoder().encode('offdesk'.padEnd(32, '-'))
        return { ...body, id_token: await new SignJWT(claimsOf(body)).setProtectedHeader({ alg: 'HS256' }).sign(key) }
      },
      async (body) => {
        const [, payload, signature] = (await stranger.signs(claimsOf(body))).split('.')
        return { ...body, id_token: `${part(headerOf(body.id_token))}.${payload}.${signature}` }
      },
      async (body) => ({ ...body, id_token: await stranger.signs(claimsOf(body)) }),
      (body) => ({ ...body, id_token: String(body.id_token).slice(0, -8) }),
      ({ id_token: _, ...body }) => body,
      () => ({}),
    ]
    const before = await devices()
    for (const change of changes) expect(await failing(change)).toMatchObject({ code: 'SIGN_IN_PROVIDER' })
    expect(await devices()).toBe(before)
    await stranger.close()
  })

  test('keys that it has changed are met at the next sign-in, also in the middle of one; nothing is restarted', async () => {
    expect((await house.signsIn('ada')).ownerId).toBeTruthy()
    await house.provider.rotates()
    expect((await house.signsIn('ada')).ownerId).toBeTruthy()
    const browser = await house.browser()
    const begun = await browser.begins('acme')
    const returned = await house.provider.signsIn(begun.authorizationUrl, 'ada')
    await house.provider.rotates()
    expect((await browser.finishes(begun, returned)).ownerId).toBeTruthy()
  })

  test('its no is passed on by the word of the standard alone', async () => {
    const browser = await house.browser()
    for (const [word, shown] of [
      ['access_denied', 'access_denied'],
      ['<script>alert(1)</script>', 'an error'],
    ] as const) {
      const begun = await browser.begins('acme')
      const back = new URL(`${house.origin}/sign-in/oidc/${house.governed.organisationId}`)
      back.search = new URLSearchParams({
        error: word,
        error_description: 'words of a stranger',
        state: begun.state,
        iss: house.provider.issuer,
      }).toString()
      const refusal = await browser.finishes(begun, back.href).catch((error) => error)
      expect(refusal).toMatchObject({ code: 'SIGN_IN_PROVIDER', extensions: { problem: shown } })
      expect(refusal.message).not.toContain('stranger')
    }
  })

  test('where the person is to show themselves again, a token must say when they did', async () => {
    const begun = await (await house.browser()).begins('acme', { fresh: true })
    expect(begun.authorizationUrl).toMatch(/prompt=login/)
    expect(begun.authorizationUrl).toMatch(/max_age=300/)
    const long = Math.floor(Date.now() / 1000) - 3600
    for (const auth_time of [undefined, long])
      expect(await failing(saying({ auth_time }), { fresh: true })).toMatchObject({ code: 'SIGN_IN_PROVIDER' })
    // What may have been silent is not fresh; what was asked is, for that device, and for five minutes.
    const browser = await house.browser()
    const isFresh = (deviceId: string) => house.at.database.read((tx) => isFreshlySignedIn(tx, deviceId))
    const { deviceId } = await browser.signsIn('acme', (url) => house.provider.signsIn(url, 'ada'))
    expect(await isFresh(deviceId)).toBe(false)
    const again = await browser.begins('acme', { fresh: true })
    const same = await browser.finishes(again, await house.provider.signsIn(again.authorizationUrl, 'ada'))
    expect([same.deviceId, await isFresh(deviceId)]).toEqual([deviceId, true])
    await browser.signsIn('acme', (url) => house.provider.signsIn(url, 'ada'))
    expect(await isFresh(deviceId)).toBe(true)
    const late = sql`update oidc_device set fresh_at = clock_timestamp() - interval '301 seconds'`
    await house.at.database.transaction((tx) => tx.execute(late))
    expect(await isFresh(deviceId)).toBe(false)
  })
})
