import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DataDirectoryTaken, lockDirectory } from '../../../server/db/lock.ts'

describe('the lock of a data directory', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'offdesk-lock-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('[E3] refuses a second server and names the process that holds it', async () => {
    const first = await lockDirectory(folder)
    const second = lockDirectory(folder)
    await expect(second).rejects.toThrow(DataDirectoryTaken)
    await expect(second).rejects.toMatchObject({ pid: process.pid })
    await first.release()
    await (await lockDirectory(folder)).release()
    expect(await readdir(folder)).toEqual([])
  })

  it('[E3] takes over from a process that is gone, from a number that was given to another, and from half a file', async () => {
    const gone = spawn(process.execPath, ['-e', ''])
    await new Promise((resolve) => gone.once('exit', resolve))
    const stale = [
      JSON.stringify({ pid: gone.pid, startedAt: '1' }),
      JSON.stringify({ pid: process.pid, startedAt: 'another start' }),
      '{"pid": 12',
    ]
    for (const content of stale) {
      await writeFile(join(folder, 'lock'), content)
      const lock = await lockDirectory(folder)
      expect(JSON.parse(await readFile(join(folder, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid })
      await lock.release()
    }
  })

  it('[E3] of twenty that find a stale lock at once one gets it', async () => {
    await writeFile(join(folder, 'lock'), JSON.stringify({ pid: 2 ** 22 + 1, startedAt: '1' }))
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => lockDirectory(folder)))
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
  })

  it('[E3] releases only what is its own', async () => {
    const lock = await lockDirectory(folder)
    await writeFile(join(folder, 'lock'), 'another took it over')
    await lock.release()
    expect(await readFile(join(folder, 'lock'), 'utf8')).toBe('another took it over')
  })
})
