import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, openAsBlob, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { like, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
// @ts-expect-error plain JavaScript, for the build runs it
import { seedArchive } from '../../../agent-cli/launch/seed.mjs'
import { createDatabase, type Database } from '../../../server/db/database.ts'
import { serverFact } from '../../../server/db/schema.ts'
import { type Disk, watchDisk } from '../../kit/power.ts'

// Whole directories are opened again after each cut.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let folder: string
let disk: Disk
let seed: Blob
const ends: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'offdesk-power-'))
  seed = await openAsBlob(await seedArchive())
  for (const name of ['alone', 'db']) {
    mkdirSync(join(folder, name), { mode: 0o700 })
    execFileSync('tar', ['-xzf', await seedArchive(), '-C', join(folder, name)], { stdio: 'ignore' })
  }
  disk = watchDisk(folder)
})
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})
afterAll(() => {
  disk?.release()
  rmSync(folder, { recursive: true, force: true })
})

/** A row of about 1 KB, as an event is. */
const note = (database: Database, name: string): Promise<unknown> =>
  database.transaction((tx) => tx.insert(serverFact).values({ name: `note ${name}`, value: name.repeat(300) }))
const notes = async (database: Database): Promise<string[]> =>
  (await database.read((tx) => tx.select().from(serverFact).where(like(serverFact.name, 'note %')))).map(
    (row) => row.name,
  )

async function opened(dataDir: string): Promise<Database> {
  const database = await createDatabase({ dataDir, seed })
  ends.push(() => database.close())
  return database
}

/** The same sequence for the same seed. */
function chance(seed: number): () => boolean {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state > 0x7fffffff
  }
}

describe('the power is cut under an embedded database', () => {
  it('PGlite alone syncs nothing: what this room is for', async () => {
    const before = disk.syncs()
    const client = await PGlite.create({ dataDir: join(folder, 'alone') })
    ends.push(() => client.close())
    await client.exec('create table t (v text); insert into t values (1); checkpoint')
    expect(disk.syncs()).toBe(before)
    expect(disk.unsynced().filter((path) => path.startsWith('alone/pg_wal/'))).not.toEqual([])
    expect(disk.unsynced()).toContain('alone/global/pg_control')
  })

  it('[E3] a new directory has its name only when all of it is synced', async () => {
    const database = await opened(join(folder, 'new'))
    await note(database, 'first')
    const after = join(folder, 'new-cut')
    disk.cut(after)
    const cut = await opened(join(after, 'new'))
    expect(await notes(cut)).toEqual(['note first'])
  })

  it('[E3] a write is answered after its log is synced: after a cut at any moment it is there, whatever else the disk kept', async () => {
    const database = await opened(join(folder, 'db'))
    const answered: string[] = []
    const log = /^db\/pg_wal\/[0-9A-F]{24}$/
    const cuts: { path: string; answered: string[] }[] = []
    const take = (keep?: () => boolean) => {
      const path = join(folder, `cut-${cuts.length}`)
      disk.cut(path, keep)
      cuts.push({ path: join(path, 'db'), answered: [...answered] })
    }
    const work = async (from: number, to: number) => {
      for (let number = from; number < to; number++) {
        const before = disk.syncs(log)
        await note(database, String(number))
        expect(disk.unsynced().filter((path) => log.test(path))).toEqual([])
        expect(disk.syncs(log)).toBeGreaterThan(before)
        answered.push(`note ${number}`)
      }
    }
    await work(0, 40)
    take()
    // In the middle of one that nobody has been told of.
    await database.transaction(async (tx) => {
      await tx.insert(serverFact).values({ name: 'note untold', value: 'x'.repeat(900) })
      take(chance(1))
    })
    answered.push('note untold')
    await database.read((tx) => tx.execute(sql`checkpoint`))
    await work(40, 80)
    take(chance(2))
    for (const { path, answered } of cuts) {
      const cut = await createDatabase({ dataDir: path })
      expect((await notes(cut)).sort()).toEqual(answered.sort())
      // Every page with a checksum that fits, every row reachable both ways.
      const counted = await cut.read((tx) => tx.select({ count: sql`count(*)::int`.mapWith(Number) }).from(serverFact))
      expect(counted[0]?.count).toBeGreaterThanOrEqual(answered.length)
      await cut.close()
    }
  })
})
