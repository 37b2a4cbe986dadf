import { truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { other } from '../../../agent-cli/agent/translate/update.ts'
import { openBodies } from '../../../agent-cli/journal/bodies.ts'
import { type EventLog, openLog } from '../../../agent-cli/journal/log.ts'
import { createHostLink } from '../../../agent-cli/remote/host-link.ts'
import { createPusher } from '../../../agent-cli/remote/pusher.ts'
import { PutBody } from '../../../agent-cli/remote/session-operations.ts'
import { randomText, sha256Hex } from '../../../protocol/bytes.ts'
import type { TestServer } from '../../kit/server.ts'
import { atEnd, eventually, folder } from '../bridge/desk.ts'
import { enrolled, server } from './away.ts'

vi.setConfig({ testTimeout: 60_000 })

type Stored = { __typename: string; kind?: string; json?: string; text?: string }
type LogSizes = NonNullable<Parameters<typeof openLog>[1]>

/** A machine with a journal of its own and a way to a real server. */
async function machine(more: { at?: TestServer; fetch?: typeof fetch; dataDir?: string; sizes?: LogSizes } = {}) {
  const at = more.at ?? (await server())
  const dataDir = more.dataDir ?? (await folder())
  if (more.dataDir === undefined) await enrolled(at, dataDir)
  const link = await createHostLink({ dataDir, endpoint: { url: at.url, ...(more.fetch && { fetch: more.fetch }) } })
  atEnd(() => link.close())
  const files = await folder()
  const log = await openLog(join(files, 'events.log'), more.sizes)
  atEnd(() => log.close())
  const bodies = await openBodies(join(files, 'bodies'))
  const id = `ses_${randomText(17).slice(0, 22)}`
  const agent = { id: 'x', name: 'X' }
  const createdAt = new Date().toISOString()
  const facts = { ceiling: 'STEER', cwd: '/', createdAt, hostId: link.identity.hostId, agent } as const
  const pusher = (
    how: { epoch?: number; attachmentId?: string; to?: typeof link; id?: string; log?: EventLog } = {},
  ) => {
    const { epoch = 1, attachmentId = 'att', to = link } = how
    const made = createPusher({
      ...{ call: to.callFor(how.id ?? id), log: how.log ?? log, bodies, onChange: () => {} },
      start: () => ({ ...facts, id: how.id ?? id, epoch, attachmentId }),
      onWay: () => to.probe(),
      random: () => 1,
    })
    atEnd(() => made.close())
    return made
  }
  return { at, dataDir, link, files, log, bodies, id, pusher }
}

async function storedAt(at: TestServer): Promise<(Stored & { seq: number; digest: string })[]> {
  const rows = await at.database.read((tx) =>
    tx.execute(`select seq, digest, kind, convert_from(payload, 'UTF8') as json from event order by seq`),
  )
  type Row = { seq: string; digest: string; kind: string; json: string }
  return (rows as unknown as { rows: Row[] }).rows.map(({ kind, ...row }) => ({
    ...row,
    seq: Number(row.seq),
    __typename: kind,
  }))
}

/** Pushes these bodies to a real server as one backlog; returns what it stored. */
async function pushed(bodies: object[]): Promise<Stored[]> {
  const { at, log, pusher } = await machine()
  await Promise.all(bodies.map((body) => log.append(1, body)))
  const running = pusher()
  await running.flushed(AbortSignal.timeout(30_000))
  expect(running.state).toMatchObject({ is: 'live' })
  expect(running.ackedSeq).toBe(bodies.length)
  return storedAt(at)
}

const text = (n: number | string) => ({ agentText: { messageId: 'm', text: `${n}` } })
const soon = () => AbortSignal.timeout(30_000)

test('[E7] [peer 14] a field the server does not know costs one event its form, and no other anything', async () => {
  const odd = { agentText: { messageId: 'm', text: 'odd', colour: 'red' } }
  const stored = await pushed([...Array.from({ length: 20 }, (_, n) => text(n)), odd, ...[21, 22].map(text)])
  expect(stored.map(({ json }) => json?.includes('colour') ?? false).indexOf(true)).toBe(20)
  expect(stored[20]?.__typename).toBe('AgentText')
  expect(stored.filter(({ json }) => json?.includes('"messageId":"m"')).length).toBeGreaterThanOrEqual(22)
  expect(stored.some(({ __typename }) => __typename === 'Tombstone')).toBe(false)
})

test('[E7] a backlog that is too large only as the server counts it is pushed in smaller batches', async () => {
  const locations = Array.from({ length: 100 }, () => ({ path: 'a' }))
  const call = (n: number) => ({ toolCallChanged: { toolCallId: `call-${n}`, locations } })
  expect(await pushed(Array.from({ length: 480 }, (_, n) => call(n)))).toHaveLength(480)
})

test('[E9] an extension of an agent, whatever its name, is shown as what it is', async () => {
  const stored = await pushed([other('_agent/hello', { a: 1 }), other('two words', { b: 2 })])
  expect(stored.map(({ __typename }) => __typename)).toEqual(['_agent/hello', 'unknown'])
  expect(stored[1]?.json).toContain('two words')
})

const asText = (stored: Stored) =>
  stored.json?.includes('"text"') ? (JSON.parse(stored.json) as { text: string }).text : null

test('[E5] a server that was put back is refilled from the journal, number by number, with the same digests', async () => {
  const { at, log, pusher } = await machine()
  for (let n = 1; n <= 60; n += 1) void log.append(1, text(n))
  await log.waitFor(59)
  const running = pusher()
  await running.flushed(soon())
  const before = await storedAt(at)
  const puttingBack = [
    ['delete from event where seq > 30', 'update session set last_seq = 30'],
    ['delete from event where seq > 20', 'update session set last_seq = 20, epoch = epoch - 1'],
    ['delete from session'],
  ]
  for (const [round, statements] of puttingBack.entries()) {
    await at.database
      .transaction(async (tx) => {
        for (const statement of statements) await tx.execute(statement)
      })
      .catch((error: unknown) => {
        throw new Error(`could not put the server back: ${statements.join('; ')}`, { cause: error })
      })
    await log.append(1, text(61 + round))
    await running.flushed(soon())
    expect(running.state).toEqual({ is: 'live' })
    const after = await storedAt(at)
    expect(after.slice(0, 60)).toEqual(before)
    expect(after.map(asText)).toEqual(Array.from({ length: 61 + round }, (_, index) => `${index + 1}`))
  }
})

test('[E5] what is no longer kept is told to a server that lacks it, under its numbers; what is kept arrives whole', async () => {
  const { at, log, dataDir, pusher, id } = await machine({ sizes: { segmentBytes: 2_000, keepBackBytes: 4_000 } })
  for (let n = 1; n <= 100; n += 1) await log.append(1, text(n))
  const running = pusher()
  await running.flushed(soon())
  await log.trim(100)
  expect(log.firstSeq).toBeGreaterThan(2)
  await running.close()
  const other = await machine({ at: await server() })
  const second = other.pusher({ log, id })
  await second.flushed(soon())
  expect(second.state).toEqual({ is: 'live' })
  const stored = await storedAt(other.at)
  expect(stored.map(({ seq }) => seq)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1))
  expect(stored.slice(0, log.firstSeq - 1).every(({ __typename }) => __typename === 'Tombstone')).toBe(true)
  expect(stored.slice(log.firstSeq - 1).map(asText)).toEqual(
    Array.from({ length: 101 - log.firstSeq }, (_, index) => `${log.firstSeq + index}`),
  )
  expect([at.logged, dataDir === other.dataDir]).toEqual([[], false])
})

