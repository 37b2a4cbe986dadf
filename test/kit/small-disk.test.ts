import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { mountSmallDisk, releaseSmallDisk } from './small-disk.ts'

const isMounted = (folder: string) => readFileSync('/proc/mounts', 'utf8').includes(` ${folder} `)

test('a small disk is as small as was asked, and one that a killed process left behind is gone when the next is mounted', async ({
  skip,
}) => {
  const own = mkdtempSync(join(tmpdir(), 'offdesk-small-disk-'))
  if (!mountSmallDisk(own, 1024 * 1024)) {
    rmSync(own, { recursive: true })
    return skip('This user may not mount a file system.')
  }
  const { blocks, bsize } = statfsSync(own)
  expect(blocks * bsize).toBe(1024 * 1024)

  const owner = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  await once(owner, 'spawn')
  const left = mkdtempSync(join(tmpdir(), 'offdesk-small-disk-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4096', `offdesk-test-${owner.pid}`, left])
  const other = mkdtempSync(join(tmpdir(), 'offdesk-small-disk-'))
  expect(mountSmallDisk(other, 4096)).toBe(true)
  // Its owner lives: it is nobody else's to take away.
  expect(isMounted(left)).toBe(true)
  owner.kill('SIGKILL')
  await once(owner, 'exit')
  releaseSmallDisk(other)
  expect(mountSmallDisk(other, 4096)).toBe(true)
  expect(existsSync(left)).toBe(false)

  for (const folder of [own, other]) {
    releaseSmallDisk(folder)
    expect(isMounted(folder)).toBe(false)
    rmSync(folder, { recursive: true })
  }
})
