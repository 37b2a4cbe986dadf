import { createHash } from 'node:crypto'
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { limits } from '../../../agent-cli/journal/limits.ts'
import { openLog } from '../../../agent-cli/journal/log.ts'
import { startFixture } from './fixtures/children.ts'
import { failingDisk, tempFolder } from './fixtures/places.ts'

const logPath = () => join(tempFolder(), 'events.log')
const bodies = async (path: string): Promise<unknown[]> => {
  const log = await openLog(path)
  const events = await log.read(0, 1_000_000, Number.POSITIVE_INFINITY)
  expect(events.map((event) => event.seq)).toEqual(events.map((_, at) => at + 1))
  await log.close()
  return events.map((event) => event.body)
}

test('[E1] numbers are dense from 1, over reopening, whatever the order of awaiting', async () => {
  const path = logPath()
  const first = await openLog(path)
  const appended = await Promise.all(['a', 'b', 'c'].map((body) => first.append(1, body)))
  expect(appended.map(({ seq }) => seq)).toEqual([1, 2, 3])
  await first.close()
  const second = await openLog(path)
  expect(await second.append(2, 'd')).toMatchObject({ seq: 4 })
  await second.close()
  expect(await bodies(path)).toEqual(['a', 'b', 'c', 'd'])
})

test('[E2] the digest is the SHA-256 of the very bytes in the file', async () => {
  const path = logPath()
  const log = await openLog(path, { now: () => new Date('2026-01-02T03:04:05Z') })
  const { digest } = await log.append(3, { text: 'é' })
  await log.close()
  const json = '{"seq":1,"epoch":3,"at":"2026-01-02T03:04:05.000Z","body":{"text":"é"}}'
  expect(digest).toBe(createHash('sha256').update(json).digest('hex'))
  const [header, line] = readFileSync(path, 'utf8').split('\n')
  expect(line).toBe(`${digest} ${json}`)
  expect(header).toMatch(/^[0-9a-f]{64} \{"journal":2,"firstSeq":1\}$/)
})

test('[E1] many appends of one tick share one fsync', async () => {
  const disk = failingDisk()
  const log = await openLog(logPath(), { disk })
  const before = disk.syncs
  await Promise.all(Array.from({ length: 500 }, (_, at) => log.append(1, at)))
  expect(disk.syncs - before).toBe(1)
  await log.close()
})

test('[E1] cut at any byte, the log reopens as a prefix that goes on where it stopped', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.jsonValue(), { minLength: 1, maxLength: 12 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (values, where) => {
        const path = logPath()
        const log = await openLog(path)
        const written = values.map((value) => JSON.parse(JSON.stringify(value)) as unknown)
        for (const value of written) void log.append(1, value)
        await log.close()
        const size = statSync(path).size
        const cut = Math.round(where * size)
        truncateSync(path, cut)
        const reopened = await openLog(path)
        const kept = reopened.lastSeq
        expect(reopened.droppedBytes).toBe(cut - statSync(path).size)
        expect(await reopened.append(2, 'next')).toMatchObject({ seq: kept + 1 })
        await reopened.close()
        expect(await bodies(path)).toEqual([...written.slice(0, kept), 'next'])
        if (cut === size) expect(kept).toBe(values.length)
      },
    ),
    { numRuns: 60 },
  )
})

test('[E1] a page that never reached the disk is a torn tail; with whole lines behind it, it is damage, and they stay', async () => {
  for (const behind of [[], ['c']]) {
    const path = logPath()
    const log = await openLog(path)
    for (const body of ['a', 'b'.repeat(5_000), ...behind]) void log.append(1, body)
    await log.close()
    const bytes = readFileSync(path)
    const second = bytes.indexOf(10, bytes.indexOf(10) + 1) + 1
    bytes.fill(0, second + 100, second + 4_196)
    writeFileSync(path, bytes)
    expect(await bodies(path)).toMatchObject(behind.length === 0 ? ['a'] : ['a', { tombstone: {} }, 'c'])
  }
})

