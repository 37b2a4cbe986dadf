/** [T3] Who is deactivated keeps nothing, also of what was being let in at that moment: each way in against each way out, in both orders, on both databases. */
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { randomText } from '../../protocol/bytes.ts'
import { exportPublicKey, generateKeys, principalId } from '../../protocol/keys.ts'
import { addScript, revokeDevice } from '../../server/auth/devices.ts'
import { admitPerson } from '../../server/auth/sign-in/admitting.ts'
import type { Database, Tx } from '../../server/db/database.ts'
import { rowsOf } from '../../server/db/rows.ts'
import { USER } from '../../server/scim/messages.ts'
import type { Provider } from '../../server/scim/provider.ts'
import { createUser, deleteUser, patchUser, showUser } from '../../server/scim/users.ts'
import { addAdminToken, revokeAdminToken } from '../../server/store/admin-tokens.ts'
import { lockHost } from '../../server/store/commands.ts'
import { updateDevice } from '../../server/store/devices.ts'
import {
  addInvitation,
  endInvitationsOf,
  findInvitation,
  stateOf,
  useInvitation,
} from '../../server/store/invitations.ts'
import { addMember, createEnterprise, createOrganisation } from '../../server/store/organisations.ts'
import { alive as aliveOf, waitsOrOver } from './crossing.ts'
import { type Person, type Place, person, places, refusalOf, silent } from './place.ts'

const OURS = 'urn:offdesk:params:scim:schemas:extension:2.0:User'
const principal: Provider['principal'] = {
  ...{ kind: 'admin', tokenId: 'adm_idp', tokenName: 'idp', scopeId: null },
  ...{ scopes: ['SCIM'], expiresAt: new Date(Date.now() + 3_600_000) },
}
const provider: Provider = { principal, by: { actor: 'adm_idp', name: 'idp' }, scopeId: '', scopes: null }

type Work = (tx: Tx) => Promise<unknown>

