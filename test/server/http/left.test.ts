/** Requests whose clients go away while they wait for the database: in overload nobody works for them (decision 0007). */
import { afterEach, expect, test } from 'vitest'
import { randomText } from '../../../protocol/bytes.ts'
import { commitment } from '../../../protocol/pairing.ts'
import type { Database } from '../../../server/db/database.ts'
import { memoryDatabase } from '../../kit/seed.ts'
import { startServer, type TestServer } from '../../kit/server.ts'
import { publishSession } from '../../kit/session.ts'
import { signed } from '../../kit/signing.ts'

const OPEN = 'mutation($input: OpenPairingInput!) { openPairing(input: $input) { code } }'
const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A server, and a way to hold what wants to write: each that waits says whether its client has left. */
async function slowServer(): Promise<{
  server: TestServer
  begun: () => number
  waiting: (() => boolean)[]
  hold: () => () => void
}> {
  const own = await memoryDatabase()
  const waiting: (() => boolean)[] = []
  let begun = 0
  let gate = Promise.resolve()
  const database: Database = {
    ...own,
    transaction: async (work, isLeft) => {
      if (isLeft) waiting.push(isLeft)
      if (isLeft) await gate
      return own.transaction((tx) => {
        if (isLeft) begun++
        return work(tx)
      }, isLeft)
    },
  }
  const server = await startServer({ database })
  ends.push(
    () => own.close(),
    () => server.close(),
  )
  const hold = () => {
    let release = () => {}
    gate = new Promise<void>((resolve) => {
      release = resolve
    })
    return release
  }
  return { server, begun: () => begun, waiting, hold }
}

test('a mutation whose client has gone while it waited for its turn is not begun; the same from one that stayed is', async () => {
  const { server, begun, waiting, hold } = await slowServer()
  const host = await server.enrolledHost()
  const before = begun()
  waiting.length = 0

  const nonce = randomText(32)
  const input = { hostId: host.id, rung: 'STEER', commitment: await commitment('PAIR_DEVICE', host.publicKey, nonce) }
  const release = hold()
  const leaving = new AbortController()
  const left = server.ask(host.token, OPEN, { input }, leaving.signal)
  const stayed = server.ask(host.token, OPEN, { input })
  await expect.poll(() => waiting.length).toBe(2)
  leaving.abort()
  await expect(left).rejects.toThrow()
  await expect.poll(() => waiting.map((isLeft) => isLeft())).toContain(true)
  release()

  expect((await stayed).errors).toEqual([])
  // Whatever its turn was, it is over: the other came behind it or before it, and one more waits behind both.
  await server.database.transaction(async () => {})
  expect(begun() - before).toBe(1)
  expect(server.logged).toEqual([])
})

/** A server over an embedded database that a transaction holds: who waits for it there says whether they have left. */
async function heldServer() {
  const own = await memoryDatabase()
  const waiting: (() => boolean)[] = []
  let begun = 0
  const database: Database = {
    ...own,
    read: (work, isLeft) => {
      if (isLeft) waiting.push(isLeft)
      return own.read((tx) => {
        if (isLeft) begun++
        return work(tx)
      }, isLeft)
    },
  }
  // Who asks is known for longer than this takes.
  const server = await startServer({ database, trust: { pollMilliseconds: 60_000 } })
  ends.push(
    () => own.close(),
    () => server.close(),
  )
  const hold = () =>
    new Promise<() => Promise<void>>((isHeld) => {
      const over: Promise<void> = own.transaction(
        () =>
          new Promise<void>((release) =>
            isHeld(async () => {
              release()
              await over
            }),
          ),
      )
    })
  return { server, waiting, begun: () => begun, hold }
}

const LOOKS: [string, string][] = [
  ['on the straight way', '{ hosts(first: 5) { edges { node { id } } } }'],
  ['through the executor', '{ hosts(first: 5) @include(if: true) { edges { node { id } } } }'],
]
test.each(LOOKS)(
  'a look whose client has gone before its turn is not begun; one that stayed is: %s',
  async (_, look) => {
    const { server, waiting, begun, hold } = await heldServer()
    const host = await server.enrolledHost()
    await server.gql(host.token, look)
    const release = await hold()
    const before = begun()
    waiting.length = 0
    // The first has its turn and waits inside the database; the others wait for theirs.
    const first = server.ask(host.token, look)
    await expect.poll(() => begun() - before).toBe(1)
    const leaving = new AbortController()
    const left = Array.from({ length: 20 }, () => server.ask(host.token, look, {}, leaving.signal))
    const stayed = server.ask(host.token, look)
    await expect.poll(() => waiting.length).toBe(22)
    leaving.abort()
    for (const one of left) await expect(one).rejects.toThrow()
    await expect.poll(() => waiting.filter((isLeft) => isLeft()).length).toBe(20)
    await release()
    expect((await first).errors).toEqual([])
    expect((await stayed).errors).toEqual([])
    expect(begun() - before).toBe(2)
    expect(server.logged).toEqual([])
  },
)

const PROMPT = 'mutation($input: SendPromptInput!) { sendPrompt(input: $input) { id } }'
const MADE = 'query($id: ID!) { session(id: $id) { commands { edges { node { id } } } } }'
type Sent = { sendPrompt: { id: string } }
type Made = { session: { commands: { edges: { node: { id: string } }[] } } }

test('[C1] a command whose client has gone before its turn is not made, and sent again with its key it is made once', async () => {
  const own = await memoryDatabase()
  const waiting: (() => boolean)[] = []
  let gate = Promise.resolve()
  const database: Database = {
    ...own,
    read: async (work, isLeft) => {
      if (isLeft) waiting.push(isLeft)
      if (isLeft) await gate
      return own.read(work, isLeft)
    },
  }
  const server = await startServer({ database })
  ends.push(
    () => own.close(),
    () => server.close(),
  )
  const host = await server.enrolledHost()
  const phone = await server.pairedDevice({ host, rung: 'FULL' })
  const session = await publishSession(server.gql, host)
  const input = { key: randomText(16), sessionId: session.id, text: 'go on' }
  const look = (query: string, variables: object) => server.gql(phone.token, query, variables)
  const variables = await signed(phone.token, PROMPT, { input }, look)
  const send = (signal?: AbortSignal) => server.ask<Sent>(phone.token, PROMPT, variables, signal)
  const made = async () => (await server.gql<Made>(phone.token, MADE, { id: session.id })).session.commands.edges
  let release = () => {}
  gate = new Promise<void>((resolve) => {
    release = resolve
  })
  waiting.length = 0
  const leaving = new AbortController()
  const left = send(leaving.signal)
  await expect.poll(() => waiting.length).toBe(1)
  leaving.abort()
  await expect(left).rejects.toThrow()
  await expect.poll(() => waiting[0]?.()).toBe(true)
  release()
  expect(await made()).toEqual([])
  const first = (await send()).value().sendPrompt.id
  expect((await send()).value().sendPrompt.id).toBe(first)
  expect(await made()).toEqual([{ node: { id: first } }])
})
