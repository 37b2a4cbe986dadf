import { readdirSync, readFileSync, renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineBytes } from '../../../agent-cli/journal/lines.ts'
import { type EventLog, openLog } from '../../../agent-cli/journal/log.ts'
import { failingDisk, tempFolder } from './fixtures/places.ts'

const logPath = () => join(tempFolder(), 'events.log')
const small = { segmentBytes: 1_000, keepBackBytes: 3_000 }
const files = (path: string) => readdirSync(dirname(path)).sort()
const all = (log: EventLog) => log.read(0, 1_000_000, Number.POSITIVE_INFINITY)
const body = (at: number) => `${at} ${'x'.repeat(200)}`

async function filled(path: string, count: number, options: Parameters<typeof openLog>[1] = small) {
  const log = await openLog(path, options)
  for (let at = 1; at <= count; at += 1) await log.append(1, body(at))
  return log
}

test('[E5] a full file is sealed and the next begun; readers see one log, now and after reopening', async () => {
  const path = logPath()
  const log = await filled(path, 30)
  expect(files(path).length).toBeGreaterThan(4)
  for (const reader of [log, await openLog(path, small)]) {
    const events = await all(reader)
    expect(events.map(({ seq, body }) => [seq, body])).toEqual(events.map((_, at) => [at + 1, body(at + 1)]))
    expect(events).toHaveLength(30)
    expect((await reader.read(2, 7)).map(({ seq }) => seq)).toEqual([3, 4, 5, 6, 7, 8, 9])
    await reader.close()
  }
})

test('[E1] appends made at once keep their order and their numbers over a change of files', async () => {
  const path = logPath()
  const log = await openLog(path, small)
  const groups = Array.from({ length: 10 }, (_, group) => Array.from({ length: 5 }, (_, at) => group * 5 + at + 1))
  for (const group of groups) {
    const appended = await Promise.all(group.map((at) => log.append(1, body(at))))
    expect(appended.map(({ seq }) => seq)).toEqual(group)
  }
  expect((await all(log)).map(({ body }) => body)).toEqual(groups.flat().map(body))
  expect(files(path).length).toBeGreaterThan(3)
  await log.close()
})

test('[E5] what is confirmed goes, but for the keep-back; what is not confirmed never goes', async () => {
  const path = logPath()
  const log = await filled(path, 60)
  const bytesOf = () => files(path).reduce((sum, name) => sum + statSync(join(dirname(path), name)).size, 0)
  await log.trim(20)
  expect(log.firstSeq).toBeLessThanOrEqual(20)
  expect((await all(log)).map(({ seq }) => seq)).toEqual(
    Array.from({ length: 61 - log.firstSeq }, (_, at) => log.firstSeq + at),
  )
  await log.trim(60)
  expect(log.firstSeq).toBeGreaterThan(20)
  expect(bytesOf()).toBeGreaterThanOrEqual(small.keepBackBytes)
  expect(bytesOf()).toBeLessThanOrEqual(small.keepBackBytes + 2 * small.segmentBytes)
  const { firstSeq } = log
  await log.close()
  const again = await openLog(path, small)
  expect([again.firstSeq, again.lastSeq]).toEqual([firstSeq, 60])
  expect(await again.append(2, 'next')).toMatchObject({ seq: 61 })
  await again.close()
})

test('[E1] with everything confirmed and nothing kept back, numbers still go on where they were', async () => {
  const path = logPath()
  const log = await filled(path, 30, { segmentBytes: 1_000, keepBackBytes: 0 })
  await log.trim(30)
  await log.close()
  expect(files(path)).toEqual(['events.log'])
  const again = await openLog(path)
  expect(again.lastSeq).toBe(30)
  expect(again.firstSeq).toBeGreaterThan(1)
  expect(await again.append(1, 'next')).toMatchObject({ seq: 31 })
  await again.close()
})

