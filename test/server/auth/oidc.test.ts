/** [F9] [T2] Single sign-on against whoever would end somebody else's sign-in, or begin one for them. */
import { createHash, createHmac } from 'node:crypto'
import { eq, is, sql } from 'drizzle-orm'
import { PgTable } from 'drizzle-orm/pg-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { randomText } from '../../../protocol/bytes.ts'
import * as tables from '../../../server/db/schema.ts'
import { asksToJoin, letsIn } from '../../kit/joining.ts'
import { createOidcBrowser } from '../../kit/oidc-browser.ts'
import { createOidcHouse, type OidcHouse } from '../../kit/oidc-house.ts'
import { createOidcProvider, type OidcProvider } from '../../kit/oidc-provider.ts'

let house: OidcHouse
beforeAll(async () => {
  house = await createOidcHouse()
})
afterAll(() => house?.close())

const redeemed = ({ asked }: OidcProvider) => asked.filter((one) => one === 'POST /token').length
const devices = async () =>
  Number((await house.at.database.read((tx) => tx.select({ n: sql`count(*)` }).from(tables.device)))[0]?.n)

describe('whose sign-in it is', () => {
  test('what comes back is handed in once; a second time it is nobody’s, and the provider is not asked', async () => {
    const browser = await house.browser()
    const begun = await browser.begins('acme')
    const returned = await house.provider.signsIn(begun.authorizationUrl, 'ada')
    const both = await Promise.allSettled([browser.finishes(begun, returned), browser.finishes(begun, returned)])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const before = redeemed(house.provider)
    await expect(browser.finishes(begun, returned)).rejects.toMatchObject({ code: 'SIGN_IN_STATE' })
    expect(redeemed(house.provider)).toBe(before)
  })

  test('another browser’s result is refused: a thief’s account is signed in nowhere, and the thief’s own sign-in is still theirs', async () => {
    const [thief, victim] = [await house.browser(), await house.browser()]
    const theirs = await thief.begins('acme')
    const returned = await house.provider.signsIn(theirs.authorizationUrl, 'thief')
    // The victim follows the thief's address, having begun a sign-in of their own or none.
    const own = await victim.begins('acme')
    for (const secret of [own.secret, randomText(32)])
      await expect(victim.finishes({ state: theirs.state, secret }, returned)).rejects.toMatchObject({
        code: 'SIGN_IN_STATE',
      })
    expect((await thief.finishes(theirs, returned)).personName).toBeTruthy()
  })

  test('states and secrets of two sign-ins of one browser cannot be swapped', async () => {
    const browser = await house.browser()
    const [one, two] = [await browser.begins('acme'), await browser.begins('acme')]
    const [first, second] = [
      await house.provider.signsIn(one.authorizationUrl, 'ada'),
      await house.provider.signsIn(two.authorizationUrl, 'bob'),
    ]
    await expect(browser.finishes({ ...one, secret: two.secret }, first)).rejects.toMatchObject({
      code: 'SIGN_IN_STATE',
    })
    // The state of one with the code of the other: nonce and verifier belong to the state.
    const mixed = new URL(second)
    mixed.searchParams.set('state', one.state)
    await expect(browser.finishes(one, mixed.href)).rejects.toMatchObject({ code: 'SIGN_IN_PROVIDER' })
    // Used up: the first of the two; the second is still what it was.
    await expect(browser.finishes(one, first)).rejects.toMatchObject({ code: 'SIGN_IN_STATE' })
    expect((await browser.finishes(two, second)).ownerId).toBeTruthy()
  })

  test('ends that are no end of that browser’s are counted: thirty of one address, then nobody’s there, over all processes', async () => {
    const browser = await house.browser()
    const begun = await browser.begins('acme')
    const returned = await house.provider.signsIn(begun.authorizationUrl, 'ada')
    const wrong = { ...begun, secret: randomText(32) }
    const before = await house.at.database.read((tx) =>
      tx.select().from(tables.attempt).where(eq(tables.attempt.kind, 'oidc-end')),
    )
    const codes: string[] = []
    const tries = 30 - before.length
    for (let n = 0; n < tries + 1; n += 1)
      codes.push(
        await browser.finishes(wrong, returned).then(
          () => 'done',
          ({ code }) => code,
        ),
      )
    expect(codes).toEqual([...Array(tries).fill('SIGN_IN_STATE'), 'RATE_LIMITED'])
    // Also the right one waits now, and is still good when the wait is over: it was not used up.
    await expect(browser.finishes(begun, returned)).rejects.toMatchObject({ code: 'RATE_LIMITED' })
    await house.at.database.transaction((tx) => tx.delete(tables.attempt))
    expect((await browser.finishes(begun, returned)).ownerId).toBeTruthy()
  })

  test('a code that was stolen on its way is worth nothing in a sign-in that the thief began', async () => {
    const [victim, thief] = [await house.browser(), await house.browser()]
    const hers = await victim.begins('acme')
    const code = new URL(await house.provider.signsIn(hers.authorizationUrl, 'ada')).searchParams.get('code') ?? ''
    const own = await thief.begins('acme')
    const injected = new URL(await house.provider.signsIn(own.authorizationUrl, 'thief'))
    injected.searchParams.set('code', code)
    const before = await devices()
    await expect(thief.finishes(own, injected.href)).rejects.toMatchObject({
      ...{ code: 'SIGN_IN_PROVIDER', extensions: { problem: 'invalid_grant' } },
    })
    expect(await devices()).toBe(before)
  })

  test('it is bound to the device’s key: what was signed for another sign-in, or by another key, uses nothing up', async () => {
    const [browser, other] = [await house.browser(), await house.browser()]
    const begun = await browser.begins('acme')
    const returned = await house.provider.signsIn(begun.authorizationUrl, 'ada')
    const moved = { ...browser, ...(await createOidcBrowser(house.at.gql, 'https://evil.example')) }
    await expect(moved.finishes(begun, returned)).rejects.toMatchObject({ code: 'SIGNATURE_WRONG' })
    expect((await other.finishes(begun, returned)).awaitsTrust).toBe(true)
  })

  test('after ten minutes it is over', async () => {
    const browser = await house.browser()
    const begun = await browser.begins('acme')
    expect(Date.parse(begun.expiresAt) - Date.now()).toBeLessThanOrEqual(601_000)
    const returned = await house.provider.signsIn(begun.authorizationUrl, 'ada')
    const stateHash = createHash('sha256').update(begun.state).digest('hex')
    await house.at.database.transaction((tx) =>
      tx.execute(
        sql`update oidc_flow set expires_at = clock_timestamp() - interval '1 ms' where state_hash = ${stateHash}`,
      ),
    )
    const before = redeemed(house.provider)
    await expect(browser.finishes(begun, returned)).rejects.toMatchObject({ code: 'SIGN_IN_STATE' })
    expect(redeemed(house.provider)).toBe(before)
  })

  test('it ends with the connection it began on', async () => {
    const browser = await house.browser()
    const begun = await browser.begins('acme')
    const returned = await house.provider.signsIn(begun.authorizationUrl, 'ada')
    await house.provider.knows({ id: 'other', redirectUris: [returned.split('?')[0] ?? ''] })
    await house.sets({ clientId: 'other' })
    await expect(browser.finishes(begun, returned)).rejects.toMatchObject({ code: 'SIGN_IN_STATE' })
    await house.sets()
  })

  test('an address that is not this server’s page, or no address at all, is refused before anything is looked up', async () => {
    const { gql } = house.at
    for (const origin of [
      'https://evil.example',
      `http://127.0.0.1:${house.at.port}`,
      'nonsense',
      'https://localhost.evil.example',
    ])
      await expect((await createOidcBrowser(gql, origin)).begins('acme'), origin).rejects.toMatchObject({
        code: 'BAD_INPUT',
      })
    const browser = await house.browser()
    const begun = await browser.begins('acme')
    for (const returned of [
      'nonsense',
      `${house.origin}/x`,
      `${house.origin}/x?state=a&state=b`,
      `${house.origin}/?state=${'x'.repeat(9000)}`,
    ])
      await expect(browser.finishes(begun, returned)).rejects.toMatchObject({ code: 'BAD_INPUT' })
    await expect(browser.begins('nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('[T4] a first workstation, for somebody who has no passkey', () => {
  test('is let in on a device on which the provider has just asked them again, and not on one that may have signed in silently', async () => {
    const browser = await house.browser()
    const ada = await browser.signsIn('acme', (url) => house.provider.signsIn(url, 'ada'))
    const silent = await asksToJoin(house.at.gql, { publicKey: browser.publicKey, token: ada.token })
    await expect(letsIn(house.at.gql, ada.token, silent.pairingId)).rejects.toMatchObject({ code: 'PASSKEY_REQUIRED' })
    type Seen = { viewer: { doors: { whyNotEnrol: object | null; provider: { freshUntil: string | null } } } }
    const doors = async (token: string) => {
      const document = '{ viewer { doors { whyNotEnrol { code } provider { handle organisationName freshUntil } } } }'
      return (await house.at.gql<Seen>(token, document)).viewer.doors
    }
    const provider = { handle: 'acme', organisationName: 'Blue' }
    expect(await doors(ada.token)).toEqual({ whyNotEnrol: null, provider: { ...provider, freshUntil: null } })
    const again = await browser.begins('acme', { fresh: true })
    const { token, deviceId } = await browser.finishes(
      again,
      await house.provider.signsIn(again.authorizationUrl, 'ada'),
    )
    expect(deviceId).toBe(ada.deviceId)
    const { freshUntil } = (await doors(token)).provider
    const left = Date.parse(freshUntil ?? '') - Date.now()
    expect(left).toBeGreaterThan(200_000)
    expect(left).toBeLessThanOrEqual(300_000)
    const asked = await asksToJoin(house.at.gql, { publicKey: browser.publicKey, token })
    expect(await letsIn(house.at.gql, token, asked.pairingId)).toBe('CONFIRMED')
    expect((await asked.becomes()).token).toBeTruthy()
  })
})

describe('[RFC 9700 §4.4] two providers, one of them a thief’s', () => {
  test('a code of the honest one is never taken to the other, whichever way it comes back', async () => {
    const thief = await createOidcProvider()
    await house.file.says({ [house.provider.issuer]: { isPrivate: true }, [thief.issuer]: { isPrivate: true } })
    const { createOrganisation } = await house.at.gql<{ createOrganisation: { id: string } }>(
      house.governed.admin,
      'mutation { createOrganisation(name: "Thieves") { id } }',
    )
    await house.sets({ organisationId: createOrganisation.id, handle: 'thieves', issuer: thief.issuer })
    const victim = await house.browser()
    const begun = await victim.begins('thieves')
    // The thief's provider sends the browser on to the honest one, with the honest client's words and its own state.
    const honest = new URL((await (await house.browser()).begins('acme')).authorizationUrl)
    honest.searchParams.set('state', begun.state)
    const returned = await house.provider.signsIn(honest.href, 'ada')
    expect(new URL(returned).searchParams.get('code')).toBeTruthy()
    await expect(victim.finishes(begun, returned)).rejects.toMatchObject({ code: 'SIGN_IN_STATE' })
    // The same at the thief's own address: the answer names who gave it.
    const other = await victim.begins('thieves')
    honest.searchParams.set('state', other.state)
    const moved = new URL(await house.provider.signsIn(honest.href, 'ada'))
    moved.pathname = `/sign-in/oidc/${createOrganisation.id}`
    await expect(victim.finishes(other, moved.href)).rejects.toMatchObject({ code: 'SIGN_IN_PROVIDER' })
    expect(redeemed(thief)).toBe(0)
    // And one that says it is the other when it is set.
    expect(thief.asked).toContain('GET /.well-known/openid-configuration')
    await thief.close()
  })
})

describe('[T2] what is kept', () => {
  test('no secret, state, nonce, verifier, code or token in clear: not in the database, not in the log', async () => {
    const browser = await house.browser()
    const begun = await browser.begins('acme')
    const sent = new URL(begun.authorizationUrl).searchParams
    const returned = await house.provider.signsIn(begun.authorizationUrl, 'ada')
    const { token } = await browser.finishes(begun, returned)
    const open = await browser.begins('acme')
    const secrets = [
      begun.secret,
      begun.state,
      sent.get('nonce'),
      sent.get('code_challenge'),
      token,
      open.secret,
      open.state,
    ]
    const code = new URL(returned).searchParams.get('code')
    let all = house.at.logged.map(String).join('\n')
    for (const table of Object.values(tables))
      if (is(table, PgTable)) all += JSON.stringify(await house.at.database.read((tx) => tx.select().from(table)))
    expect(all).toContain(createHash('sha256').update(open.state).digest('hex'))
    const stateHash = createHash('sha256').update(begun.state).digest('hex')
    const flows = await house.at.database.read((tx) => tx.select().from(tables.oidcFlow))
    const { salt = '' } = flows.find((flow) => flow.stateHash === stateHash) ?? {}
    const verifier = createHmac('sha256', salt).update(`verifier\n${begun.state}`).digest('base64url')
    expect(createHash('sha256').update(verifier).digest('base64url')).toBe(sent.get('code_challenge'))
    for (const secret of [...secrets, code, verifier]) {
      expect(secret).toBeTruthy()
      expect(all).not.toContain(secret)
    }
  })
})
