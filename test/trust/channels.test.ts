/**
 * [T3] [F4] Many open channels at once of a device that is revoked, under a policy that changes, or whose time of looking is over: each ends, by the bell and with every bell lost, and nothing comes after.
 * Here with a deadline; `npm run trust` opens a thousand and says how long it took.
 */
import { sql } from 'drizzle-orm'
import { afterEach, describe, expect, test } from 'vitest'
import { device } from '../../server/db/schema.ts'
import { moveTrustMark } from '../../server/db/trust-mark.ts'
import { createGoverned, type Governed } from '../kit/governed.ts'
import type { EnrolledHost, PairedDevice } from '../kit/people.ts'
import { type ServerOptions, startServer, type TestServer } from '../kit/server.ts'
import { type PublishedSession, publishSession } from '../kit/session.ts'
import { type Channel, opensSocket, opensStream, polls } from './channel.ts'
import { count, figure, isFull, quantiles } from './figure.ts'

const CHANNELS = count(40, 1000)
/** A deadline for a busy machine. */
const DEADLINE_MS = count(30_000, 300_000)

const TIMEOUT_MS = count(240_000, 900_000)

type Scene = {
  server: TestServer
  host: EnrolledHost
  phone: PairedDevice
  session: PublishedSession
  close(): Promise<void>
}
const open: Scene[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
}, 60_000)

type Cast = Pick<Scene, 'host' | 'phone' | 'session'>
async function alone(server: TestServer): Promise<Cast> {
  const host = await server.enrolledHost()
  const phone = await server.pairedDevice({ host, rung: 'FULL' })
  return { host, phone, session: await publishSession(server.gql, host) }
}

async function scene<Who extends Cast>(
  trust: NonNullable<ServerOptions['trust']>,
  cast: (server: TestServer) => Promise<Who>,
): Promise<Scene & Who> {
  const server = await startServer({ trust })
  const who = await cast(server)
  const { session } = who
  let isOver = false
  // Something is always being said: what follows a revocation would be heard.
  const talks = (async () => {
    while (!isOver) {
      await session.push({ noticeShown: { severity: 'info', title: 'tick' } }).catch(() => {})
      await new Promise((resolve) => setTimeout(resolve, CHANNELS > 100 ? 500 : 20))
    }
  })()
  const made = {
    ...{ server, ...who },
    close: async () => {
      isOver = true
      await talks
      await server.close()
    },
  }
  open.push(made)
  return made
}

/** On a machine that is busy with all of them some are let in at a second try. */
const again = (open: () => Promise<Channel>): Promise<Channel> => open().catch(() => open().catch(open))

/** Of ten seven sockets, two streams, one poll; all of them have heard something, or wait. Without a poll to make, sockets and streams alone. */
async function channelsOf({ server, phone, session }: Scene, poll?: () => Channel): Promise<Channel[]> {
  const made: Channel[] = []
  const opens = async (n: number) => {
    const kind = n % 9
    if (kind < 7) made.push(await again(() => opensSocket(server.port, phone.token, session.id)))
    else made.push(await opensStream(server.url, phone.token, session.id))
  }
  const following = poll ? Math.floor(CHANNELS * 0.9) : CHANNELS
  for (let n = 0; n < following; n += 40)
    await Promise.all(Array.from({ length: Math.min(40, following - n) }, (_, index) => opens(n + index)))
  const hasHeard = () => made.filter(({ kind, lastFrameAt }) => kind !== 'poll' && lastFrameAt === null).length
  await expect.poll(hasHeard, { timeout: DEADLINE_MS }).toBe(0)
  // Last: a poll waits 25 s at most.
  while (poll && made.length < CHANNELS) made.push(poll())
  return made
}

const MINUTES = 60
/** So long before its time is over: enough to be heard of, by a busy server too, while everything is open. */
const LEFT_MS = 3_000

/** Somebody was verified so long ago, by the database's clock. Rings no bell; returns that clock as it stood. */
const verifiedAgo = ({ server, phone }: Scene, milliseconds: number): Promise<void> =>
  server.database.transaction(async (tx) => {
    const at = sql`clock_timestamp() - make_interval(secs => ${milliseconds / 1000}::float8)`
    await tx
      .update(device)
      .set({ verifiedAt: at as never })
      .where(sql`${device.id} = ${phone.id}`)
    await moveTrustMark(tx)
  })

