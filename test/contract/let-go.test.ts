/** Who is let go, moved, or comes back: whose they are (F1, docs/decisions/0024), and one order of locks for all who touch them; on both databases. */
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { randomText } from '../../protocol/bytes.ts'
import { hashCode } from '../../server/auth/setup.ts'
import { openWayBack } from '../../server/auth/sign-in/recovering.ts'
import type { Tx } from '../../server/db/database.ts'
import { rowsOf } from '../../server/db/rows.ts'
import { session } from '../../server/db/schema.ts'
import { applyPolicy, bringUnder, letGo } from '../../server/policy/applying.ts'
import type { Provider } from '../../server/scim/provider.ts'
import { createUser, deleteUser, patchUser } from '../../server/scim/users.ts'
import { endSession } from '../../server/store/attachments.ts'
import { lockHost } from '../../server/store/commands.ts'
import { createEnterprise, createOrganisation } from '../../server/store/organisations.ts'
import { lockFirstOwner } from '../../server/store/owners.ts'
import { noteLetGo } from '../../server/store/scim.ts'
import { lockSession } from '../../server/store/sessions.ts'
import { useSetupCode } from '../../server/store/setup-codes.ts'
import { alive, waitsOrOver } from './crossing.ts'
import { attach, type Person, type Place, person, places, silent } from './place.ts'

const OURS = 'urn:offdesk:params:scim:schemas:extension:2.0:User'
const by = { actor: 'adm_root', name: 'root' }
const off = { op: 'replace', path: 'active', value: false } as const