test('[E6] [E7] a content that is cut, or not what its name says, on this disk costs its own event, and nothing behind it', async () => {
  const { at, log, bodies, files, pusher } = await machine()
  const refs = []
  for (const content of ['first', 'second', 'third']) {
    const { sha256, bytes } = await bodies.put(Buffer.from(content.repeat(20_000)))
    refs.push({ digest: sha256, mediaType: 'text/plain', size: bytes })
  }
  const [cut, changed] = refs
  await truncate(join(files, 'bodies', cut?.digest ?? ''), 7)
  const { writeFile } = await import('node:fs/promises')
  await writeFile(join(files, 'bodies', changed?.digest ?? ''), 'x'.repeat(changed?.size ?? 0))
  for (const textBody of refs) await log.append(1, { agentText: { messageId: 'm', text: 'preview', textBody } })
  await log.append(1, text('behind'))
  const running = pusher()
  await running.flushed(soon())
  expect(running.state).toEqual({ is: 'live' })
  expect((await storedAt(at)).map(({ __typename }) => __typename)).toEqual([
    'Tombstone',
    'Tombstone',
    'AgentText',
    'AgentText',
  ])
})

test('[E6] what a device attached is on the server and not here: its prompt is published as it is; what is nowhere costs its own event', async () => {
  const { at, log, link, id, pusher } = await machine()
  await log.append(1, text('first'))
  const running = pusher()
  await running.flushed(soon())
  const content = Buffer.from('a picture')
  const attached = {
    digest: await sha256Hex(content.toString()),
    mediaType: 'image/png',
    size: content.byteLength,
    name: 'a.png',
  }
  const { name: _, ...reference } = attached
  const chunk = content.toString('base64')
  await link.callFor(id)(PutBody, { input: { sessionId: id, ...reference, offset: 0, chunk } })
  const origin = { surface: 'DEVICE' }
  const queued = (promptId: string, attachments: object[]) => ({
    promptChanged: { promptId, state: 'QUEUED', text: 'look', delivery: 'AFTER_TURN', origin, attachments },
  })
  await log.append(1, queued('prm_there', [attached]))
  await log.append(1, queued('prm_nowhere', [{ ...attached, digest: await sha256Hex('another') }]))
  await log.append(1, text('behind'))
  await running.flushed(soon())
  expect((await storedAt(at)).map(({ __typename }) => __typename)).toEqual([
    'AgentText',
    'PromptChanged',
    'Tombstone',
    'AgentText',
  ])
})

