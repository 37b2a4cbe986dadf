import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { EventBody } from '../../../agent-cli/agent/translate/event-body.ts'
import { createKeeping } from '../../../agent-cli/bridge/keeping.ts'
import { limits } from '../../../agent-cli/bridge/limits.ts'
import { createSettlements } from '../../../agent-cli/bridge/settlements.ts'
import type { JournalView } from '../../../agent-cli/bridge/view.ts'
import { openBodies } from '../../../agent-cli/journal/bodies.ts'
import { openLedger } from '../../../agent-cli/journal/ledger.ts'
import { openLog } from '../../../agent-cli/journal/log.ts'
import type { Caller } from '../../../agent-cli/remote/credentials.ts'
import type { CommandSettlement } from '../../../agent-cli/remote/host-operations.ts'
import { failingDisk } from '../journal/fixtures/places.ts'
import { atEnd, eventually, folder } from './desk.ts'

const at = '2026-01-02T03:04:05.000Z'
const text = (n: number | string): EventBody => ({ agentText: { messageId: 'm', text: `${n}` } })
const settled = (decisionId: string): EventBody => ({
  decisionSettled: { decisionId, outcome: 'ANSWERED', origin: { surface: 'TERMINAL' } },
})

async function kept(maxWaitingBytes?: number) {
  const files = await folder()
  const disk = failingDisk()
  const log = await openLog(join(files, 'events.log'), { disk })
  atEnd(() => log.close())
  const bodies = await openBodies(join(files, 'bodies'))
  const journal = {
    bodies,
    append: async (...event: Parameters<typeof log.append>) => void (await log.append(...event)),
  }
  const said: JournalView[] = []
  const keeping = createKeeping({
    journal,
    epoch: 1,
    retryMs: 5,
    ...(maxWaitingBytes !== undefined && { maxWaitingBytes }),
    onJournal: (view) => said.push(view),
  })
  atEnd(() => keeping.close())
  return { disk, log, keeping, said }
}

test('[E1] what a full disk refuses waits, in order, and nobody who wrote it is kept waiting', async () => {
  const { disk, log, keeping, said } = await kept(1_000_000)
  await keeping.write(text(0), at)
  disk.freeBytes = 0
  for (let n = 1; n <= 20; n += 1) await keeping.write(n % 5 === 0 ? settled(`d${n}`) : text(n), at)
  expect(log.lastSeq).toBe(1)
  expect(said.at(-1)).toMatchObject({ state: 'failed', message: expect.stringContaining('The disk is full') })
  expect(said.at(-1)?.message).toContain('The session goes on here')
  disk.freeBytes = Number.POSITIVE_INFINITY
  await eventually(() => said.at(-1)?.state === 'ok')
  await keeping.write(text('after'), at)
  expect((await log.read(0)).map(({ body }) => body)).toEqual([
    text(0),
    ...Array.from({ length: 20 }, (_, index) => ((index + 1) % 5 === 0 ? settled(`d${index + 1}`) : text(index + 1))),
    text('after'),
  ])
})

test('[E1] [D1] beyond its bound text is lost before answers are; the loss is counted, said at once, and written when there is room', async () => {
  const { disk, log, keeping, said } = await kept(4_000)
  disk.freeBytes = 0
  for (let n = 1; n <= 100; n += 1) await keeping.write(text('x'.repeat(100)), at)
  for (let n = 1; n <= 10; n += 1) await keeping.write(settled(`d${n}`), at)
  const [, count = ''] = /(\d+) events could not be kept/.exec(said.at(-1)?.message ?? '') ?? []
  expect(Number(count)).toBeGreaterThan(50)
  disk.freeBytes = Number.POSITIVE_INFINITY
  await eventually(() => said.at(-1)?.state === 'ok')
  const bodies = (await log.read(0)).map(({ body }) => body as EventBody)
  expect(bodies.filter((body) => 'decisionSettled' in body)).toHaveLength(10)
  expect(bodies.filter((body) => 'agentText' in body)).toHaveLength(100 - Number(count))
  expect(bodies.at(-1)).toMatchObject({
    noticeShown: { severity: 'error', title: expect.stringContaining(`${count} events are missing here`) },
  })
})

test('maxWaitingBytes: 16 MiB wait to the byte while the disk refuses, half of it text; what is beyond is lost and counted', async () => {
  const { disk, log, keeping, said } = await kept()
  disk.freeBytes = 0
  const half = limits.maxWaitingBytes / 2
  expect(half).toBe(8 * 1024 * 1024)
  // As many bytes as the bound counts, to the last: it weighs the JSON of the body.
  const sized = (make: (words: string) => EventBody, bytes: number): EventBody =>
    make('x'.repeat(bytes - Buffer.byteLength(JSON.stringify(make('')))))
  const lost = () => Number(/(\d+) events could not be kept/.exec(said.at(-1)?.message ?? '')?.[1] ?? 0)
  await keeping.write(sized(text, half + 1), at)
  expect(lost()).toBe(1)
  await keeping.write(sized(text, half), at)
  expect(lost()).toBe(1)
  await keeping.write(text('x'), at)
  expect(lost()).toBe(2)
  await keeping.write(sized(settled, half + 1), at)
  expect(lost()).toBe(3)
  await keeping.write(sized(settled, half), at)
  expect(lost()).toBe(3)
  await keeping.write(settled('d'), at)
  expect(lost()).toBe(4)
  disk.freeBytes = Number.POSITIVE_INFINITY
  await eventually(() => said.at(-1)?.state === 'ok')
  // The three that were kept.
  expect(log.lastSeq).toBe(3)
})

test('[E7] an event that no journal can take is a tombstone, and what is behind it is written', async () => {
  const { log, keeping } = await kept(1_000_000)
  const circular: { agentText: { messageId: string; text: string; self?: unknown } } = {
    agentText: { messageId: 'm', text: 'x' },
  }
  circular.agentText.self = circular
  await keeping.write(circular as EventBody, at)
  await keeping.write(text('behind'), at)
  expect((await log.read(0)).map(({ body }) => body)).toMatchObject([{ tombstone: {} }, text('behind')])
})

test('[C3] [C4] what a full disk cannot note of a command is told from memory, and keeps nothing behind it from being told', async () => {
  const disk = failingDisk()
  const ledger = await openLedger(join(await folder(), 'ledger.log'), { disk })
  atEnd(() => ledger.close())
  const heard: CommandSettlement[] = []
  const server = (async (_: unknown, { input }: { input: CommandSettlement }) => void heard.push(input)) as unknown
  const settlements = createSettlements({ ledger, epoch: 1, call: server as Caller })
  atEnd(() => settlements.close())
  for (const id of ['a', 'b']) await ledger.intend(id, 'SendPrompt')
  disk.freeBytes = 0
  await settlements.settle('a', 'APPLIED')
  await settlements.settle('never-noted', 'REFUSED', { code: 'INTERNAL', message: 'no room', rule: 'C3' })
  await settlements.settle('b', 'APPLIED')
  await settlements.flushed(AbortSignal.timeout(10_000))
  expect(heard.map(({ commandId, state }) => `${commandId} ${state}`).sort()).toEqual([
    'a APPLIED',
    'b APPLIED',
    'never-noted REFUSED',
  ])
  expect(settlements.isUnnoted('never-noted')).toBe(true)
  expect(ledger.unfinished().map(({ commandId }) => commandId)).toEqual(['a', 'b'])
})
