import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { randomText } from '../../protocol/bytes.ts'
import { openFirstLink } from '../../server/auth/sign-in/links.ts'
import type { Database } from '../../server/db/database.ts'
import { invitation, owner } from '../../server/db/schema.ts'
import { addSignedIn, findDevice, MOST_SIGNED_IN, noteTrusted, rosterPlaces } from '../../server/store/devices.ts'
import {
  addInvitation,
  findInvitation,
  listInvitations,
  MOST_INVITATIONS,
  revokeInvitation,
  stateOf,
  useInvitation,
} from '../../server/store/invitations.ts'
import {
  addPasskey,
  addPasskeyChallenge,
  findPasskey,
  MOST_PASSKEYS,
  notePasskeyUsed,
  passkeysOf,
  placePasskey,
  removePasskey,
  spendPasskeyChallenge,
  wasVouchedFor,
} from '../../server/store/passkeys.ts'
import {
  addSignInPasskey,
  countUp,
  findSignInPasskey,
  listSignInPasskeys,
  MOST_SIGN_IN_PASSKEYS,
  removeSignInPasskey,
} from '../../server/store/sign-in-passkeys.ts'
import { type Person, type Place, person, places, refusalOf } from './place.ts'

const origin = 'https://desk.example.com'
const key = () => randomText(20)

