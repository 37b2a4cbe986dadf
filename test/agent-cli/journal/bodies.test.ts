import { createHash } from 'node:crypto'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openAcked } from '../../../agent-cli/journal/acked.ts'
import { openBodies } from '../../../agent-cli/journal/bodies.ts'
import { limits } from '../../../agent-cli/journal/limits.ts'
import { failingDisk, tempFolder } from './fixtures/places.ts'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

async function* inPieces(content: Uint8Array, pieceBytes: number) {
  for (let at = 0; at < content.byteLength; at += pieceBytes) yield content.subarray(at, at + pieceBytes)
}

test('[E6] content is found under its SHA-256, whole or in pieces, and kept once', async () => {
  const folder = tempFolder()
  const bodies = await openBodies(folder)
  const content = Buffer.from(Array.from({ length: 100_000 }, (_, at) => at % 251))
  const whole = await bodies.put(content)
  expect(whole).toEqual({ sha256: sha256(content), bytes: content.byteLength })
  expect(await bodies.put(inPieces(content, 777))).toEqual(whole)
  expect(readdirSync(folder)).toEqual([whole.sha256])
  const read: Buffer[] = []
  for (let at = 0; at < content.byteLength; at += 33_333) read.push(await bodies.read(whole.sha256, at, 33_333))
  expect(Buffer.concat(read).equals(content)).toBe(true)
  expect(await bodies.read(whole.sha256, content.byteLength)).toHaveLength(0)
})

test('[E6] 32 MiB are kept, one byte more is refused and leaves nothing', async () => {
  const folder = tempFolder()
  const bodies = await openBodies(folder)
  const most = Buffer.alloc(limits.maxBodyBytes)
  const kept = await bodies.put(inPieces(most, 1024 * 1024))
  expect(await bodies.size(kept.sha256)).toBe(limits.maxBodyBytes)
  const tooMuch = Buffer.alloc(limits.maxBodyBytes + 1)
  await expect(bodies.put(inPieces(tooMuch, 1024 * 1024))).rejects.toMatchObject({ fault: 'TOO_LARGE' })
  expect(readdirSync(folder)).toEqual([kept.sha256])
})

test('[E6] what was not wholly written is never found', async () => {
  const folder = tempFolder()
  writeFileSync(join(folder, '9-1.tmp'), 'left by a crash')
  const disk = failingDisk()
  const bodies = await openBodies(folder, disk)
  expect(readdirSync(folder)).toEqual([])
  disk.freeBytes = 5
  await expect(bodies.put(Buffer.from('more than five'))).rejects.toMatchObject({ fault: 'DISK_FULL' })
  disk.freeBytes = 1_000
  disk.failSync = true
  await expect(bodies.put(Buffer.from('never durable'))).rejects.toMatchObject({ fault: 'DISK_FAILED' })
  const leaving = new AbortController()
  async function* half() {
    yield Buffer.from('half')
    leaving.abort(new Error('left'))
    yield Buffer.from('more')
  }
  await expect(bodies.put(half(), leaving.signal)).rejects.toThrow('left')
  expect(readdirSync(folder)).toEqual([])
})

test('[E6] a name that is no digest is refused', async () => {
  const bodies = await openBodies(tempFolder())
  await expect(bodies.read('../../etc/passwd', 0)).rejects.toMatchObject({ fault: 'NOT_FOUND' })
  await expect(bodies.read('0'.repeat(64), 0)).rejects.toMatchObject({ fault: 'NOT_FOUND' })
  expect(await bodies.size('0'.repeat(64))).toBeUndefined()
})

test('[E5] the acknowledged position is kept, may go back, and is 0 when it cannot be read', async () => {
  const path = join(tempFolder(), 'acked.json')
  const acked = await openAcked(path)
  expect(acked.seq).toBe(0)
  await Promise.all([1, 2, 3, 4, 5].map((seq) => acked.set(seq)))
  expect((await openAcked(path)).seq).toBe(5)
  await acked.set(2)
  expect((await openAcked(path)).seq).toBe(2)
  writeFileSync(path, '')
  expect((await openAcked(path)).seq).toBe(0)
})