const written = async (values: unknown[]) => {
  const path = logPath()
  const log = await openLog(path)
  for (const value of values) void log.append(1, value)
  await log.close()
  return path
}

test('[E1] [E7] damage in the middle is named by file and line, costs its own event only, and the file is left as it is', async () => {
  for (const number of [1, 2, 3]) {
    const path = await written(['a', 'b', 'c'])
    const lines = readFileSync(path, 'utf8').split('\n')
    const damaged = lines.map((line, at) => (at === number ? line.replace('"body"', '"bodY"') : line)).join('\n')
    writeFileSync(path, damaged)
    const log = await openLog(path)
    expect(log.warnings).toHaveLength(1)
    expect(log.warnings[0]).toContain(
      `${path} is damaged at line ${number + 1}. Event ${number} cannot be read any more`,
    )
    const events = await log.read(0)
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3])
    expect(events.map(({ body }) => (typeof body === 'string' ? body : Object.keys(body as object)[0]))).toEqual(
      ['a', 'b', 'c'].map((body, at) => (at === number - 1 ? 'tombstone' : body)),
    )
    expect(readFileSync(path, 'utf8')).toBe(damaged)
    expect(await log.append(1, 'd')).toMatchObject({ seq: 4 })
    await log.close()
    const again = await openLog(path)
    expect((await again.read(0)).map(({ digest }) => digest).slice(0, 3)).toEqual(events.map(({ digest }) => digest))
    await again.close()
  }
})

test('[E1] whatever byte goes bad, no number is skipped, used twice or given another content, and it is said', async () => {
  const values = Array.from({ length: 8 }, (_, at) => ({ at, text: 'x'.repeat(at * 7) }))
  const path = await written(values)
  const whole = readFileSync(path)
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
      const bytes = Buffer.from(whole)
      bytes[at] = (bytes[at] ?? 0) ^ flip
      const other = logPath()
      writeFileSync(other, bytes)
      const log = await openLog(other)
      const events = await log.read(0)
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
      for (const { seq, body } of events) {
        if (!JSON.stringify(body).includes('tombstone')) expect(body).toEqual(values[seq - 1])
      }
      // The last line alone may be taken for a torn tail: without its newline, or with a NUL, nobody can tell.
      expect(events.length).toBeGreaterThanOrEqual(values.length - 1)
      expect(log.warnings.length > 0 || log.droppedBytes > 0).toBe(true)
      await log.close()
    }),
    { numRuns: 150 },
  )
})

test('[E1] a line that is whole but out of number is damage that nobody can read around', async () => {
  const path = await written(['a'])
  const [header, line] = readFileSync(path, 'utf8').split('\n')
  const doubled = `${header}\n${line}\n${line}\n`
  writeFileSync(path, doubled)
  await expect(openLog(path)).rejects.toMatchObject({ fault: 'CORRUPT', path, line: 3 })
  expect(readFileSync(path, 'utf8')).toBe(doubled)
})

test('[E1] damage that comes after opening does not leave the house: a tombstone takes its place', async () => {
  const path = logPath()
  const log = await openLog(path)
  await log.append(1, 'aaaa')
  await log.append(1, 'b')
  writeFileSync(path, readFileSync(path, 'utf8').replace('aaaa', 'aaab'))
  expect((await log.read(0)).map(({ body }) => body)).toMatchObject([{ tombstone: {} }, 'b'])
  await log.close()
})

test('a reader gets what fits both limits, and always at least one event', async () => {
  const log = await openLog(logPath())
  for (let at = 0; at < 10; at += 1) void log.append(1, 'x'.repeat(1_000))
  await log.waitFor(9)
  expect((await log.read(0, 3)).map(({ seq }) => seq)).toEqual([1, 2, 3])
  expect((await log.read(4, 100, 2_500)).map(({ seq }) => seq)).toEqual([5, 6])
  expect((await log.read(4, 100, 10)).map(({ seq }) => seq)).toEqual([5])
  expect(await log.read(10)).toEqual([])
  expect(await log.read(99)).toEqual([])
  await log.close()
})