/** `from`: before the change was asked for; `answered`: when whoever asked had heard that it is done. */
function report(what: string, all: readonly Channel[], from: number, answered: number): void {
  const after = (at: number | null) => Math.max(0, (at ?? Number.POSITIVE_INFINITY) - from)
  const frames = all.filter(({ kind }) => kind !== 'poll').map(({ lastFrameAt }) => after(lastFrameAt))
  const ends = all.map(({ endedAt }) => after(endedAt))
  figure(`open channels: ${what}`, {
    ...{
      channels: all.length,
      'last frame after': quantiles(frames),
      'frames after 2 s': frames.filter((one) => one > 2000).length,
    },
    'end heard after': quantiles(ends),
    'of that, the change itself': `${Math.round(answered - from)} ms`,
  })
  if (isFull) expect(frames.filter((one) => one > 2000)).toEqual([])
}

const allEnd = (all: readonly Channel[]) =>
  expect.poll(() => all.filter(({ endedAt }) => endedAt === null).length, { timeout: DEADLINE_MS }).toBe(0)

describe.each([
  ['by the bell', {}],
  ['with every bell lost', { ignoreBell: true }],
] as const)('%s', (how, trust) => {
  test('[T3] every channel of a revoked device ends with REVOKED', { timeout: TIMEOUT_MS }, async () => {
    const at = await scene(trust, alone)
    const { server, host, phone } = at
    const own = await server.database.read((tx) =>
      tx.query.pairing.findFirst({ where: (t, { eq }) => eq(t.deviceId, phone.id) }),
    )
    const query = 'query($id: ID!) { pairing(id: $id, knownState: CONFIRMED, waitSeconds: 25) { state } }'
    const all = await channelsOf(at, () => polls(server.url, phone.token, { query, variables: { id: own?.id } }))
    const from = performance.now()
    await server.gql(host.token, 'mutation($id: ID!) { revokeDevice(id: $id) { id } }', { id: phone.id })
    const answered = performance.now()
    await allEnd(all)
    expect(new Set(all.map(({ word }) => word))).toEqual(new Set(['REVOKED']))
    report(`revoked, ${how}`, all, from, answered)
  })

  test('[F4] every channel that shows a session ends with POLICY when remote control is turned off', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const at = await scene(trust, alone)
    const { server, host } = at
    const query = 'query($id: ID!) { hostCommands(hostId: $id, waitSeconds: 25) { after } }'
    const all = await channelsOf(at, () => polls(server.url, host.token, { query, variables: { id: host.id } }))
    const from = performance.now()
    await server.gql(host.token, 'mutation { setRemoteControl(level: OFF) { version } }')
    const answered = performance.now()
    await allEnd(all)
    const words = all.filter(({ kind }) => kind !== 'poll').map(({ word }) => word)
    expect(new Set(words)).toEqual(new Set(['POLICY']))
    report(`remote control off, ${how}`, all, from, answered)
  })

  test('[F4] every channel that shows a session ends with PASSKEY_REQUIRED when its time of looking is over, by the clock alone', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const at = await scene<Governed>(trust, createGoverned)
    await at.apply(at.organisationId, {
      remoteControl: 'VIEW_AND_CONTROL',
      stepUp: { from: 'VIEW', viewMinutes: MINUTES },
    })
    await verifiedAgo(at, 0)
    await at.join()
    const all = await channelsOf(at)
    const begun = performance.now()
    await verifiedAgo(at, MINUTES * 60_000 - LEFT_MS)
    // Between these two the clock was read: counted from the earlier, the later is as much later as the figure says.
    const answered = performance.now()
    const over = begun + LEFT_MS
    await allEnd(all)
    expect(new Set(all.map(({ word }) => word))).toEqual(new Set(['PASSKEY_REQUIRED']))
    expect(Math.min(...all.map(({ endedAt }) => endedAt ?? 0))).toBeGreaterThan(over)
    report(`time of looking over, ${how}`, all, over, over + answered - begun)
  })
})

test('[T3] without bell and without poll they stay open and go on hearing: these two are what ends them', {
  timeout: 120_000,
}, async () => {
  const at = await scene({ ignoreBell: true, pollMilliseconds: 3_600_000 }, alone)
  const socket = await opensSocket(at.server.port, at.phone.token, at.session.id)
  await expect.poll(() => socket.lastFrameAt).not.toBeNull()
  await at.server.gql(at.host.token, 'mutation($id: ID!) { revokeDevice(id: $id) { id } }', { id: at.phone.id })
  const revokedAt = performance.now()
  await expect.poll(() => (socket.lastFrameAt ?? 0) > revokedAt + 100, { timeout: DEADLINE_MS }).toBe(true)
  expect(socket.endedAt).toBeNull()
  socket.close()
})
