/** The common command in one statement: what it takes, what it leaves to the long way, and that rights taken away meanwhile count. */
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rowsOf } from '../../server/db/rows.ts'
import { device, host, policy, session } from '../../server/db/schema.ts'
import { createCommand, findCommand, lockHost } from '../../server/store/commands.ts'
import { type HostLook, lookForHost, lookWith } from '../../server/store/host-commands.ts'
import { type Believed, queueCommand } from '../../server/store/queue-command.ts'
import { attach, newKey, type OpenSession, type Person, type Place, person, places, silent } from './place.ts'

const believed: Believed = { rung: 'FULL', remoteControl: 'VIEW_AND_CONTROL', ceilings: ['STEER', 'FULL'] }

describe.each(places)('a command in one statement on %s', (name, open) => {
  let place: Place
  let who: Person
  let its: OpenSession
  beforeAll(async () => {
    place = await open()
    who = await person(place.database)
    its = await attach(place.database, who)
  })
  afterAll(() => place?.close())

  const wanted = (of: Person = who, to: OpenSession = its, key = newKey()) => ({
    ...{ ownerId: of.ownerId, hostId: of.hostId, sessionId: to.id, device: of.phone, key },
    ...{ kind: 'SendPrompt', proof: 'v1.as.given', expiresInSeconds: 86_400 as number | null },
    value: { promptId: 'p1', text: 'go on — ñ', attachments: [], delivery: 'AFTER_TURN', modeId: null },
  })
  const queue = (what = wanted(), as = believed, handle = place.database) =>
    handle.read((tx) => queueCommand(tx, what, as)).then((queued) => queued?.row ?? null)
  const nextNumber = async (of = who) => {
    const [row] = await place.database.read((tx) => tx.select().from(host).where(eq(host.id, of.hostId)))
    return row?.nextCommandNumber
  }

  it('[C1] gives the row back as it is stored', async () => {
    const row = await queue()
    const stored = await place.database.read((tx) => findCommand(tx, who.ownerId, row?.id ?? ''))
    expect(row).toMatchObject({ state: 'QUEUED', rung: 'FULL', deviceName: 'phone', revision: 1 })
    expect({ ...row, payload: Buffer.from(row?.payload ?? []) }).toEqual({
      ...stored,
      payload: Buffer.from(stored?.payload ?? []),
    })
    expect((await queue({ ...wanted(), expiresInSeconds: null }))?.expiresAt).toBeNull()
  })

  it('[C2] a host that has looked is told what its next look would give, and nothing when another command came between', async () => {
    const them = await person(place.database)
    const theirs = await attach(place.database, them)
    const look = (after: string | null) => place.database.read((tx) => lookForHost(tx, them.hostId, after))
    const send = () => place.database.read((tx) => queueCommand(tx, wanted(them, theirs), believed))
    const plain = (seen: HostLook) => ({
      ...{ ...seen, mark: null },
      commands: seen.commands.map((row) => ({ ...row, payload: Buffer.from(row.payload) })),
    })
    const seen = await look(null)
    const queued = await send()
    if (!queued) throw new Error('not queued')
    const told = lookWith(seen, queued)
    expect(told && plain(told)).toEqual(plain(await look(seen.after)))
    const later = await send()
    expect(later && lookWith(seen, later)).toBeNull()
    expect((await look(told?.after ?? null)).commands.map(({ id }) => id)).toEqual([later?.row.id])
  })

  it('[C1] [C2] a key that made a row before makes none, and spends no number', async () => {
    const first = wanted()
    await queue(first)
    const next = await nextNumber()
    expect(await queue(first)).toBeNull()
    expect(await queue({ ...wanted(), key: first.key, kind: 'StopSession' })).toBeNull()
    expect(await nextNumber()).toBe(next)
  })

  it('[C2] many at once, by either way and in two processes, are numbered densely', async () => {
    const them = await person(place.database)
    const theirs = await attach(place.database, them)
    const handles = [place.database, place.other]
    const rows = await Promise.all(
      Array.from({ length: 24 }, async (_, n) => {
        const handle = handles[n % 2] ?? place.database
        const what = wanted(them, theirs)
        const row = n % 3 === 0 ? null : await queue(what, believed, handle)
        return row ?? (await handle.transaction((tx) => createCommand(tx, silent, what)))
      }),
    )
    expect(rows.map((row) => row.number).sort((a, b) => a - b)).toEqual(Array.from({ length: 24 }, (_, n) => n + 1))
  })

  it('[C1] one key at once in two processes makes one row', async () => {
    const what = wanted()
    const next = (await nextNumber()) ?? 0
    const rows = await Promise.all([queue(what), queue(what, believed, place.other), queue(what)])
    expect(rows.filter((row) => row !== null)).toHaveLength(1)
    expect(await nextNumber()).toBe(next + 1)
  })

  it('[T3] [T4] nothing is queued when rung, policy, ceiling, owner, host or session are not as believed', async () => {
    const next = await nextNumber()
    const other = await person(place.database)
    const ended = await attach(place.database, who)
    const set = (values: object) =>
      place.database.read((tx) => tx.update(session).set(values).where(eq(session.id, ended.id)))
    expect(await queue(wanted(), { ...believed, rung: 'STEER' })).toBeNull()
    expect(await queue(wanted(), { ...believed, remoteControl: 'VIEW' })).toBeNull()
    expect(await queue(wanted(), { ...believed, ceilings: ['VIEW', 'ANSWER'] })).toBeNull()
    expect(await queue({ ...wanted(), ownerId: other.ownerId })).toBeNull()
    expect(await queue({ ...wanted(), hostId: other.hostId })).toBeNull()
    expect(await queue({ ...wanted(), device: other.phone })).toBeNull()
    await set({ endedAt: new Date() })
    expect(await queue(wanted(who, ended))).toBeNull()
    await set({ endedAt: null, withheldBy: '{}' })
    expect(await queue(wanted(who, ended))).toBeNull()
    await set({ withheldBy: null, deletedAt: new Date() })
    expect(await queue(wanted(who, ended))).toBeNull()
    expect(await nextNumber()).toBe(next)
  })

  it('[F1] who is governed by others takes the long way, which asks all of their rules', async () => {
    const them = await person(place.database)
    const theirs = await attach(place.database, them)
    const governed = { ownerId: them.ownerId, remoteControl: 'VIEW_AND_CONTROL' as const, settings: '{}' }
    await place.database.read((tx) => tx.insert(policy).values(governed))
    expect(await queue(wanted(them, theirs))).toBeNull()
  })

  it.each(['revocation', 'policy', 'session end'])(
    '[T3] a %s that is being committed while it waits counts',
    async (what) => {
      const them = await person(place.database)
      const theirs = await attach(place.database, them)
      let waiting: ReturnType<typeof queue> | undefined
      await place.other.transaction(async (tx) => {
        await lockHost(tx, them.hostId)
        waiting = queue(wanted(them, theirs))
        if (name === 'PostgreSQL') await waits(tx)
        const at = new Date()
        if (what === 'revocation') await tx.update(device).set({ revokedAt: at }).where(eq(device.id, them.phone.id))
        if (what === 'policy') await tx.insert(policy).values({ ownerId: them.ownerId, remoteControl: 'VIEW' })
        if (what === 'session end') await tx.update(session).set({ endedAt: at }).where(eq(session.id, theirs.id))
      })
      expect(await waiting).toBeNull()
      expect(await nextNumber(them)).toBe(1)
    },
  )
})

/** Returns when another connection waits for a row of ours. */
async function waits(tx: Parameters<typeof lockHost>[0]): Promise<void> {
  const deadline = performance.now() + 10_000
  const query = sql`select count(*)::int as waiting from pg_stat_activity where wait_event_type = 'Lock' and pg_backend_pid() = any(pg_blocking_pids(pid))`
  while (performance.now() < deadline) {
    const [row] = rowsOf<{ waiting: number }>(await tx.execute(query))
    if ((row?.waiting ?? 0) > 0) return
  }
  throw new Error('nobody waits for the row')
}
