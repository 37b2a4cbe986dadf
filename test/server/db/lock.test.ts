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
    const [left, ...more] = await readdir(folder)
    expect(more).toEqual([])
    expect(await readFile(join(folder, left ?? ''), 'utf8')).toBe('')
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
      await writeFile(join(folder, 'lock.7'), content)
      const lock = await lockDirectory(folder)
      expect(await readdir(folder)).toEqual(['lock.8'])
      expect(JSON.parse(await readFile(join(folder, 'lock.8'), 'utf8'))).toMatchObject({ pid: process.pid })
      await lock.release()
      await rm(join(folder, 'lock.8'))
    }
  })

  it('[E3] of twenty that find a stale lock at once one gets it', async () => {
    for (let round = 0; round < 25; round += 1) {
      await writeFile(join(folder, `lock.${round * 10 + 1}`), JSON.stringify({ pid: 2 ** 22 + 1, startedAt: '1' }))
      const results = await Promise.allSettled(Array.from({ length: 20 }, () => lockDirectory(folder)))
      const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
      expect(won).toHaveLength(1)
      await won[0]?.release()
    }
  })

  it('[E3] releases only what is its own', async () => {
    const lock = await lockDirectory(folder)
    await writeFile(join(folder, 'lock.9'), 'another took it over')
    await lock.release()
    expect(await readFile(join(folder, 'lock.9'), 'utf8')).toBe('another took it over')
  })
})
