/** [F6] [T3] What a revoked token has made ends with it (docs/decisions/0027), also what it is making at that moment, and what it has made through one that is over; on both databases. */
import { inArray, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { randomText } from '../../protocol/bytes.ts'
import { createAdminToken, endAdminToken } from '../../server/auth/admin-tokens.ts'
import type { Tx } from '../../server/db/database.ts'
import { adminToken } from '../../server/db/schema.ts'
import type { AdminPrincipal } from '../../server/policy/principal.ts'
import { type AdminTokenRow, addAdminToken, MOST_TOKENS, noteTokenUsed } from '../../server/store/admin-tokens.ts'
import { addInvitation, revokeInvitation } from '../../server/store/invitations.ts'
import { waitsOrOver } from './crossing.ts'
import { type Place, places, refusalOf, silent } from './place.ts'

const SERVER = { enterpriseId: null, organisationId: null }
const asked = { name: 'made', scopes: ['TOKENS'], days: 1, scopeId: null } as const
const as = ({ id, name, expiresAt }: AdminTokenRow): AdminPrincipal => ({
  ...{ kind: 'admin', tokenId: id, tokenName: name, scopeId: null, scopes: ['TOKENS', 'MEMBERS'], expiresAt },
})
const makes = (by: AdminTokenRow) => async (tx: Tx) => (await createAdminToken(tx, as(by), SERVER, asked)).row
const ends = (by: AdminTokenRow, id: string, keepsMade: boolean) => (tx: Tx) =>
  endAdminToken(tx, silent, as(by), async () => SERVER, { id, keepsMade })

describe.each(places)('%s', (name, open) => {
  let place: Place
  let admin: AdminTokenRow
  const first = (tx: Tx) =>
    addAdminToken(tx, {
      ...{ name: 'first', tokenHash: randomText(20), scopeId: null, scopes: 'TOKENS MEMBERS', createdBy: 'root' },
      ...{ madeBy: null, seconds: 600 },
    })
  const done = <T>(work: (tx: Tx) => Promise<T>) => place.database.transaction(work)
  beforeAll(async () => {
    place = await open()
    admin = await done(first)
  })
  afterAll(() => place?.close())

  const standing = (...tokens: AdminTokenRow[]) =>
    place.database.read(async (tx) => {
      const ids = tokens.map(({ id }) => id)
      const rows = await tx.select().from(adminToken).where(inArray(adminToken.id, ids))
      return rows.filter(({ revokedAt }) => revokedAt === null).length
    })

  /** `before` is done and not committed when `after` begins in another process. */
  async function crossed<T>(before: (tx: Tx) => Promise<T>, after: (tx: Tx) => Promise<unknown>) {
    let isOver = false
    let going: Promise<unknown> = Promise.resolve()
    const made = await place.other.transaction(async (tx) => {
      const value = await before(tx)
      going = place.database.transaction(after).finally(() => {
        isOver = true
      })
      going.catch(() => undefined)
      if (name === 'PostgreSQL') await waitsOrOver(tx, () => isOver)
      return value
    })
    return { made, going }
  }

  it('what it is making while it is revoked, or its maker is, ends with it', async () => {
    for (const isMaker of [false, true]) {
      const root = await done(first)
      const child = await done(makes(root))
      const { made, going } = await crossed(makes(child), ends(admin, isMaker ? root.id : child.id, false))
      await going
      expect(await standing(child, made)).toBe(0)
    }
  })

  it('one that is being revoked, or whose maker is, makes nothing', async () => {
    for (const isMaker of [false, true]) {
      const root = await done(first)
      const child = await done(makes(root))
      const { going } = await crossed(ends(admin, isMaker ? root.id : child.id, false), makes(child))
      expect((await refusalOf(going)).code).toBe('REVOKED')
    }
  })

  it('what came from it through one that is over ends too, however that one has ended', async () => {
    const root = await done(first)
    const child = await done(makes(root))
    const last = await done(makes(child))
    // As a thief covers the way from the first to the last.
    await done(ends(child, child.id, true))
    expect(await standing(root, child, last)).toBe(2)
    await done(ends(admin, root.id, false))
    expect(await standing(root, last)).toBe(0)
  })

  it('MOST_TOKENS: 500 come from one first token, at any remove, also when many are made at once; what was made today counts when it has ended', async () => {
    expect(MOST_TOKENS).toBe(500)
    const root = await done(first)
    const child = await done(makes(root))
    /** As many more, made by `child` so long ago. */
    const fill = (many: number, age: string) =>
      done((tx) =>
        tx.execute(sql`insert into admin_token (id, name, token_hash, scopes, created_by, made_by, expires_at, created_at)
          select ${child.id} || ${age} || n, 'made', ${child.id} || ${age} || n, 'TOKENS', 'x', ${child.id},
            now() + interval '1 day', now() - ${age}::interval from generate_series(1, ${many}::int) n`),
      )
    const revokeAll = () =>
      done((tx) =>
        tx.execute(sql`update admin_token set revoked_at = now() where made_by in (${root.id}, ${child.id})`),
      )
    // With child itself 499: there is room for one.
    await fill(498, '2 days')
    const ends = await Promise.allSettled([
      ...Array.from({ length: 5 }, () => done(makes(root))),
      ...Array.from({ length: 5 }, () => place.other.transaction(makes(child))),
    ])
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await refusalOf(done(makes(child)))).toMatchObject({ code: 'TOO_LARGE', limit: 500 })
    // Another line has its own room.
    await done(makes(await done(first)))
    await revokeAll()
    await done(makes(root))
    await fill(500, '1 hour')
    await revokeAll()
    expect((await refusalOf(done(makes(root)))).code).toBe('TOO_LARGE')
  })

  it('a token that takes back a link while it and the link’s maker end waits for nobody who waits for it', async () => {
    const root = await done(first)
    const child = await done(makes(root))
    const link = await done((tx) =>
      addInvitation(tx, {
        ...{ kind: 'PERSON', codeHash: randomText(20), name: 'Bob', ownerId: null, organisationId: null, seconds: 60 },
        ...{ createdBy: root.id, createdByName: 'root' },
      }),
    )
    let isHeld = () => {}
    const held = new Promise<void>((go) => {
      isHeld = go
    })
    const takesBack = place.other.transaction(async (tx) => {
      await noteTokenUsed(tx, child.id)
      isHeld()
      await waitsOrOver(tx, () => name === 'PGlite')
      await revokeInvitation(tx, link.id)
    })
    const both = [takesBack, held.then(() => done(ends(admin, root.id, false)))]
    expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
    expect(await standing(root, child)).toBe(0)
  })
})
