import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { command as commandTable, host as hostTable } from '../../server/db/schema.ts'
import { type CommandRow, commandRevisions, createCommand, listCommands } from '../../server/store/commands.ts'
import { acknowledgeCommands, expireNext, type SettledState, settleCommand } from '../../server/store/delivery.ts'
import { lookForHost } from '../../server/store/host-commands.ts'
import {
  archiveSession,
  findSession,
  listSessions,
  renameSession,
  type SessionCursor,
  type SessionRow,
} from '../../server/store/sessions.ts'
import {
  attach,
  listeningRing,
  newKey,
  type OpenSession,
  type Person,
  type Place,
  person,
  places,
  refusalOf,
  silent,
} from './place.ts'

describe.each(places)('commands on %s', (_name, open) => {
  let place: Place
  beforeAll(async () => {
    place = await open()
  })
  afterAll(() => place?.close())

  const prompt = (who: Person, session: OpenSession, how: { key?: string; by?: Person['phone'] } = {}) => ({
    ...{ ownerId: who.ownerId, hostId: who.hostId, sessionId: session.id, device: how.by ?? who.phone },
    ...{ key: how.key ?? newKey(), kind: 'SendPrompt', proof: null, expiresInSeconds: 86_400 as number | null },
    value: { promptId: 'p1', text: 'go on', attachments: [], delivery: 'AFTER_TURN', modeId: null },
  })
  const send = (handle: Place['database'], wanted: ReturnType<typeof prompt>): Promise<CommandRow> =>
    handle.transaction((tx) => createCommand(tx, silent, wanted))
  const settle = (who: Person, id: string, state: SettledState) =>
    place.database.transaction((tx) => settleCommand(tx, silent, who, { id, state, refusal: null }))
  const poll = (who: Person, after: string | null) => place.database.read((tx) => lookForHost(tx, who.hostId, after))

  it('[C1] one key makes one row, whoever sends it again and whatever became of it', async () => {
    const who = await person(place.database)
    const wanted = prompt(who, await attach(place.database, who))
    const sent = await Promise.all(
      Array.from({ length: 20 }, (_, index) => send(index % 2 ? place.database : place.other, wanted)),
    )
    expect(new Set(sent.map((row) => row.id)).size).toBe(1)
    await settle(who, sent[0]?.id ?? '', 'APPLIED')
    expect(await send(place.database, wanted)).toMatchObject({ id: sent[0]?.id, state: 'APPLIED' })
    expect((await send(place.database, { ...wanted, device: who.tablet })).id).not.toBe(sent[0]?.id)
  })

  it('[C1] a key that was used for something else is refused', async () => {
    const who = await person(place.database)
    const wanted = prompt(who, await attach(place.database, who))
    await send(place.database, wanted)
    const other = send(place.database, { ...wanted, kind: 'CancelTurn' })
    expect(await refusalOf(other)).toEqual({ code: 'BAD_INPUT' })
  })

  it('[C2] numbers are dense per host however many devices send at once', async () => {
    const who = await person(place.database)
    const another = await person(place.database)
    const session = await attach(place.database, who)
    const elsewhere = await attach(place.database, another)
    const rows = await Promise.all(
      Array.from({ length: 60 }, (_, index) => {
        const handle = index % 2 ? place.database : place.other
        return index % 3 ? send(handle, prompt(who, session)) : send(handle, prompt(another, elsewhere))
      }),
    )
    const numbers = rows.filter((row) => row.hostId === who.hostId).map((row) => row.number)
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
  })

  it('[C2] a host that reads on while devices send misses none and sees none twice', async () => {
    const who = await person(place.database)
    const session = await attach(place.database, who)
    const sent = Promise.all(
      Array.from({ length: 40 }, (_, index) => send(index % 2 ? place.database : place.other, prompt(who, session))),
    )
    const seen: number[] = []
    let after: string | null = null
    while (seen.length < 40) {
      const read: { commands: CommandRow[]; after: string } = await poll(who, after)
      seen.push(...read.commands.map((row) => row.number))
      after = read.after
    }
    await sent
    expect(seen).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
  })

  it('[C2] a place of another database, or from before a restore, is not believed: all unsettled is read again', async () => {
    const who = await person(place.database)
    const session = await attach(place.database, who)
    const [first, second] = [
      await send(place.database, prompt(who, session)),
      await send(place.database, prompt(who, session)),
    ]
    const { after } = await poll(who, null)
    expect((await poll(who, after)).commands).toEqual([])
    // The backup ends before the second, and its number is given to another command.
    await place.database.transaction((tx) =>
      tx
        .update(commandTable)
        .set({ id: `cmd_other${second.id.slice(9)}` })
        .where(eq(commandTable.id, second.id)),
    )
    expect((await poll(who, after)).commands.map((row) => row.number)).toEqual([first.number, second.number])
    const foreign = Buffer.from(`another ${first.number} ${first.id}`).toString('base64url')
    for (const nonsense of [foreign, '', '!!!', 'x'.repeat(5000)])
      expect((await poll(who, nonsense)).commands).toHaveLength(2)
  })

  it('[C2] a place is not believed when its devices sent the same commands again to a database that was put back', async () => {
    const who = await person(place.database)
    const session = await attach(place.database, who)
    const wanted = [prompt(who, session), prompt(who, session)]
    const sent = [await send(place.database, wanted[0] ?? prompt(who, session))]
    sent.push(await send(place.database, wanted[1] ?? prompt(who, session)))
    const { after } = await poll(who, null)
    // The backup is older than both; its next numbers are theirs again, and so are the ids, which follow from the keys.
    await place.database.transaction(async (tx) => {
      await tx.delete(commandTable).where(eq(commandTable.hostId, who.hostId))
      await tx
        .update(hostTable)
        .set({ nextCommandNumber: sent[0]?.number ?? 0 })
        .where(eq(hostTable.id, who.hostId))
    })
    const again = []
    for (const one of wanted) again.push(await send(place.database, one))
    const named = (rows: CommandRow[]) => rows.map(({ id, number }) => ({ id, number }))
    expect(named(again)).toEqual(named(sent))
    expect(named((await poll(who, after)).commands)).toEqual(named(sent))
    const read = await poll(who, null)
    expect((await poll(who, read.after)).commands).toEqual([])
  })

  it('[C2] reading changes nothing; delivered is what the host has acknowledged, and it is read again until settled', async () => {
    const who = await person(place.database)
    const session = await attach(place.database, who)
    const made = await send(place.database, prompt(who, session))
    await poll(who, null)
    expect((await poll(who, null)).commands[0]).toMatchObject({ id: made.id, state: 'QUEUED', deliveredAt: null })
    const acknowledge = () => place.database.transaction((tx) => acknowledgeCommands(tx, silent, who, [made.id]))
    const [delivered] = await acknowledge()
    expect(delivered?.row).toMatchObject({ state: 'DELIVERED', revision: made.revision + 1 })
    expect(await acknowledge()).toEqual([delivered])
    expect((await poll(who, null)).commands).toHaveLength(1)
    await settle(who, made.id, 'APPLIED')
    expect((await poll(who, null)).commands).toEqual([])
  })

  it('[E4][C3] a command is delivered to the attachment that writes its session and to no other, which is told', async () => {
    const who = await person(place.database)
    const session = await attach(place.database, who)
    const made = await send(place.database, prompt(who, session))
    await attach(place.database, who, { id: session.id, epoch: 2 })
    const take = async (epoch: number) => {
      const epochs = new Map([[session.id, epoch]])
      const work = place.database.transaction((tx) => acknowledgeCommands(tx, silent, who, [made.id], epochs))
      const [{ row, sessionEpoch } = { row: null, sessionEpoch: null }] = await work
      return [row?.state, row?.deliveredEpoch, sessionEpoch]
    }
    expect(await take(1)).toEqual(['QUEUED', null, 2])
    // Not known here yet: its own start comes first.
    expect(await take(3)).toEqual(['QUEUED', null, 2])
    expect(await take(2)).toEqual(['DELIVERED', 2, 2])
    await attach(place.database, who, { id: session.id, epoch: 3 })
    expect(await take(3)).toEqual(['DELIVERED', 2, 3])
  })

  it('[C5] a settled command never changes: the same word is acknowledged, another refused', async () => {
    const who = await person(place.database)
    const made = await send(place.database, prompt(who, await attach(place.database, who)))
    const applied = await settle(who, made.id, 'APPLIED')
    expect(await settle(who, made.id, 'APPLIED')).toEqual(applied)
    expect(await refusalOf(settle(who, made.id, 'UNKNOWN'))).toEqual({ code: 'COMMAND_SETTLED' })
    const stranger = await person(place.database)
    expect(await refusalOf(settle(stranger, made.id, 'APPLIED'))).toEqual({ code: 'NOT_FOUND' })
    const asking = place.database.transaction((tx) => acknowledgeCommands(tx, silent, stranger, [made.id]))
    expect(await refusalOf(asking)).toEqual({ code: 'NOT_FOUND' })
  })

  it('[C5] of many words at once about one command one stands', async () => {
    const who = await person(place.database)
    const made = await send(place.database, prompt(who, await attach(place.database, who)))
    const words: SettledState[] = ['APPLIED', 'REFUSED', 'UNKNOWN', 'EXPIRED', 'SUPERSEDED']
    const results = await Promise.allSettled(words.map((state) => settle(who, made.id, state)))
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
  })

  it('[E10] past its time by the database clock it is not delivered, is marked EXPIRED, and what was delivered is left to the host', async () => {
    const who = await person(place.database)
    const session = await attach(place.database, who)
    const [late, delivered] = [
      await send(place.database, prompt(who, session)),
      await send(place.database, prompt(who, session)),
    ]
    await place.database.transaction((tx) => acknowledgeCommands(tx, silent, who, [delivered.id]))
    await place.database.transaction((tx) =>
      tx
        .update(commandTable)
        .set({ expiresAt: sql`now() - interval '1 second'` })
        .where(eq(commandTable.hostId, who.hostId)),
    )
    expect((await poll(who, null)).commands.map((row) => row.id)).toEqual([delivered.id])
    const [acknowledged] = await place.database.transaction((tx) => acknowledgeCommands(tx, silent, who, [late.id]))
    expect(acknowledged?.row.state).toBe('QUEUED')
    const { ring, rung } = listeningRing()
    while (await place.database.transaction((tx) => expireNext(tx, ring)));
    expect(rung).toEqual([`session:${session.id}`])
    expect((await settle(who, delivered.id, 'APPLIED')).state).toBe('APPLIED')
    expect(await refusalOf(settle(who, late.id, 'APPLIED'))).toEqual({ code: 'COMMAND_SETTLED' })
  })

  it('[L1] revisions tell a watcher what changed, and pages follow the numbers', async () => {
    const who = await person(place.database)
    const session = await attach(place.database, who)
    const rows: CommandRow[] = []
    for (let count = 0; count < 5; count++) rows.push(await send(place.database, prompt(who, session)))
    const before = await place.database.read((tx) => commandRevisions(tx, session.id, 2))
    expect(before.size).toBe(5)
    for (const row of rows) await settle(who, row.id, 'APPLIED')
    const after = await place.database.read((tx) => commandRevisions(tx, session.id, 2))
    expect([...after.keys()].sort()).toEqual([rows[3]?.id, rows[4]?.id].sort())
    const page = { after: 1, before: 5, limit: 2, backward: true }
    const listed = await place.database.read((tx) => listCommands(tx, session.id, page))
    expect(listed.map((row) => row.number)).toEqual([3, 4])
  })

  it('[C7] name and archive are facts of the server, rung for lists, and another owner cannot touch them', async () => {
    const who = await person(place.database)
    const stranger = await person(place.database)
    const session = await attach(place.database, who)
    const where = { ownerId: who.ownerId, id: session.id }
    const { ring, rung } = listeningRing()
    const named = await place.database.transaction((tx) => renameSession(tx, ring, where, 'Release'))
    const archived = await place.database.transaction((tx) => archiveSession(tx, ring, where, true))
    expect([named.name, archived.revision]).toEqual(['Release', 3])
    expect(archived.archivedAt).toBeInstanceOf(Date)
    expect(rung).toContain(`owner:${who.ownerId}`)
    const everything = { after: null, before: null, limit: 10, backward: false }
    const list = (isArchived: boolean) =>
      place.database.read((tx) => listSessions(tx, { ownerId: who.ownerId, archived: isArchived }, everything))
    expect((await list(false)).length).toBe(0)
    expect((await list(true)).map((row) => row.id)).toEqual([session.id])
    const theft = place.database.transaction((tx) =>
      renameSession(tx, silent, { ownerId: stranger.ownerId, id: session.id }, 'mine'),
    )
    expect(await refusalOf(theft)).toEqual({ code: 'NOT_FOUND' })
    expect((await place.database.read((tx) => findSession(tx, who.ownerId, session.id)))?.name).toBe('Release')
  })

  it('[C7] pages of sessions touch every one exactly once from both ends', async () => {
    const who = await person(place.database)
    for (let count = 0; count < 7; count++) await attach(place.database, who)
    const filter = { ownerId: who.ownerId, archived: false }
    const walk = async (backward: boolean): Promise<string[]> => {
      const ids: string[] = []
      let cursor: SessionCursor | null = null
      for (;;) {
        const page: Parameters<typeof listSessions>[2] = backward
          ? { after: null, before: cursor, limit: 3, backward }
          : { after: cursor, before: null, limit: 3, backward }
        const rows: SessionRow[] = await place.database.read((tx) => listSessions(tx, filter, page))
        if (rows.length === 0) return ids
        ids.push(...(backward ? rows.map((row) => row.id).reverse() : rows.map((row) => row.id)))
        cursor = (backward ? rows[0] : rows.at(-1)) ?? null
      }
    }
    const forward = await walk(false)
    expect(new Set(forward).size).toBe(7)
    expect((await walk(true)).reverse()).toEqual(forward)
  })
})
