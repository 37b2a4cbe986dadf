import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, openAsBlob, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eq, like, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
// @ts-expect-error plain JavaScript, for the build runs it
import { seedArchive } from '../../../agent-cli/launch/seed.mjs'
import { createDatabase, type Database, type DatabaseOptions } from '../../../server/db/database.ts'
import { serverFact } from '../../../server/db/schema.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let folder: string
let seed: Blob
const ends: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'offdesk-backup-'))
  seed = await openAsBlob(await seedArchive())
})
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function opened(dataDir: string, more: Partial<DatabaseOptions> = {}): Promise<Database> {
  const database = await createDatabase({ dataDir: join(folder, dataDir), seed, ...more })
  ends.push(() => database.close())
  return database
}
const fact = async (database: Database, name: string): Promise<string | undefined> =>
  (await database.read((tx) => tx.select().from(serverFact).where(eq(serverFact.name, name))))[0]?.value
const note = (database: Database, name: string) =>
  database.transaction((tx) => tx.insert(serverFact).values({ name: `note ${name}`, value: name.repeat(500) }))
const notes = async (database: Database): Promise<string[]> =>
  (await database.read((tx) => tx.select().from(serverFact).where(like(serverFact.name, 'note %')))).map(
    (row) => row.name,
  )

/** As docs/operations.md says it. */
function unpack(archive: string, to: string): void {
  mkdirSync(join(folder, to), { mode: 0o700 })
  execFileSync('tar', ['-xzf', archive, '-C', join(folder, to)])
}

describe('backing up an embedded database', () => {
  it('[E5] a backup made while others write opens as a whole, with what was answered before it and in a new incarnation', async () => {
    const database = await opened('used')
    const before: string[] = []
    for (let number = 0; number < 50; number++) {
      await note(database, `a${number}`)
      before.push(`note a${number}`)
    }
    const archive = join(folder, 'one.tar.gz')
    let isDone = false
    const making = database.backup?.(archive, new AbortController().signal).then(() => {
      isDone = true
    })
    let during = 0
    while (!isDone && during < 40) {
      await note(database, `b${during++}`)
      await database.read((tx) => tx.execute(sql`select count(*) from server_fact`))
    }
    await making
    expect(during).toBeGreaterThan(1)
    await note(database, 'after')
    expect(statSync(archive).mode & 0o777).toBe(0o600)

    unpack(archive, 'restored')
    const restored = await opened('restored')
    const there = await notes(restored)
    expect(there).toEqual(expect.arrayContaining(before))
    expect(there).not.toContain('note after')
    // What came while it was made is there up to some moment and no further.
    const told = there.filter((name) => name.startsWith('note b')).length
    expect(there.filter((name) => name.startsWith('note b')).sort()).toEqual(
      Array.from({ length: told }, (_, number) => `note b${number}`).sort(),
    )
    const [one, other] = [await fact(database, 'incarnation'), await fact(restored, 'incarnation')]
    expect(other).toMatch(/^[0-9a-f-]{36}$/)
    expect(other).not.toBe(one)
    await restored.close()
    ends.pop()
    // Only once: from here on it is a database as any other.
    expect(await fact(await opened('restored'), 'incarnation')).toBe(other)
    expect(existsSync(join(folder, 'restored', 'restored'))).toBe(false)
  })

  it('[C2] a directory that was copied, or is marked as put back, has a new incarnation; one that was moved or opened again keeps it', async () => {
    const incarnations: (string | undefined)[] = []
    const look = async (name: string) => {
      const database = await createDatabase({ dataDir: join(folder, name), seed })
      incarnations.push(await fact(database, 'incarnation'))
      await database.close()
    }
    await look('kept')
    await look('kept')
    cpSync(join(folder, 'kept'), join(folder, 'copy'), { recursive: true, preserveTimestamps: true })
    await look('copy')
    execFileSync('mv', [join(folder, 'kept'), join(folder, 'moved')])
    await look('moved')
    execFileSync('touch', [join(folder, 'moved', 'restored')])
    await look('moved')
    const [first, again, copy, moved, marked] = incarnations
    expect(again).toBe(first)
    expect(moved).toBe(first)
    expect(new Set([first, copy, marked]).size).toBe(3)
  })

  it('one that is ended in the middle leaves nothing, and the next one goes', async () => {
    const database = await opened('ended')
    const places = join(folder, 'places')
    mkdirSync(places)
    const ending = new AbortController()
    const made = database.backup?.(join(places, 'cut.tar.gz'), ending.signal)
    ending.abort()
    await expect(made).rejects.toThrow()
    expect(readdirSync(places)).toEqual([])
    await database.backup?.(join(places, 'whole.tar.gz'), new AbortController().signal)
    expect(readdirSync(places)).toEqual(['whole.tar.gz'])
  })

  it('sockets have their turn between transactions, however many wait', async () => {
    const database = await opened('turns')
    let turns = 0
    let isOver = false
    const count = () => {
      turns++
      if (!isOver) setImmediate(count)
    }
    setImmediate(count)
    await Promise.all(Array.from({ length: 50 }, (_, number) => note(database, `${number}`)))
    expect(turns).toBeGreaterThanOrEqual(49)
    const before = turns
    for (let number = 0; number < 20; number++) await notes(database)
    isOver = true
    expect(turns - before).toBeGreaterThanOrEqual(19)
  })

  it('the log stays short however much is written, for somebody checkpoints', async () => {
    const database = await opened('log', { checkpoints: { everyMilliseconds: 20, logBytes: 256 * 1024 } })
    const redo = async (): Promise<string> => {
      const rows = await database.read((tx) =>
        tx.select({ at: sql<string>`redo_lsn::text` }).from(sql`pg_control_checkpoint()`),
      )
      return rows[0]?.at ?? ''
    }
    const before = await redo()
    const deadline = performance.now() + 10_000
    for (let number = 0; (await redo()) === before; number++) {
      expect(performance.now()).toBeLessThan(deadline)
      await note(database, `${number}`.repeat(20))
    }
  })
})
