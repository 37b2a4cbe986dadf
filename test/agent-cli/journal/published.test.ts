import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type EventLog, openLog } from '../../../agent-cli/journal/log.ts'
import { openPublished } from '../../../agent-cli/journal/published.ts'

let dir: string
let log: EventLog
const path = () => join(dir, 'renumbered.json')
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'offdesk-published-'))
  log = await openLog(join(dir, 'events.log'))
})
afterEach(async () => {
  await log.close()
  await rm(dir, { recursive: true, force: true })
})
const write = async (count: number) => {
  for (let n = 0; n < count; n += 1) await log.append(1, { agentText: { messageId: 'm', text: `${log.lastSeq + 1}` } })
}
const textOf = (body: unknown) => (body as { agentText?: { text: string } }).agentText?.text ?? null

/** Number outside and what it says, for everything there is. */
async function all(published: Awaited<ReturnType<typeof openPublished>>) {
  const seen: [number, string | null][] = []
  for (let after = 0; after < published.lastSeq; ) {
    const events = await published.read(after, 3)
    for (const { seq, body } of events) seen.push([seq, textOf(body)])
    const last = events.at(-1)?.seq ?? 0
    expect(last).toBeGreaterThan(after)
    after = last
  }
  return seen
}

test('[E1] without another writer the numbers are the journal’s own', async () => {
  await write(4)
  const published = await openPublished(log, path())
  expect([published.firstSeq, published.lastSeq]).toEqual([1, 4])
  expect(await all(published)).toEqual([1, 2, 3, 4].map((n) => [n, String(n)]))
  const [third] = await log.read(2, 1)
  expect(await published.digestAt(3)).toBe(third?.digest)
  expect(await published.digestAt(5)).toBeNull()
})

test('[E1][E4] what another wrote keeps its numbers, what was not published goes on above them, also after a restart', async () => {
  await write(5)
  await (await openPublished(log, path())).continueAbove(3, 7)
  const published = await openPublished(log, path())
  const foreign = [4, 5, 6, 7].map((seq) => [seq, null])
  const own = [1, 2, 3].map((n) => [n, String(n)])
  expect(await all(published)).toEqual([...own, ...foreign, [8, '4'], [9, '5']])
  expect([published.lastSeq, await published.digestAt(4)]).toEqual([9, null])
  const waiting = published.waitFor(9)
  await write(1)
  await waiting
  expect((await published.read(9)).map(({ seq, body }) => [seq, textOf(body)])).toEqual([[10, '6']])
})

test('[E2] the same number is the same event whenever it is pushed, a number of another’s too', async () => {
  await write(2)
  const published = await openPublished(log, path())
  await published.continueAbove(1, 3)
  const digests = async () =>
    (await Promise.all([1, 2, 3, 4].map((seq) => published.read(seq - 1, 1)))).map(([event]) => event?.digest)
  const before = await digests()
  expect(new Set(before).size).toBe(4)
  expect(await digests()).toEqual(before)
})

test('[E1] however often and wherever others wrote, every event here has one number, dense and in order', async () => {
  await write(12)
  const forks = fc.array(fc.tuple(fc.nat(30), fc.integer({ min: 1, max: 6 })), { maxLength: 5, size: 'max' })
  await fc.assert(
    fc.asyncProperty(forks, async (given) => {
      await rm(path(), { force: true })
      let published = await openPublished(log, path())
      for (const [at, more] of given) {
        const common = Math.min(at, published.lastSeq)
        const kept = (await all(published)).filter(([seq]) => seq <= common)
        await published.continueAbove(common, common + more)
        published = await openPublished(log, path())
        // What was common has the numbers it had.
        expect((await all(published)).filter(([seq]) => seq <= common)).toEqual(kept)
      }
      const seen = await all(published)
      expect(seen.map(([seq]) => seq)).toEqual(seen.map((_, index) => index + 1))
      const texts = seen.flatMap(([, text]) => (text === null ? [] : [Number(text)]))
      expect(texts).toEqual(Array.from({ length: 12 }, (_, index) => index + 1))
    }),
    { numRuns: 60 },
  )
})

test('a damaged file is not taken for none: events would be published twice', async () => {
  await writeFile(path(), '[{"after":')
  await expect(openPublished(log, path())).rejects.toMatchObject({ fault: 'CORRUPT' })
})
