/** [T4] Who may look where a policy asks for a passkey: when a device was verified, by the database's clock, and what stored policies become. */
import { readFileSync } from 'node:fs'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { standsOf } from '../../server/auth/standing.ts'
import { device, policy } from '../../server/db/schema.ts'
import { boundsOf, textsOf } from '../../server/policy/effective.ts'
import { resolve } from '../../server/policy/resolve.ts'
import { readStandings } from '../../server/store/credentials.ts'
import { looksUntil, noteVerified } from '../../server/store/devices.ts'
import { type Person, type Place, person, places } from './place.ts'

const migration = readFileSync(new URL('../../server/db/migrations/0013_looking.sql', import.meta.url), 'utf8')
const stepUp = { from: 'VIEW' as const, viewMinutes: 30, answerMinutes: 15, steerMinutes: 15 }
const governed = (minutes: number) =>
  textsOf(
    resolve([
      { level: 'organisation', id: 'org_1', name: 'Blue', says: { stepUp: { ...stepUp, viewMinutes: minutes } } },
    ]),
  )

describe.each(places)('looking, on %s', (_name, open) => {
  let place: Place
  let them: Person
  beforeAll(async () => {
    place = await open()
    them = await person(place.database)
    const { bounds, settings } = governed(30)
    const row = { ownerId: them.ownerId, remoteControl: 'VIEW_AND_CONTROL' as const, bounds, settings }
    await place.database.read((tx) => tx.insert(policy).values(row))
  })
  afterAll(() => place?.close())

  /** As every request reads it: the hash of a device's token is its id here. */
  const stands = async (id: string) => {
    const found = (await place.other.read((tx) => readStandings(tx, [id]))).get(id)
    if (found?.kind !== 'device') throw new Error('the device is there')
    return { ...standsOf(found, found.readAt), readAt: found.readAt }
  }
  const bounds = () =>
    place.database.read(async (tx) => {
      const [row] = await tx.select().from(policy).where(eq(policy.ownerId, them.ownerId))
      return boundsOf(row?.bounds ?? null)
    })

  it('a device that never showed who holds it must, and may look from then on for as long as was said', async () => {
    expect(await stands(them.phone.id)).toMatchObject({ mustVerify: true })
    const at = await place.database.transaction((tx) => noteVerified(tx, them.phone.id))
    const now = await stands(them.phone.id)
    expect(now.mustVerify).toBeUndefined()
    expect(now.looksUntil).toBe(at.getTime() + 30 * 60_000)
    expect(await stands(them.tablet.id)).toMatchObject({ mustVerify: true })
    expect(await place.other.read((tx) => looksUntil(tx, them.phone.id, 1))).toEqual(new Date(at.getTime() + 60_000))
  })

  it('and must again when that is over', async () => {
    const long = sql`clock_timestamp() - interval '31 minutes'`
    await place.database.read((tx) => tx.update(device).set({ verifiedAt: long }).where(eq(device.id, them.phone.id)))
    expect(await stands(them.phone.id)).toMatchObject({ mustVerify: true })
    expect(await place.other.read((tx) => looksUntil(tx, them.phone.id, 30))).toBeNull()
  })

  it('a revoked one cannot be verified any more', async () => {
    await place.database.read((tx) =>
      tx.update(device).set({ revokedAt: new Date() }).where(eq(device.id, them.tablet.id)),
    )
    await expect(place.database.transaction((tx) => noteVerified(tx, them.tablet.id))).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  it.each([30, 0])(
    '[F4] a policy that was stored before it was obeyed is what one stored now is, with %i minutes',
    async (minutes) => {
      const { looking, ...before } = JSON.parse(governed(minutes).bounds)
      const stored = { bounds: JSON.stringify(before), settings: governed(minutes).settings }
      await place.database.read((tx) => tx.update(policy).set(stored).where(eq(policy.ownerId, them.ownerId)))
      expect(await bounds()).not.toHaveProperty('looking')
      const [, update = ''] = migration.split('--> statement-breakpoint')
      await place.database.transaction((tx) => tx.execute(sql.raw(update)))
      expect(await bounds()).toEqual(boundsOf(governed(minutes).bounds))
      expect(looking.minutes).toBe(Math.max(1, minutes))
    },
  )

  it('[F4] and one that asks only above VIEW stays as it is', async () => {
    const above = textsOf(
      resolve([{ level: 'organisation', id: 'org_1', name: 'Blue', says: { stepUp: { ...stepUp, from: 'ANSWER' } } }]),
    )
    await place.database.read((tx) => tx.update(policy).set(above).where(eq(policy.ownerId, them.ownerId)))
    const [, update = ''] = migration.split('--> statement-breakpoint')
    await place.database.transaction((tx) => tx.execute(sql.raw(update)))
    expect(await bounds()).toEqual(boundsOf(above.bounds))
  })
})
