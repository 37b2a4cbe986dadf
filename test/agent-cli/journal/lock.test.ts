import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Lock, takeLock } from '../../../agent-cli/journal/lock.ts'
import { abandoned, createSessionFolder, openSessionFolder } from '../../../agent-cli/journal/session-folder.ts'
import { startFixture } from './fixtures/children.ts'
import { tempFolder } from './fixtures/places.ts'

const slow = { timeout: 60_000 }

test('[E1] a live holder is named by its pid, this process included', async () => {
  const folder = tempFolder()
  const lock = await takeLock(folder)
  await expect(takeLock(folder)).rejects.toMatchObject({ fault: 'LOCKED', pid: process.pid })
  await lock.close()
  await lock.close()
  const again = await takeLock(folder)
  expect(again.takenOverFrom).toBeUndefined()
  expect(lock.held).toBe(false)
  await again.close()
})

test('[E1] of many takers at once exactly one holds the lock', async () => {
  for (let round = 0; round < 20; round += 1) {
    const folder = tempFolder()
    // A stale lock of a process that never was.
    writeFileSync(join(folder, 'lock.7'), JSON.stringify({ pid: 2 ** 22 + round, startedAt: 'never' }))
    const takers = await Promise.allSettled(Array.from({ length: 12 }, () => takeLock(folder)))
    expect(takers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([])
  }
})

test('[E1] whatever the interleaving of takers and leavers, never two hold it', async () => {
  const folder = tempFolder()
  let holding = 0
  let turns = 0
  async function comeAndGo(): Promise<void> {
    for (let attempt = 0; attempt < 60; attempt += 1) {
      const lock = await takeLock(folder).catch(() => undefined)
      if (lock === undefined) continue
      holding += 1
      turns += 1
      expect(holding).toBe(1)
      await new Promise((resolve) => setImmediate(resolve))
      holding -= 1
      await lock.close()
    }
  }
  await Promise.all(Array.from({ length: 8 }, comeAndGo))
  expect(turns).toBeGreaterThan(20)
})

test('[E1] a taker so slow that its number has come and gone steps back', async () => {
  const folder = tempFolder()
  writeFileSync(join(folder, 'lock.1'), JSON.stringify({ pid: 2 ** 22, startedAt: 'never' }))
  let faster: Lock | undefined
  const slow = takeLock(folder, async (holder) => {
    if (holder.pid === process.pid) return true
    // While the slow one looks at the dead holder, another takes 2, leaves, and takes 3, which removes 2.
    await (await takeLock(folder)).close()
    faster = await takeLock(folder)
    return false
  })
  await expect(slow).rejects.toMatchObject({ fault: 'LOCKED', pid: process.pid })
  expect(faster?.held).toBe(true)
  expect(readdirSync(folder)).toEqual(['lock.3'])
  await faster?.close()
})

test('[E1] two processes never hold the lock together; the dead one is taken over and named', slow, async () => {
  const folder = tempFolder()
  const one = startFixture('journal-locker', folder)
  const two = startFixture('journal-locker', folder)
  await Promise.all([one.line(), two.line()])
  for (let round = 0; round < 30; round += 1) {
    one.process.stdin?.write('take\n')
    two.process.stdin?.write('take\n')
    const said = await Promise.all([one.line(), two.line()])
    const winner = said[0]?.startsWith('took') ? one : two
    const pid = winner.process.pid
    expect(said.toSorted()).toEqual([`LOCKED ${pid}`, 'took -'])
    winner.process.stdin?.write('release\n')
    await winner.line()
  }
  one.process.stdin?.write('take\n')
  expect(await one.line()).toBe('took -')
  one.process.kill('SIGKILL')
  await one.ended
  two.process.stdin?.write('take\n')
  expect(await two.line()).toBe(`took ${one.process.pid}`)
})

test('[E1] a pid that was given to another process is not the holder', async () => {
  const folder = tempFolder()
  writeFileSync(join(folder, 'lock.1'), JSON.stringify({ pid: process.ppid, startedAt: 'boot/1' }))
  const lock = await takeLock(folder)
  expect(lock.takenOverFrom).toBe(process.ppid)
  await lock.close()
})

test('[C4] sessions of dead processes are found, those let go or alive are not', slow, async () => {
  const stateDir = tempFolder()
  expect(await abandoned(stateDir)).toEqual([])
  const alive = await createSessionFolder(stateDir)
  const letGo = await createSessionFolder(stateDir)
  await letGo.lock.close()
  const dead = await createSessionFolder(stateDir)
  await dead.lock.close()
  const child = startFixture('journal-locker', dead.paths.folder)
  await child.line()
  child.process.stdin?.write('take\n')
  expect(await child.line()).toBe('took -')
  expect(await abandoned(stateDir)).toEqual([])
  child.process.kill('SIGKILL')
  await child.ended
  expect(await abandoned(stateDir)).toEqual([{ id: dead.id, pid: child.process.pid }])
  await alive.lock.close()
})

test('a name from outside never leaves the folder', async () => {
  const stateDir = tempFolder()
  for (const name of ['../../etc', '', 'ses_../../../../../../etc', `ses_${'a'.repeat(22)}`]) {
    await expect(openSessionFolder(stateDir, name)).rejects.toMatchObject({ fault: 'NOT_FOUND' })
  }
})