describe.each(places)('%s', (name, open) => {
  let place: Place
  let who: Person
  let idp: Provider
  let blue: string
  let red: string
  beforeAll(async () => {
    place = await open()
  })
  afterAll(() => place?.close())
  beforeEach(async () => {
    who = await person(place.database)
    const [scopeId, one, two] = await place.database.transaction(async (tx) => {
      const { id: enterpriseId } = await createEnterprise(tx, 'Acme')
      const made = async (title: string) => (await createOrganisation(tx, { name: title, enterpriseId })).id
      return [enterpriseId, await made('Blue'), await made('Red')] as const
    })
    blue = one
    red = two
    const principal = { kind: 'admin', tokenId: 'adm_idp', tokenName: 'idp', scopeId } as const
    idp = {
      principal: { ...principal, scopes: ['SCIM'], expiresAt: new Date(Date.now() + 3_600_000) },
      ...{ by: { actor: 'adm_idp', name: 'idp' }, scopeId, scopes: [scopeId, blue, red] },
    }
  })
  const done = <T>(work: (tx: Tx) => Promise<T>) => place.database.transaction(work)
  const member = (organisationId: string) => ({ organisationId, ownerId: who.ownerId })
  const linked = async () => {
    await done((tx) => bringUnder(tx, silent, by, member(blue)))
    const body = { userName: `${randomText(8)}@example.com`, [OURS]: { ownerId: who.ownerId } }
    return done((tx) => createUser(tx, silent, idp, body))
  }
  const here = () => alive(place.database, who.ownerId)

  it('[F1] whom an admin has let go is their own: the provider finds them no more, and only forgets them', async () => {
    const user = await linked()
    await done(async (tx) => {
      await letGo(tx, silent, by, member(blue))
      await noteLetGo(tx, who.ownerId)
    })
    await expect(done((tx) => patchUser(tx, silent, idp, user.id, [off]))).rejects.toMatchObject({ status: 404 })
    expect(await here()).toEqual({ devices: 2, hosts: 1 })
    await done((tx) => deleteUser(tx, silent, idp, user.id))
    expect(await here()).toEqual({ devices: 2, hosts: 1 })
  })

  it('[F1] who comes under an organisation of its place again is ended by it, and so is whom it let go itself', async () => {
    const back = await linked()
    await done(async (tx) => {
      await letGo(tx, silent, by, member(blue))
      await noteLetGo(tx, who.ownerId)
      await bringUnder(tx, silent, by, member(red))
    })
    await done((tx) => patchUser(tx, silent, idp, back.id, [off]))
    expect(await here()).toEqual({ devices: 0, hosts: 0 })
    who = await person(place.database)
    // As its group does it: the account follows (leavers go in that order).
    const leaver = await linked()
    await done((tx) => letGo(tx, silent, idp.by, member(blue)))
    await done((tx) => patchUser(tx, silent, idp, leaver.id, [off]))
    expect(await here()).toEqual({ devices: 0, hosts: 0 })
  })

  it('[F1] whom an admin has let go stays their own also when they leave another enterprise, by whichever way', async () => {
    const user = await linked()
    await done(async (tx) => {
      await letGo(tx, silent, by, member(blue))
      await noteLetGo(tx, who.ownerId)
    })
    const elsewhere = await done(async (tx) => {
      const { id: enterpriseId } = await createEnterprise(tx, 'Other')
      return (await createOrganisation(tx, { name: 'Green', enterpriseId })).id
    })
    await done((tx) => bringUnder(tx, silent, by, member(elsewhere)))
    // As its group lets them go, and not an admin's hand.
    await done((tx) => letGo(tx, silent, by, member(elsewhere)))
    await expect(done((tx) => patchUser(tx, silent, idp, user.id, [off]))).rejects.toMatchObject({ status: 404 })
    expect(await here()).toEqual({ devices: 2, hosts: 1 })
  })

  it('[T3] whose provider deletes them while a session of theirs ends is ended: sessions come before hosts there too', async () => {
    const user = await linked()
    const open = await attach(place.database, who)
    let isHeld = () => {}
    const held = new Promise<void>((go) => {
      isHeld = go
    })
    const ends = place.other.transaction(async (tx) => {
      await lockSession(tx, open.id)
      isHeld()
      await waitsOrOver(tx, () => name === 'PGlite')
      await endSession(tx, silent, who, { sessionId: open.id, epoch: open.epoch, reason: 'done' })
    })
    const deletes = held.then(() => done((tx) => deleteUser(tx, silent, idp, user.id)))
    expect((await Promise.allSettled([ends, deletes])).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
    expect(await here()).toEqual({ devices: 0, hosts: 0 })
  })

  it('a move between groups takes sessions before hosts, also where only the second withholds one: whoever has the session gets the host', async () => {
    const { id } = await attach(place.database, who)
    await done((tx) => bringUnder(tx, silent, by, member(blue)))
    const document = { remoteControl: 'VIEW_AND_CONTROL', allowedAgents: ['another'] }
    await done((tx) =>
      applyPolicy(tx, silent, by, { scopeId: red, expectedVersion: null, document, note: null }).then(() => undefined),
    )
    let isHeld = () => {}
    const held = new Promise<void>((go) => {
      isHeld = go
    })
    // As a command is queued.
    const steers = place.other.transaction(async (tx) => {
      await tx.select().from(session).where(eq(session.id, id)).for('no key update')
      isHeld()
      await waitsOrOver(tx, () => name === 'PGlite')
      await lockHost(tx, who.hostId)
    })
    const moves = held.then(() =>
      done(async (tx) => {
        await letGo(tx, silent, by, member(blue))
        await bringUnder(tx, silent, by, member(red))
      }),
    )
    expect((await Promise.allSettled([steers, moves])).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
    const [row] = await place.database.read((tx) => tx.select().from(session).where(eq(session.id, id)))
    expect(row?.withheldBy).toContain(red)
  })

  it('[T2] a way back that is opened while its code is used waits for it: codes come before the first owner', async () => {
    const made = await done(openWayBack)
    const code = hashCode(made?.setupCode ?? '')
    let isUsed = () => {}
    const used = new Promise<void>((go) => {
      isUsed = go
    })
    // As `enrolBySetupCode` does it.
    const enrols = place.other.transaction(async (tx) => {
      expect(await useSetupCode(tx, code)).toBe(true)
      isUsed()
      await waitsOrOver(tx, () => name === 'PGlite')
      await lockFirstOwner(tx)
    })
    const recovers = used.then(() => done(openWayBack))
    expect((await Promise.allSettled([enrols, recovers])).map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
    ])
    const open = sql`select 1 from setup_code where used_at is null and expires_at is not null`
    expect(rowsOf(await place.database.read((tx) => tx.execute(open)))).toHaveLength(1)
  })
})