test('a journal of the first format, one file without a header, opens, goes on, and is sealed when it is full', async () => {
  const path = logPath()
  const old = (seq: number) =>
    lineBytes(`{"seq":${seq},"epoch":1,"at":"2026-01-02T03:04:05.000Z","body":"${body(seq)}"}`)
  writeFileSync(path, Buffer.concat(Array.from({ length: 8 }, (_, at) => old(at + 1))))
  const log = await openLog(path, small)
  expect(log.lastSeq).toBe(8)
  await log.append(1, body(9))
  await log.append(1, body(10))
  await log.close()
  expect(files(path)).toEqual(['events.1.log', 'events.log'])
  const again = await openLog(path, small)
  expect((await all(again)).map(({ body }) => body)).toEqual(Array.from({ length: 10 }, (_, at) => body(at + 1)))
  expect(again.warnings).toEqual([])
  await again.close()
})

test('a journal that a newer version wrote is refused in words and left alone', async () => {
  const path = logPath()
  writeFileSync(path, lineBytes('{"journal":3,"firstSeq":1}'))
  const before = readFileSync(path, 'utf8')
  await expect(openLog(path)).rejects.toMatchObject({
    fault: 'TOO_NEW',
    message: expect.stringContaining('newer Offdesk'),
  })
  expect(readFileSync(path, 'utf8')).toBe(before)
})

test('[E1] a crash at any step of a change of files loses nothing', async () => {
  const path = logPath()
  const log = await filled(path, 10)
  await log.close()
  // Between the two names: the full file is sealed, the next has not taken its place.
  const last = await openLog(path, small)
  const firstSeq = (await last.read(9, 1))[0]?.seq
  expect(firstSeq).toBe(10)
  await last.close()
  const names = files(path)
  const newest = Math.max(...names.map((name) => Number(/^events\.(\d+)\.log$/.exec(name)?.[1] ?? 0)))
  const header = JSON.parse(readFileSync(path, 'utf8').split('\n')[0]?.slice(65) ?? '') as { firstSeq: number }
  expect(header.firstSeq).toBeGreaterThan(newest)
  renameSync(path, join(dirname(path), `events.${header.firstSeq}.log`))
  writeFileSync(`${path}.next`, lineBytes(`{"journal":2,"firstSeq":11}`))
  const again = await openLog(path, small)
  expect(again.lastSeq).toBe(10)
  expect(await again.append(1, body(11))).toMatchObject({ seq: 11 })
  expect((await all(again)).map(({ body }) => body)).toEqual(Array.from({ length: 11 }, (_, at) => body(at + 1)))
  await again.close()
})

test('[E7] a file that is missing between two is said, and its numbers are tombstones', async () => {
  const path = logPath()
  await (await filled(path, 30)).close()
  const sealed = files(path).filter((name) => name !== basename(path))
  const numbers = sealed.map((name) => Number(name.split('.')[1])).sort((a, b) => a - b)
  const [, second = 0, third = 0] = numbers
  unlinkSync(join(dirname(path), `events.${second}.log`))
  const log = await openLog(path, small)
  expect(log.warnings[0]).toContain(`Events ${second} to ${third - 1} cannot be read`)
  const events = await all(log)
  expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 30 }, (_, at) => at + 1))
  expect(events.filter(({ body }) => typeof body !== 'string').map(({ seq }) => seq)).toEqual(
    Array.from({ length: third - second }, (_, at) => second + at),
  )
  await log.close()
})

test('[E1] a disk that fills up at any byte, also in a change of files, tears nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 6_000 }), async (freeBytes) => {
      const path = logPath()
      const disk = failingDisk(freeBytes)
      const log = await openLog(path, { ...small, disk })
      const kept: string[] = []
      for (let at = 1; at <= 30; at += 1) {
        const outcome = await log.append(1, body(at)).catch((error: { fault: string }) => error.fault)
        if (typeof outcome === 'string') expect(outcome).toBe('DISK_FULL')
        else kept.push(body(at))
        if (at === 25) disk.freeBytes = Number.POSITIVE_INFINITY
      }
      expect(kept.slice(-5)).toEqual([26, 27, 28, 29, 30].map(body))
      await log.close()
      const again = await openLog(path, small)
      expect((await all(again)).map(({ seq, body }) => [seq, body])).toEqual(kept.map((text, at) => [at + 1, text]))
      expect(again.warnings).toEqual([])
      await again.close()
    }),
    { numRuns: 40 },
  )
})
