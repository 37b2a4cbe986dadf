import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createNightly, limits, type Nightly } from '../../../server/backup/nightly.ts'
import type { Database } from '../../../server/db/database.ts'
import { memoryDatabase } from '../../kit/seed.ts'

let folder: string
let database: Database
let nightly: Nightly | null = null
let clock = new Date(2026, 0, 10, 12)
const logged: unknown[] = []

beforeAll(async () => {
  database = await memoryDatabase()
})
afterAll(() => database?.close())
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offdesk-nightly-'))
})
afterEach(async () => {
  await nightly?.close()
  nightly = null
  logged.length = 0
  await rm(folder, { recursive: true, force: true })
})

/** A database whose backup is a file, or fails: what a backup holds is test/server/db/backup.test.ts. */
async function starts(backup: Database['backup'] = (to) => writeFile(to, 'all of it')): Promise<Nightly> {
  nightly = await createNightly({
    database: { ...database, backup },
    folder,
    log: (error) => logged.push(error),
    now: () => clock,
  })
  if (!nightly) throw new Error('it makes no backups')
  return nightly
}
const day = (date: number, hour = 12) => new Date(2026, 0, date, hour)
const names = async () => (await readdir(folder)).sort()
async function wasMade(at: Date): Promise<void> {
  await utimes(folder, at, at)
}

describe('the nightly backup', () => {
  it('is made once when a night is over, also one that passed while nothing ran', async () => {
    await wasMade(day(10))
    const { look } = await starts()
    clock = day(10, 20)
    await look()
    expect(await names()).toEqual([])
    clock = day(11, limits.hour)
    await look()
    await look()
    expect(await names()).toHaveLength(1)
    clock = day(14)
    await look()
    await look()
    expect(await names()).toHaveLength(2)
  })

  it(`keeps the newest ${limits.keep}, and touches nothing else in the folder but what a killed process left`, async () => {
    await wasMade(day(1))
    const { look } = await starts()
    for (let date = 2; date < 2 + limits.keep + 2; date++) {
      clock = day(date)
      await look()
    }
    await writeFile(join(folder, 'mine.tar.gz'), 'a person put it here')
    await writeFile(join(folder, '2026-01-01T00-00-00.000Z.tar.gz.123.part'), 'half')
    clock = day(20)
    await look()
    const left = await names()
    expect(left).toHaveLength(limits.keep + 1)
    expect(left).toContain('mine.tar.gz')
    expect(left[0]).toBe(`${day(5).toISOString().replaceAll(':', '-')}.tar.gz`)
  })

  it('one that fails is told, removes no older one, and is tried again', async () => {
    await wasMade(day(1))
    let isFull = true
    const { look } = await starts(async (to) => {
      if (isFull) throw new Error('no space left on device')
      await writeFile(to, 'all of it')
    })
    clock = day(2)
    await look()
    expect(logged).toEqual([expect.objectContaining({ message: 'no space left on device' })])
    isFull = false
    await look()
    expect(await names()).toHaveLength(1)
  })

  it('a database that is not this process’s to keep has none', async () => {
    expect(await createNightly({ database, folder, log: () => {} })).toBeNull()
  })
})
