/** [T3] When the database counts as lost, and what trust asks of one that is not. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '../../../server/db/database.ts'
import { startServer, type TestServer } from '../../kit/server.ts'

const DEADLINE_MS = 20_000
let kit: TestServer
let token: string
beforeAll(async () => {
  kit = await startServer()
  token = (await kit.pairedDevice({ host: await kit.enrolledHost() })).token
})
afterAll(() => kit.close())

/** The kit's database with other ways to it, and a viewer of a server on it. */
async function watched(ways: Partial<Database>) {
  const server = await startServer({
    database: { ...kit.database, ...ways },
    trust: { pollMilliseconds: 50, cutOffMilliseconds: 400 },
  })
  const live = server.subscribe(token, 'subscription { sessionsChanged { isSnapshot } }')
  await live.next()
  return { live, close: () => server.close() }
}

async function until(claim: () => boolean): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS
  while (!claim()) {
    if (performance.now() > deadline) throw new Error('it did not come to that')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

test('[T3] a database that never answers is lost, and its connection is given up', async () => {
  let isSilent = false
  let givenUp = false
  const { live, close } = await watched({
    apart: (work, signal) => {
      if (!isSilent) return kit.database.apart(work, signal)
      signal.addEventListener('abort', () => {
        givenUp = true
      })
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    },
  })
  isSilent = true
  expect(await live.ended(DEADLINE_MS)).toMatchObject({ by: 'close', code: 1013 })
  expect(givenUp).toBe(true)
  await close()
})

test('[T3] a database that is too busy for everyone else, and answers whether anything has changed, is not lost', async () => {
  let looks = 0
  let isBusy = false
  const { live, close } = await watched({
    read: (work, isLeft) => (isBusy ? new Promise(() => {}) : kit.database.read(work, isLeft)),
    apart: (work, signal) => {
      looks++
      return kit.database.apart(work, signal)
    },
  })
  let code: unknown = null
  void live.ended(DEADLINE_MS).then((end) => {
    code = end
  })
  isBusy = true
  const before = looks
  // Longer than the time in which a lost one would have been found out.
  const begun = performance.now()
  await until(() => looks > before + 10 && performance.now() - begun > 1000)
  expect(code).toBeNull()
  isBusy = false
  await close()
})

test('[T3] while nothing changes, nobody’s standing is read, however often it looks', async () => {
  let looks = 0
  let reads = 0
  const { close } = await watched({
    read: (work, isLeft) => {
      reads++
      return kit.database.read(work, isLeft)
    },
    apart: (work, signal) => {
      looks++
      return kit.database.apart(work, signal)
    },
  })
  await until(() => looks > 5)
  const [looked, read] = [looks, reads]
  await until(() => looks > looked + 10)
  expect(reads).toBe(read)
  await close()
})