test('[E1] nothing is to be read, and nobody is woken, before the fsync', async () => {
  const disk = failingDisk()
  const log = await openLog(logPath(), { disk })
  disk.failSync = true
  const woken = log.waitFor(0)
  await expect(log.append(1, 'a')).rejects.toMatchObject({ fault: 'DISK_FAILED' })
  expect(log.lastSeq).toBe(0)
  expect(await log.read(0)).toEqual([])
  disk.failSync = false
  await log.append(1, 'b')
  await woken
  expect((await log.read(0)).map(({ seq, body }) => [seq, body])).toEqual([[1, 'b']])
  await log.close()
})

test('a wait ends with its signal, and with the log', async () => {
  const log = await openLog(logPath())
  const leaving = new AbortController()
  const aborted = log.waitFor(0, leaving.signal)
  leaving.abort(new Error('left'))
  await expect(aborted).rejects.toThrow('left')
  await expect(log.waitFor(0, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone')
  const waiting = expect(log.waitFor(0)).rejects.toMatchObject({ fault: 'CLOSED' })
  await log.close()
  await waiting
  await expect(log.append(1, 'late')).rejects.toMatchObject({ fault: 'CLOSED' })
})

test('[E1] a full disk refuses the event by name, loses nothing and serves again when there is room', async () => {
  const path = logPath()
  const disk = failingDisk()
  const log = await openLog(path, { disk })
  await log.append(1, 'kept')
  const sizeBefore = statSync(path).size
  disk.freeBytes = 150
  const refused = await Promise.allSettled([log.append(1, 'x'.repeat(100)), log.append(1, 'y')])
  for (const outcome of refused) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { fault: 'DISK_FULL', path } })
  }
  expect(statSync(path).size).toBe(sizeBefore)
  disk.freeBytes = Number.POSITIVE_INFINITY
  expect(await log.append(1, 'after')).toMatchObject({ seq: 2 })
  await log.close()
  expect(await bodies(path)).toEqual(['kept', 'after'])
})

test('[E1] what a failed write left behind is cut off before anything is added', async () => {
  const path = logPath()
  const disk = failingDisk()
  const log = await openLog(path, { disk })
  await log.append(1, 'kept')
  disk.failSync = true
  disk.failTruncate = true
  const ghosts = await Promise.allSettled([log.append(1, 'A'), log.append(1, 'B')])
  expect(ghosts.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  disk.failSync = false
  await expect(log.append(1, 'C')).rejects.toMatchObject({ fault: 'DISK_FAILED' })
  disk.failTruncate = false
  // Just as long as the first ghost: written over it, the second would come back with a number of its own.
  await log.append(1, 'D')
  await log.close()
  expect(await bodies(path)).toEqual(['kept', 'D'])
})

test('an event above the limit is refused and takes no number', async () => {
  const log = await openLog(logPath())
  await expect(log.append(1, 'x'.repeat(limits.maxEventBytes))).rejects.toMatchObject({ fault: 'TOO_LARGE' })
  expect(await log.append(1, 'small')).toMatchObject({ seq: 1 })
  await log.close()
})

test('[E1] kill -9 in the middle of writing loses no acknowledged event', { timeout: 60_000 }, async () => {
  for (let round = 0; round < 3; round += 1) {
    const path = logPath()
    const writer = startFixture('journal-writer', path)
    const acknowledged: string[] = []
    for await (const line of writer.lines) {
      acknowledged.push(line)
      if (acknowledged.length === 200 + round * 333) writer.process.kill('SIGKILL')
    }
    await writer.ended
    const log = await openLog(path)
    const events = await log.read(0, 1_000_000, Number.POSITIVE_INFINITY)
    await log.close()
    expect(events.length).toBeGreaterThanOrEqual(acknowledged.length)
    const found = events.map(({ seq, digest }) => `${seq} ${digest}`)
    // The last line may have been cut by the kill itself.
    const whole = acknowledged.filter((line) => line.length > 64)
    expect(found.slice(0, whole.length)).toEqual(whole)
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1))
  }
})
