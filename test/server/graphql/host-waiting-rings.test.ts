/** What concerns everyone is rung while somebody looks: it is heard all the same, and at once (L3, T3). No look by the clock helps here. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { Database } from '../../../server/db/database.ts'
import { waitsOf } from '../../../server/graphql/host-waiting.ts'
import { type Bell, createBell } from '../../../server/live/bell.ts'
import { trustTopic } from '../../../server/store/topic.ts'
import type { EnrolledHost } from '../../kit/people.ts'
import { memoryDatabase } from '../../kit/seed.ts'
import { startServer, type TestServer } from '../../kit/server.ts'

let inner: Database
let bell: Bell
let server: TestServer
let host: EnrolledHost
/** Holds back what a read has found, until it resolves. */
let hold: ((found: unknown) => Promise<void> | undefined) | null = null

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  inner = await memoryDatabase()
  bell = await createBell(inner.signals)
  const held = async <T>(found: T) => {
    await hold?.(found)
    return found
  }
  const read: Database['read'] = async (work, isLeft) => held(await inner.read(work, isLeft))
  server = await startServer({ database: { ...inner, read }, bell })
  host = await server.enrolledHost()
})
afterAll(async () => {
  await server.close()
  await inner.close()
  vi.useRealTimers()
})

type Polled = { hostCommands: { after: string; policy: { remoteControl: string }; commands: { id: string }[] } }
const POLL = `query($id: ID!, $after: String, $s: Int!) {
  hostCommands(hostId: $id, after: $after, waitSeconds: $s) { after policy { remoteControl } commands { id } }
}`
const poll = async (after: string | null, s: number) =>
  (await server.gql<Polled>(host.token, POLL, { id: host.id, after, s })).hostCommands

/** The next read that finds such a thing is held back: `found` when it is, until `go`. */
function holdBack(isIt: (found: unknown) => boolean) {
  let go = () => {}
  const gone = new Promise<void>((resolve) => {
    go = resolve
  })
  const found = new Promise<void>((resolve) => {
    hold = (what) => {
      if (!isIt(what)) return undefined
      hold = null
      resolve()
      return gone
    }
  })
  return { found, go: () => go() }
}

const isLook = (found: unknown) => typeof found === 'object' && found !== null && 'isTrustNews' in found
const isMoved = (found: unknown) => Array.isArray(found) && found.length === 0

type Level = 'VIEW' | 'VIEW_AND_CONTROL'
/** Rings for everyone, and not for the host. */
const sets = (level: Level) =>
  server.gql(host.token, 'mutation($level: RemoteControl!) { setRemoteControl(level: $level) { version } }', { level })

async function rested(): Promise<string> {
  let { after, commands } = await poll(null, 0)
  while (commands.length > 0) ({ after, commands } = await poll(after, 0))
  return after
}

it('[T3] a policy that is rung while all who wait are looked at for another ring', async () => {
  const waiting = poll(await rested(), 5)
  await vi.waitFor(() => expect(waitsOf(bell, host.id)).toBe(1))
  const looking = holdBack(isMoved)
  bell.ring(trustTopic)
  await looking.found
  await sets('VIEW')
  looking.go()
  expect((await waiting).policy.remoteControl).toBe('VIEW')
})

it.each([0, 5])('[T3] a policy that is rung while a poll looks for itself, which then waits %d s', async (s) => {
  await sets('VIEW_AND_CONTROL')
  const { after } = await poll(null, 0)
  const looking = holdBack(isLook)
  // From another place than where it rests: it has to look, and finds nothing new.
  const polling = poll(s === 0 ? after : null, s)
  await looking.found
  await sets('VIEW')
  looking.go()
  let polled = await polling
  if (polled.policy.remoteControl !== 'VIEW') polled = await poll(polled.after, 5)
  expect(polled.policy.remoteControl).toBe('VIEW')
})