describe.each(places)('%s', (name, open) => {
  let place: Place
  let who: Person
  let userId: string
  beforeAll(async () => {
    place = await open()
  })
  afterAll(() => place?.close())
  beforeEach(async () => {
    who = await person(place.database)
    userId = ''
  })
  const provisioned = async (active = true) => {
    const body = { userName: `${randomText(8)}@example.com`, active, [OURS]: { ownerId: who.ownerId } }
    return (tx: Tx) => createUser(tx, silent, provider, body)
  }

  const signIn: Work = async (tx) => {
    const publicKey = await exportPublicKey((await generateKeys(false)).publicKey)
    const device = { deviceId: await principalId('dev', publicKey), name: 'new', publicKey }
    return admitPerson(tx, silent, { ownerId: who.ownerId, by: 'PASSKEY', proof: 'passkey' }, device)
  }
  const script: Work = (tx) => {
    const { ownerId, hostId } = who
    const by = { kind: 'host', ownerId, hostId, hostName: 'desk', expiresAt: new Date() } as const
    return addScript(tx, silent, by, { name: 'new', rung: 'FULL' })
  }
  const off = { op: 'replace', path: 'active', value: false } as const
  const out: [string, boolean, () => Promise<Work>][] = [
    ['linked as inactive', false, () => provisioned(false)],
    ['deactivated', true, async () => (tx) => patchUser(tx, silent, provider, userId, [off])],
    ['deleted', true, async () => (tx) => deleteUser(tx, silent, provider, userId)],
  ]
  const roads = out.flatMap(([end, isKnown, work]) =>
    (
      [
        ['signs in', signIn],
        ['makes a script at their terminal', script],
      ] as const
    ).map(([come, into]) => ({ end, isKnown, work, come, into })),
  )

  const prepared = async ({ isKnown, work }: (typeof roads)[number]): Promise<Work> => {
    if (isKnown) userId = (await place.database.transaction(await provisioned())).id
    return work()
  }
  const alive = () => aliveOf(place.database, who.ownerId)

  /** `first` is done and not committed when `second` begins in another process; returns how `second` ended. */
  const crossed = async (first: Work, second: Work): Promise<unknown> => {
    let isOver = false
    let going: Promise<unknown> | undefined
    await place.other.transaction(async (tx) => {
      await first(tx)
      going = place.database.transaction(second).finally(() => {
        isOver = true
      })
      going.catch(() => undefined)
      if (name === 'PostgreSQL') await waitsOrOver(tx, () => isOver)
    })
    return going
  }

  it.each(roads)('who $come while they are $end holds nothing afterwards', async (road) => {
    const ending = await prepared(road)
    await crossed(road.into, ending)
    expect(await alive()).toEqual({ devices: 0, hosts: 0 })
  })

  it.each(roads.filter(({ end, come }) => end !== 'deleted' || come !== 'signs in'))(
    'who is being $end is not let in when they $come',
    async (road) => {
      const ending = await prepared(road)
      expect((await refusalOf(crossed(ending, road.into))).code).toBe('REVOKED')
      expect(await alive()).toEqual({ devices: 0, hosts: 0 })
    },
  )

  it('deactivations and sign-ins of many people at once end, and none waits for another for ever', async () => {
    const users: { ownerId: string; id: string }[] = []
    for (let n = 0; n < 8; n++) {
      who = await person(place.database)
      users.push({ ownerId: who.ownerId, id: (await place.database.transaction(await provisioned())).id })
    }
    const at = (n: number): Database => (n % 2 ? place.database : place.other)
    const key = async () => exportPublicKey((await generateKeys(false)).publicKey)
    const all = users.flatMap(({ ownerId, id }, n) => [
      at(n).transaction((tx) => patchUser(tx, silent, provider, id, [off])),
      at(n + 1).transaction(async (tx) => {
        const publicKey = await key()
        const device = { deviceId: await principalId('dev', publicKey), name: 'new', publicKey }
        return admitPerson(tx, silent, { ownerId, by: 'PASSKEY', proof: 'passkey' }, device)
      }),
    ])
    const codes = (await Promise.allSettled(all)).map((one) => (one.status === 'rejected' ? one.reason.code : 'done'))
    expect(codes.filter((code) => code !== 'done' && code !== 'REVOKED')).toEqual([])
    for (const { ownerId } of users) {
      who = { ...who, ownerId }
      expect(await alive()).toEqual({ devices: 0, hosts: 0 })
    }
  })

  it('a device that is revoked waits for its hosts before it is touched: with a rung that is lowered at once both are done', async () => {
    const { ownerId, hostId, phone } = who
    const by = { kind: 'host', ownerId, hostId, hostName: 'desk', expiresAt: new Date() } as const
    const lowered: Work = async (tx) => {
      await lockHost(tx, hostId)
      isHeld()
      await waitsOrOver(tx, () => name === 'PGlite')
      await updateDevice(tx, ownerId, phone.id, { rung: 'ANSWER' })
    }
    let isHeld = () => {}
    const held = new Promise<void>((done) => {
      isHeld = done
    })
    const both = [
      place.other.transaction(lowered),
      held.then(() => place.database.transaction((tx) => revokeDevice(tx, silent, by, phone.id))),
    ]
    expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
    expect(await alive()).toEqual({ devices: 1, hosts: 1 })
  })

  it('whom the provider has made and deletes signs in no more; who was here before it keeps their passkey', async () => {
    const passkeys = (ownerId: string) =>
      place.database.read(async (tx) => {
        const found = await tx.execute(sql`select id from sign_in_passkey where owner_id = ${ownerId}`)
        return rowsOf<{ id: string }>(found).length
      })
    const give = (ownerId: string) =>
      place.database.transaction((tx) =>
        tx.execute(sql`insert into sign_in_passkey (id, owner_id, user_handle, name, public_key, origin, counter, is_synced)
          values (${randomText(16)}, ${ownerId}, 'h', 'Thumb', 'k', 'https://desk.example.com', 0, false)`),
      )
    const made = await place.database.transaction((tx) =>
      createUser(tx, silent, provider, { schemas: [USER], userName: `${randomText(8)}@example.com` }),
    )
    const linked = await place.database.transaction(await provisioned())
    for (const { id, ownerId } of [made, linked]) {
      await give(ownerId)
      await place.database.transaction((tx) => deleteUser(tx, silent, provider, id))
    }
    expect([await passkeys(made.ownerId), await passkeys(linked.ownerId)]).toEqual([0, 1])
  })

  it('[F1] whom another enterprise governs by now is not ended by the provider that had made them, and is not found by its changes', async () => {
    const { database } = place
    const [ours, theirs] = await database.transaction(async (tx) => [
      await createEnterprise(tx, 'Ours'),
      await createEnterprise(tx, 'Theirs'),
    ])
    const scopeId = ours?.id ?? ''
    const idp: Provider = { ...provider, principal: { ...principal, scopeId }, scopeId, scopes: [scopeId] }
    const body = { schemas: [USER], userName: `${randomText(8)}@example.com` }
    const user = await database.transaction((tx) => createUser(tx, silent, idp, body))
    who = { ...who, ownerId: user.ownerId }
    await database.transaction(signIn)
    await database.transaction(async (tx) => {
      const { id: organisationId } = await createOrganisation(tx, { name: 'Red', enterpriseId: theirs?.id ?? null })
      await addMember(tx, { organisationId, ownerId: user.ownerId, addedBy: 'root' })
    })
    const groupsFor = (one: Provider) => database.read(async (tx) => (await showUser(tx, one, user, '')) as object)
    expect(await groupsFor(idp)).toMatchObject({ groups: [] })
    expect(await groupsFor(provider)).toMatchObject({ groups: [{ display: 'Red' }] })
    const change = (tx: Tx) => patchUser(tx, silent, idp, user.id, [off])
    await expect(database.transaction(change)).rejects.toMatchObject({ status: 404 })
    await database.transaction((tx) => deleteUser(tx, silent, idp, user.id))
    expect(await alive()).toEqual({ devices: 1, hosts: 0 })
    // Gone for it all the same: it provisions them no more.
    await expect(database.transaction(change)).rejects.toMatchObject({ status: 404 })
  })

  it('links of an admin’s token end with it, revoked or run out; of its end and a use at once one is first', async () => {
    const { database, other } = place
    const key = () => randomText(20)
    const add = (more: { createdBy: string; seconds?: number; until?: Date }) =>
      database.transaction((tx) =>
        addInvitation(tx, {
          ...{ kind: 'PERSON', codeHash: key(), name: 'Bob', ownerId: null, organisationId: null, seconds: 60 },
          ...{ createdByName: 'people', ...more },
        }),
      )
    const token = () =>
      database.transaction((tx) =>
        addAdminToken(tx, {
          ...{
            name: 'people',
            tokenHash: key(),
            scopeId: null,
            scopes: 'MEMBERS',
            createdBy: 'root',
            madeBy: null,
            seconds: 600,
          },
        }),
      )
    const [revoked, late, raced, standing] = [await token(), await token(), await token(), await token()]
    const of = async ({ id, expiresAt }: typeof standing) =>
      (await add({ createdBy: id, seconds: 3600, until: expiresAt })).id
    const [one, two, three, four] = [await of(revoked), await of(late), await of(raced), await of(standing)]
    const left = await database.read((tx) => findInvitation(tx, { id: four }))
    expect(left?.expiresAt).toEqual(standing.expiresAt)
    const [ended] = await database.transaction(async (tx) => {
      await revokeAdminToken(tx, revoked.id)
      return endInvitationsOf(tx, { tokenId: revoked.id })
    })
    expect(ended?.id).toBe(one)
    await database.transaction((tx) => tx.execute(sql`update admin_token set expires_at = now() where id = ${late.id}`))
    const state = async (id: string) => {
      const row = await database.read((tx) => findInvitation(tx, { id }))
      return row && stateOf(row)
    }
    expect([await state(one), await state(two), await state(four)]).toEqual(['REVOKED', 'EXPIRED', 'OPEN'])
    for (const id of [one, two])
      expect(await database.transaction((tx) => useInvitation(tx, id, who.ownerId))).toBe(false)
    const uses = Promise.all(
      Array.from({ length: 50 }, () => database.transaction((tx) => useInvitation(tx, three, who.ownerId))),
    )
    const [gone] = await other.transaction(async (tx) => {
      await revokeAdminToken(tx, raced.id)
      return endInvitationsOf(tx, { tokenId: raced.id })
    })
    expect((await uses).filter(Boolean)).toHaveLength(gone ? 0 : 1)
    // Made in the moment in which its token ends: nobody has ended it, and it opens nothing.
    const slipped = await add({ createdBy: raced.id })
    expect(await state(slipped.id)).toBe('EXPIRED')
    expect(await database.transaction((tx) => useInvitation(tx, slipped.id, who.ownerId))).toBe(false)
  })
})