test('[E4] of two on one session the newer epoch goes on; the older is fenced, says so, and keeps what it has', async () => {
  const { at, log, pusher } = await machine()
  const older = pusher()
  await log.append(1, text('both'))
  await older.flushed(soon())
  // The folder was copied, lock and all: two journals with one past.
  const copy = await openLog(join(await folder(), 'events.log'))
  atEnd(() => copy.close())
  for (const event of await log.read(0)) await copy.append(event.epoch, event.body, event.at)
  const newer = pusher({ epoch: 2, attachmentId: 'att_2', log: copy })
  await copy.append(2, text('newer'))
  await newer.flushed(soon())
  await log.append(1, text('older'))
  await older.flushed(soon())
  expect(older.state).toMatchObject({
    is: 'ended',
    code: 'EPOCH_FENCED',
    reason: expect.stringContaining('stays on this machine'),
  })
  await copy.append(2, text('goes on'))
  await newer.flushed(soon())
  expect(newer.state).toEqual({ is: 'live' })
  expect((await storedAt(at)).map(asText)).toEqual(['both', 'newer', 'goes on'])
  expect((await log.read(1)).map(({ body }) => body)).toEqual([text('older')])
})

test('[T2] credentials that the server has forgotten are renewed without a person, in the middle of pushing', async () => {
  const { at, log, pusher } = await machine()
  const running = pusher()
  for (let n = 1; n <= 5; n += 1) {
    await log.append(1, text(n))
    await running.flushed(soon())
    await at.database.transaction((tx) => tx.execute('delete from credential'))
  }
  expect(running.state).toEqual({ is: 'live' })
  expect((await storedAt(at)).map(asText)).toEqual(['1', '2', '3', '4', '5'])
})

/** A line whose requests hang, from `hang` to `mend`: what was sent while it hung is never answered. */
function hangingLine() {
  let isHanging = false
  const hung: string[] = []
  const line: typeof fetch = async (url, init) => {
    if (!isHanging) return fetch(url, init)
    const [, name = ''] = /(?:mutation|query) (\w+)/.exec(String(init?.body)) ?? []
    hung.push(name)
    return new Promise((_, reject) => {
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason), { once: true })
    })
  }
  return {
    fetch: line,
    hung,
    hang(on = true) {
      isHanging = on
    },
  }
}

test('[E1] a request that hangs on a dead line is given up when the machine wakes from sleep, and sent again at once', async () => {
  const line = hangingLine()
  const { at, log, pusher } = await machine({ fetch: line.fetch })
  const running = pusher()
  await log.append(1, text(1))
  await running.flushed(soon())
  line.hang()
  await log.append(1, text(2))
  await eventually(() => line.hung.includes('PushEvents'))
  line.hang(false)
  const wall = Date.now
  const asleepMs = 8 * 3_600_000
  vi.spyOn(Date, 'now').mockImplementation(() => wall() + asleepMs)
  atEnd(() => void vi.restoreAllMocks())
  // By itself the request would hang for eight seconds more.
  await running.flushed(AbortSignal.timeout(5_000))
  expect((await storedAt(at)).map(asText)).toEqual(['1', '2'])
})

test('[C2] whoever reaches the server first wakes the other: a poll that hangs is asked again when the push went through', async () => {
  const line = hangingLine()
  const { link, log, pusher } = await machine({ fetch: line.fetch })
  const running = pusher()
  await log.append(1, text(1))
  await running.flushed(soon())
  await eventually(() => link.state.is === 'live')
  line.hang()
  await log.append(1, text(2))
  // The push is given up after its eight seconds; only then anyone knows that the line is dead.
  await eventually(() => running.state.is === 'away')
  await eventually(() => link.state.is === 'lost')
  expect(line.hung).toContain('PollCommands')
  line.hang(false)
  await running.flushed(AbortSignal.timeout(10_000))
  await eventually(() => link.state.is === 'live', 10_000)
})
