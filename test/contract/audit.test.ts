/** [F5] The audit on both databases: entered with what it tells of, never changed, chained, verified, removed by retention alone. */
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faultIn } from '../../protocol/audit.ts'
import type { Tx } from '../../server/db/database.ts'
import { organisation } from '../../server/db/schema.ts'
import { bringUnder } from '../../server/policy/applying.ts'
import { auditFields, findChain, noteAudit, readChain, removeAudit, sealAudit } from '../../server/store/audit.ts'
import { createCommand } from '../../server/store/commands.ts'
import { settleCommand } from '../../server/store/delivery.ts'
import { createOrganisation, holdOrganisation } from '../../server/store/organisations.ts'
import { attach, newKey, type Person, type Place, person, places, silent } from './place.ts'

const by = { actor: 'adm_test', name: 'test' }

describe.each(places)('the audit on %s', (_name, open) => {
  let place: Place
  let who: Person
  let chain: string
  beforeAll(async () => {
    place = await open()
    who = await person(place.database)
    chain = await place.database.transaction(async (tx) => {
      const { id } = await createOrganisation(tx, { name: 'Blue', enterpriseId: null })
      await bringUnder(tx, silent, by, { organisationId: id, ownerId: who.ownerId })
      return id
    })
  })
  afterAll(() => place?.close())

  const seal = async () => {
    while (await place.database.transaction(sealAudit));
  }
  const lines = async (after = 0) =>
    (await place.database.read((tx) => readChain(tx, chain, after, 10_000))).map((row) => ({
      ...auditFields(row),
      previous: row.previous,
      hash: row.hash,
    }))
  const note = (tx: Tx, line: string) =>
    noteAudit(tx, {
      ...{ ownerId: who.ownerId, actor: 'x', actorName: 'x', surface: 'SERVER' },
      ...{ action: 'test', outcome: 'DONE', line },
    })
  const commandsNoted = (id: string) =>
    place.database.read((tx) =>
      tx.execute(sql`select action, outcome, chain, surface, line from audit_entry where target = ${id} order by id`),
    )
  const rowsOf = (found: unknown) => (Array.isArray(found) ? [...found] : (found as { rows: object[] }).rows)
  const send = async (words: string) => {
    const session = await attach(place.database, who)
    return place.database.transaction((tx) =>
      createCommand(tx, silent, {
        ...{ ownerId: who.ownerId, hostId: who.hostId, sessionId: session.id, device: who.phone, key: newKey() },
        ...{ kind: 'SendPrompt', proof: null, expiresInSeconds: 60 },
        value: { promptId: 'p1', text: words, attachments: [], delivery: 'AFTER_TURN', modeId: null },
      }),
    )
  }

  it('[F5] a command is entered in its own transaction and again when it ends, without a word of what it says', async () => {
    const row = await send('open the vault with sesame')
    await place.database.transaction((tx) =>
      settleCommand(tx, silent, { hostId: who.hostId }, { id: row.id, state: 'APPLIED', refusal: null }),
    )
    const noted = rowsOf(await commandsNoted(row.id))
    expect(noted).toMatchObject([
      { action: 'command.SendPrompt', outcome: 'ASKED', chain, surface: 'DEVICE' },
      { action: 'command.SendPrompt', outcome: 'APPLIED', chain, surface: 'HOST' },
    ])
    expect(JSON.stringify(noted)).not.toContain('sesame')
    const count = rowsOf(await place.database.read((tx) => tx.execute(sql`select 1 from audit_entry`))).length
    await expect(
      place.database.transaction(async (tx) => {
        await note(tx, 'rolled back')
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect(rowsOf(await place.database.read((tx) => tx.execute(sql`select 1 from audit_entry`)))).toHaveLength(count)
  })

  it('[F5] the chain is dense and verifies, also when two processes seal at once', async () => {
    for (let at = 0; at < 40; at++) await place.database.transaction((tx) => note(tx, `entry ${at}`))
    await Promise.all([seal(), place.other.transaction(sealAudit), seal()])
    await seal()
    const all = await lines()
    expect(all.map(({ number }) => number)).toEqual(all.map((_, index) => index + 1))
    expect(await faultIn(all)).toMatchObject({ fault: null, count: all.length })
  })

  it('[F5] a line that is changed, left out or put in another place is found', async () => {
    const all = await lines()
    const [first, second, third] = all
    if (!first || !second || !third) throw new Error('there are three')
    const changed = [first, { ...second, line: 'another' }, third]
    expect((await faultIn(changed)).fault).toMatchObject({ number: 2 })
    expect((await faultIn([first, third])).fault).toMatchObject({ number: 3, what: 'number 2 is missing' })
    const { hash: last = '' } = all.at(-1) ?? {}
    expect((await faultIn([{ ...first, number: 2, previous: last }])).fault).not.toBeNull()
  })

  it('[F5] nothing changes or removes an entry but retention, nor a version of a policy', async () => {
    const attempts = [
      sql`update audit_entry set line = 'x' where chain = ${chain}`,
      sql`update audit_entry set hash = null where chain = ${chain}`,
      sql`delete from audit_entry where chain = ${chain}`,
    ]
    for (const attempt of attempts)
      await expect(place.database.transaction((tx) => tx.execute(attempt))).rejects.toThrow()
    await place.database.transaction((tx) =>
      tx.execute(sql`insert into policy_document (scope_id, version, document, digest, created_by)
        values (${chain}, 1, '{}', '\\x00', 'x')`),
    )
    for (const attempt of [sql`update policy_document set document = 'x'`, sql`delete from policy_document`])
      await expect(place.database.transaction((tx) => tx.execute(attempt))).rejects.toThrow()
  })

  it('[F5] retention takes the beginning and the rest still verifies; a legal hold keeps everything', async () => {
    const before = await lines()
    const later = sql<Date>`clock_timestamp() + interval '1 day'`
    await place.database.transaction((tx) => holdOrganisation(tx, chain, 'test'))
    await expect(place.database.transaction((tx) => removeAudit(tx, chain, later, 10))).rejects.toThrow()
    await place.database.transaction((tx) => holdOrganisation(tx, chain, null))
    expect(await place.database.transaction((tx) => removeAudit(tx, chain, later, 10))).toBe(10)
    const early = sql<Date>`clock_timestamp() - interval '1 day'`
    expect(await place.database.transaction((tx) => removeAudit(tx, chain, early, 10))).toBe(0)
    const after = await lines()
    expect(after).toEqual(before.slice(10))
    expect(await faultIn(after)).toMatchObject({ fault: null, count: after.length })
    const head = await place.database.read((tx) => findChain(tx, chain))
    expect(head.firstNumber).toBe(11)
    await place.database.transaction((tx) => note(tx, 'goes on'))
    await seal()
    expect(await faultIn(await lines())).toMatchObject({ fault: null })
    expect((await place.database.read((tx) => tx.select().from(organisation))).map(({ name }) => name)).toEqual([
      'Blue',
    ])
  })
})