describe.each(places)('%s', (_name, open) => {
  let place: Place
  let database: Database
  let other: Database
  let who: Person
  beforeAll(async () => {
    place = await open()
    database = place.database
    other = place.other
  }, 60_000)
  afterAll(() => place?.close())
  beforeEach(async () => {
    who = await person(database)
  })
  /** A hundred at once, from two processes where there are two. */
  const atOnce = <T>(work: (at: Database, n: number) => Promise<T>) =>
    Promise.all(Array.from({ length: 100 }, (_, n) => work(n % 2 ? database : other, n)))
  const passkey = () => ({
    ...{ id: key(), ownerId: who.ownerId, deviceId: who.phone.id, name: 'Thumb', publicKey: key(), origin },
    isSynced: false,
  })
  const signIn = () => ({
    ...{ id: key(), ownerId: who.ownerId, userHandle: 'h', name: 'Thumb', publicKey: key(), origin, counter: 0 },
    isSynced: false,
  })

  describe('passkeys of devices', () => {
    it('[T4] a challenge is good once, for its own device, until it expires', async () => {
      const challengeHash = key()
      const { id: deviceId } = who.phone
      await database.transaction((tx) => addPasskeyChallenge(tx, { challengeHash, deviceId, origin }))
      const spend = (by: string | null) => database.transaction((tx) => spendPasskeyChallenge(tx, challengeHash, by))
      expect(await spend(who.tablet.id)).toBeNull()
      expect(await spend(null)).toBeNull()
      const spent = await atOnce((at) => at.transaction((tx) => spendPasskeyChallenge(tx, challengeHash, deviceId)))
      expect(spent.filter((one) => one !== null)).toEqual([origin])
      const late = key()
      await database.transaction((tx) => addPasskeyChallenge(tx, { challengeHash: late, deviceId: null, origin }))
      await database.transaction((tx) =>
        tx.execute(
          sql`update passkey_challenge set expires_at = now() - interval '1 second' where challenge_hash = ${late}`,
        ),
      )
      expect(await database.transaction((tx) => spendPasskeyChallenge(tx, late, null))).toBeNull()
    })

    it('one device has twenty open challenges; the oldest make way', async () => {
      const hashes = Array.from({ length: 25 }, key)
      for (const challengeHash of hashes)
        await database.transaction((tx) => addPasskeyChallenge(tx, { challengeHash, deviceId: who.phone.id, origin }))
      const { id } = who.phone
      const left = await database.transaction((tx) =>
        tx.execute(sql`select 1 from passkey_challenge where device_id = ${id}`),
      )
      expect((Array.isArray(left) ? left : (left as unknown as { rows: unknown[] }).rows).length).toBe(20)
    })

    it('is added once for one device, listed with its hosts, and gone for good', async () => {
      const made = passkey()
      const add = (more: object = {}) => database.transaction((tx) => addPasskey(tx, { ...made, ...more }))
      await add()
      await add()
      expect((await refusalOf(add({ deviceId: who.tablet.id }))).code).toBe('BAD_INPUT')
      expect((await refusalOf(add({ publicKey: 'another' }))).code).toBe('BAD_INPUT')
      await database.transaction((tx) => placePasskey(tx, made.id, who.hostId))
      await database.transaction((tx) => placePasskey(tx, made.id, who.hostId))
      await database.transaction((tx) => placePasskey(tx, 'gone meanwhile', who.hostId))
      const devices = [who.phone.id, who.tablet.id]
      const found = await database.read((tx) => passkeysOf(tx, devices))
      expect(found.get(who.phone.id)).toMatchObject([{ id: made.id, hostIds: [who.hostId] }])
      expect(found.get(who.tablet.id)).toEqual([])
      const stranger = await person(database)
      expect((await refusalOf(database.read((tx) => findPasskey(tx, stranger.ownerId, made.id)))).code).toBe(
        'NOT_FOUND',
      )
      const gone = await database.transaction((tx) => removePasskey(tx, who.ownerId, made.id))
      expect(gone.hostIds).toEqual([who.hostId])
      expect((await refusalOf(database.transaction((tx) => removePasskey(tx, who.ownerId, made.id)))).code).toBe(
        'NOT_FOUND',
      )
    })

    it('are ten of one device', async () => {
      for (let n = 0; n < MOST_PASSKEYS; n++) await database.transaction((tx) => addPasskey(tx, passkey()))
      expect(await refusalOf(database.transaction((tx) => addPasskey(tx, passkey())))).toMatchObject({
        ...{ code: 'TOO_LARGE', limit: MOST_PASSKEYS },
      })
    })

    it('[E10] has vouched for its device for so many minutes of the database’s clock', async () => {
      const made = passkey()
      const { id } = who.phone
      await database.transaction((tx) => addPasskey(tx, made))
      expect(await database.read((tx) => wasVouchedFor(tx, id, 5))).toBe(false)
      await database.transaction((tx) => notePasskeyUsed(tx, made.id, id))
      expect(await database.read((tx) => wasVouchedFor(tx, id, 5))).toBe(true)
      await database.transaction((tx) =>
        tx.execute(sql`update device set vouched_at = now() - interval '6 minutes' where id = ${id}`),
      )
      expect(await database.read((tx) => wasVouchedFor(tx, id, 5))).toBe(false)
    })
  })

  describe('passkeys of people', () => {
    it('are one of a kind, a person’s own, and twenty', async () => {
      const made = signIn()
      await database.transaction((tx) => addSignInPasskey(tx, made))
      expect((await refusalOf(database.transaction((tx) => addSignInPasskey(tx, made)))).code).toBe('BAD_INPUT')
      const stranger = await person(database)
      const take = () => database.transaction((tx) => removeSignInPasskey(tx, stranger.ownerId, made.id))
      expect((await refusalOf(take())).code).toBe('NOT_FOUND')
      for (let n = 1; n < MOST_SIGN_IN_PASSKEYS; n++) await database.transaction((tx) => addSignInPasskey(tx, signIn()))
      const full = await refusalOf(database.transaction((tx) => addSignInPasskey(tx, signIn())))
      expect(full).toMatchObject({ code: 'TOO_LARGE', limit: MOST_SIGN_IN_PASSKEYS })
      expect(await database.read((tx) => listSignInPasskeys(tx, who.ownerId))).toHaveLength(MOST_SIGN_IN_PASSKEYS)
      await database.transaction((tx) => removeSignInPasskey(tx, who.ownerId, made.id))
      expect(await database.read((tx) => findSignInPasskey(tx, made.id))).toBeNull()
    })

    it('count upwards: of a hundred at once with one count, one has risen; those that do not count stay at nought', async () => {
      const { id } = await database.transaction((tx) => addSignInPasskey(tx, signIn()))
      const count = (n: number) => database.transaction((tx) => countUp(tx, id, n))
      expect([await count(0), await count(0)]).toEqual([true, true])
      const risen = await atOnce((at) => at.transaction((tx) => countUp(tx, id, 9)))
      expect(risen.filter(Boolean)).toHaveLength(1)
      expect([await count(9), await count(8), await count(0), await count(10)]).toEqual([false, false, false, true])
      expect((await database.read((tx) => findSignInPasskey(tx, id)))?.counter).toBe(10)
    })
  })

  describe('one-time links', () => {
    const made = (more: object = {}) => ({
      ...{ kind: 'PERSON' as const, codeHash: key(), name: 'Bob', ownerId: null, organisationId: null },
      ...{ createdBy: who.ownerId, createdByName: 'Ann', seconds: 60, ...more },
    })
    const add = (more: object = {}) => database.transaction((tx) => addInvitation(tx, made(more)))

    it('are used once, of a hundred at once', async () => {
      const { id } = await add()
      const used = await atOnce((at) => at.transaction((tx) => useInvitation(tx, id, who.ownerId)))
      expect(used.filter(Boolean)).toHaveLength(1)
      const row = await database.read((tx) => findInvitation(tx, { id }))
      expect(row && stateOf(row)).toBe('USED')
      await database.transaction((tx) => revokeInvitation(tx, id))
      const still = await database.read((tx) => findInvitation(tx, { id }))
      expect(still && stateOf(still)).toBe('USED')
    })

    it('are not used when they were taken back or are late, by the database’s clock', async () => {
      const [gone, late] = [await add(), await add()]
      await database.transaction((tx) => revokeInvitation(tx, gone.id))
      await database.transaction((tx) =>
        tx
          .update(invitation)
          .set({ expiresAt: new Date(0) })
          .where(sql`id = ${late.id}`),
      )
      for (const { id } of [gone, late])
        expect(await database.transaction((tx) => useInvitation(tx, id, who.ownerId))).toBe(false)
      const listed = await database.read((tx) => listInvitations(tx, { createdBy: who.ownerId }))
      expect(new Map(listed.map((row) => [row.id, stateOf(row)]))).toEqual(
        new Map([
          [gone.id, 'REVOKED'],
          [late.id, 'EXPIRED'],
        ]),
      )
    })

    it('are a hundred of one maker at once', async () => {
      for (let n = 0; n < MOST_INVITATIONS; n++) await add()
      expect(await refusalOf(add())).toMatchObject({ code: 'TOO_LARGE', limit: MOST_INVITATIONS })
      expect((await add({ createdBy: 'adm_another' })).name).toBe('Bob')
    })

    it('none is printed for a server that has an owner', async () => {
      expect(await database.transaction((tx) => openFirstLink(tx, { isAlone: false }))).toBeNull()
    })
  })

  describe('devices of a sign-in', () => {
    const device = (more: object = {}) => ({
      ...{ id: `dev_${randomText(17).slice(0, 22)}`, ownerId: who.ownerId, name: 'laptop', publicKey: 'k' },
      ...{ tokenHash: key(), by: 'PASSKEY' as const, ...more },
    })
    it('view until a host trusts them, and keep what they may when they sign in again', async () => {
      const one = device()
      const row = await database.transaction((tx) => addSignedIn(tx, one))
      expect(row).toMatchObject({ rung: 'VIEW', awaitsTrust: true, signedInBy: 'PASSKEY' })
      const trust = (rung: 'STEER' | 'FULL') =>
        database.transaction((tx) => noteTrusted(tx, who.ownerId, { id: one.id, hostId: who.hostId, rung }))
      expect(await trust('STEER')).toMatchObject({ rung: 'STEER', awaitsTrust: false })
      expect(await trust('FULL')).toMatchObject({ rung: 'STEER' })
      expect((await database.read((tx) => rosterPlaces(tx, [one.id]))).get(one.id)).toEqual([who.hostId])
      const again = await database.transaction((tx) => addSignedIn(tx, { ...one, tokenHash: key() }))
      expect(again).toMatchObject({ rung: 'STEER', awaitsTrust: false })
      expect(again.tokenHash).not.toBe(one.tokenHash)
      const paired = await database.transaction((tx) => addSignedIn(tx, device({ id: who.phone.id })))
      expect(paired).toMatchObject({ rung: 'FULL', awaitsTrust: false })
    })

    it('are nobody else’s, and fifty of one person', async () => {
      const one = device()
      await database.transaction((tx) => addSignedIn(tx, one))
      const stranger = await person(database)
      const taken = database.transaction((tx) =>
        addSignedIn(tx, { ...one, ownerId: stranger.ownerId, tokenHash: key() }),
      )
      expect((await refusalOf(taken)).code).toBe('REVOKED')
      expect(await database.read((tx) => findDevice(tx, who.ownerId, one.id))).not.toBeNull()
      for (let n = 1; n < MOST_SIGNED_IN; n++) await database.transaction((tx) => addSignedIn(tx, device()))
      const full = await refusalOf(database.transaction((tx) => addSignedIn(tx, device())))
      expect(full).toMatchObject({ code: 'TOO_LARGE', limit: MOST_SIGNED_IN })
      await database.transaction((tx) => addSignedIn(tx, { ...one, tokenHash: key() }))
    })
  })
})

describe.each(places)('a server without an owner on %s', (_name, open) => {
  it('has one link that stands when it is alone, and one for each process when it is not', async () => {
    const { database, other, close } = await open()
    try {
      const link = (isAlone: boolean, at = database) => at.transaction((tx) => openFirstLink(tx, { isAlone }))
      await link(true)
      await link(true)
      const count = async () => (await database.read((tx) => listInvitations(tx, { isAll: true }))).length
      expect(await count()).toBe(1)
      await Promise.all([link(false), link(false, other)])
      expect(await count()).toBe(3)
      await database.transaction((tx) => tx.insert(owner).values({ id: 'own_x', name: 'Ann' }))
      expect(await link(false, other)).toBeNull()
      expect(await count()).toBe(0)
    } finally {
      await close()
    }
  }, 60_000)
})
