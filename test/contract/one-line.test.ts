/** [F5] One effect is one line: whoever else ends the same thing at that moment, or once more, changes nothing and says nothing; on both databases. */
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { randomText } from '../../protocol/bytes.ts'
import { createAdminToken, endAdminToken } from '../../server/auth/admin-tokens.ts'
import { endDevice, revokeHost } from '../../server/auth/devices.ts'
import { endPerson } from '../../server/auth/ending.ts'
import { endPasskey } from '../../server/auth/passkeys.ts'
import { endInvitation } from '../../server/auth/sign-in/links.ts'
import type { Tx } from '../../server/db/database.ts'
import { rowsOf } from '../../server/db/rows.ts'
import type { AdminPrincipal, HostPrincipal } from '../../server/policy/principal.ts'
import { addAdminToken } from '../../server/store/admin-tokens.ts'
import { addInvitation } from '../../server/store/invitations.ts'
import { addPasskey } from '../../server/store/passkeys.ts'
import { waitsOrOver } from './crossing.ts'
import { type Person, type Place, person, places, silent } from './place.ts'

const SERVER = { enterpriseId: null, organisationId: null }
const at = async () => SERVER

describe.each(places)('%s', (name, open) => {
  let place: Place
  let who: Person
  let admin: AdminPrincipal
  let host: HostPrincipal
  beforeAll(async () => {
    place = await open()
  })
  afterAll(() => place?.close())
  beforeEach(async () => {
    who = await person(place.database)
    const { ownerId, hostId } = who
    host = { kind: 'host', ownerId, hostId, hostName: 'desk', expiresAt: new Date() }
    const { id, expiresAt } = await done((tx) => token(tx, null))
    admin = { kind: 'admin', tokenId: id, tokenName: 'root', scopeId: null, scopes: ['TOKENS', 'MEMBERS'], expiresAt }
  })
  const done = <T>(work: (tx: Tx) => Promise<T>) => place.database.transaction(work)
  const token = (tx: Tx, madeBy: string | null) =>
    addAdminToken(tx, {
      ...{ name: 'root', tokenHash: randomText(20), scopeId: null, scopes: 'TOKENS', createdBy: 'root', madeBy },
      seconds: 600,
    })

  const ends: [string, string, () => Promise<{ id: string; end: (tx: Tx) => Promise<unknown> }>][] = [
    [
      'a token',
      'token.revoke',
      async () => {
        const { id } = await done((tx) => token(tx, null))
        return { id, end: (tx) => endAdminToken(tx, silent, admin, at, { id, keepsMade: false }) }
      },
    ],
    [
      'a token that ends with its maker',
      'token.revoke',
      async () => {
        const { id: maker } = await done((tx) => token(tx, null))
        const asked = { name: 'made', scopes: ['TOKENS'], days: 1, scopeId: null } as const
        const by = { ...admin, tokenId: maker }
        const { row } = await done((tx) => createAdminToken(tx, by, SERVER, asked))
        return { id: row.id, end: (tx) => endAdminToken(tx, silent, admin, at, { id: maker, keepsMade: false }) }
      },
    ],
    [
      'an invitation',
      'invitation.revoke',
      async () => {
        const { id } = await done((tx) =>
          addInvitation(tx, {
            ...{ kind: 'PERSON', codeHash: randomText(20), name: 'Bob', ownerId: null, organisationId: null },
            ...{ seconds: 60, createdBy: admin.tokenId, createdByName: 'root' },
          }),
        )
        return { id, end: (tx) => endInvitation(tx, admin, at, id) }
      },
    ],
    [
      'a workstation',
      'host.revoke',
      async () => ({
        id: who.hostId,
        end: (tx) => revokeHost(tx, silent, host, who.hostId),
      }),
    ],
    [
      'a workstation that ends with its person',
      'host.revoke',
      async () => ({
        id: who.hostId,
        end: (tx) => endPerson(tx, silent, admin, who.ownerId),
      }),
    ],
    [
      'a phone',
      'device.revoke',
      async () => ({
        id: who.phone.id,
        end: (tx) => endDevice(tx, silent, host, { ownerId: who.ownerId, id: who.phone.id }),
      }),
    ],
    [
      'a passkey',
      'passkey.remove',
      async () => {
        const id = randomText(20)
        const origin = 'https://desk.example.com'
        const of = { id, ownerId: who.ownerId, deviceId: who.phone.id, name: 'Thumb', publicKey: 'k', origin }
        await done((tx) => addPasskey(tx, { ...of, isSynced: false }))
        // Its line names its device.
        return { id: who.phone.id, end: (tx) => endPasskey(tx, silent, host, id) }
      },
    ],
  ]

  it.each(ends)('%s that is ended twice at once, and a third time, has one line', async (_what, action, prepared) => {
    const { id, end } = await prepared()
    let isOver = false
    let going: Promise<unknown> = Promise.resolve()
    await place.other.transaction(async (tx) => {
      await end(tx)
      going = done(end)
        .catch(() => undefined)
        .finally(() => {
          isOver = true
        })
      if (name === 'PostgreSQL') await waitsOrOver(tx, () => isOver)
    })
    await going
    await done(end).catch(() => undefined)
    const query = sql`select line from audit_entry where action = ${action} and target = ${id}`
    expect(rowsOf(await place.database.read((tx) => tx.execute(query)))).toHaveLength(1)
  })
})
