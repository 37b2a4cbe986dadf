import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createMeta, openMeta, readMeta, type SessionFacts } from '../../../agent-cli/journal/meta.ts'
import { createSessionFolder, mintSessionId, openSessionFolder } from '../../../agent-cli/journal/session-folder.ts'
import { failingDisk, tempFolder } from './fixtures/places.ts'

function facts(id: string): SessionFacts {
  const createdAt = '2026-01-02T03:04:05.000Z'
  const rest = { agent: 'demo', command: ['demo'], cwd: '/work', title: null, pid: null, agentSessionId: null }
  return { id, createdAt, epoch: 0, ...rest }
}

test('[E1] session ids do not collide, and one that is taken is not used twice', async () => {
  const ids = Array.from({ length: 20_000 }, () => mintSessionId())
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of ids.slice(0, 100)) expect(id).toMatch(/^ses_[A-Za-z0-9_-]{22}$/)
  const stateDir = tempFolder()
  const taken = await createSessionFolder(stateDir)
  const offered = [taken.id, taken.id, mintSessionId()]
  const next = await createSessionFolder(stateDir, () => offered.shift() ?? '')
  expect(next.id).not.toBe(taken.id)
  expect(statSync(next.paths.folder).mode & 0o077).toBe(0)
  await taken.lock.close()
  await next.lock.close()
})

test('[E1] no epoch is minted twice, by calls at once or after reopening', async () => {
  const stateDir = tempFolder()
  const { id, paths, lock } = await createSessionFolder(stateDir)
  const meta = await createMeta(paths.meta, lock, facts(id))
  const minted = await Promise.all(Array.from({ length: 10 }, () => meta.mintEpoch()))
  expect(minted).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  await meta.update({ title: 'named', later: 'kept' })
  await lock.close()
  await expect(meta.mintEpoch()).rejects.toMatchObject({ fault: 'NOT_HELD' })
  const again = await openSessionFolder(stateDir, id)
  const reopened = await openMeta(again.paths.meta, again.lock)
  expect(await reopened.mintEpoch()).toBe(11)
  expect(await readMeta(again.paths.meta)).toEqual({ ...facts(id), title: 'named', later: 'kept', epoch: 11 })
  await again.lock.close()
})

test('[E1] a disk that fails leaves the old facts, and the epoch unminted', async () => {
  const { id, paths, lock } = await createSessionFolder(tempFolder())
  const disk = failingDisk()
  const meta = await createMeta(paths.meta, lock, facts(id), disk)
  await meta.mintEpoch()
  disk.freeBytes = 20
  await expect(meta.mintEpoch()).rejects.toMatchObject({ fault: 'DISK_FULL' })
  expect(await readMeta(paths.meta)).toMatchObject({ epoch: 1 })
  expect(meta.facts.epoch).toBe(1)
  expect(readdirSync(paths.folder).filter((name) => name.endsWith('.tmp'))).toEqual([])
  disk.freeBytes = 10_000
  expect(await meta.mintEpoch()).toBe(2)
  await lock.close()
})

test('a file that is no session file is named, not replaced', async () => {
  const { paths, lock } = await createSessionFolder(tempFolder())
  await expect(openMeta(paths.meta, lock)).rejects.toMatchObject({ fault: 'NOT_FOUND' })
  writeFileSync(paths.meta, '{"id":3}')
  await expect(openMeta(paths.meta, lock)).rejects.toMatchObject({ fault: 'CORRUPT', path: paths.meta })
  await lock.close()
})
