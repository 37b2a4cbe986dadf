import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openLog } from '../../../agent-cli/journal/log.ts'
import { type BatchLimits, createBatches } from '../../../agent-cli/remote/batches.ts'
import { atEnd, folder } from '../bridge/desk.ts'

const limits = (more: Partial<BatchLimits> = {}): BatchLimits => ({
  ...{ knownKinds: new Set(['AgentText']), maxEventBytes: 256 * 1024, maxBatchEvents: 500, maxBatchBytes: 1024 * 1024 },
  ...more,
})

async function journal(texts: readonly string[]) {
  const log = await openLog(join(await folder(), 'events.log'))
  atEnd(() => log.close())
  await Promise.all(texts.map((text) => log.append(1, { agentText: { messageId: 'm', text } })))
  return log
}

test('[E3] a batch is what comes next, at least one event, within both limits as they go over the wire', async () => {
  const texts = Array.from({ length: 40 }, (_, n) => `${'x\u2028"'.repeat((n * 37) % 90)} ${n}`)
  const log = await journal(texts)
  const batches = createBatches(log)
  await fc.assert(
    fc.asyncProperty(
      fc.nat(39),
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 9_000 }),
      async (after, maxBatchEvents, maxBatchBytes) => {
        const { events, bytes } = await batches.next(after, limits({ maxBatchEvents, maxBatchBytes }))
        expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => after + 1 + index))
        expect(events.length).toBeGreaterThan(0)
        expect(events.length).toBeLessThanOrEqual(maxBatchEvents)
        expect(bytes).toBeGreaterThanOrEqual(Buffer.byteLength(JSON.stringify(events)) - 2)
        if (events.length > 1) expect(bytes).toBeLessThanOrEqual(maxBatchBytes)
      },
    ),
  )
})

test('[E7] a batch that is not taken is halved, down to the event, which then goes as another kind and at last as a tombstone', async () => {
  const batches = createBatches(await journal(['a', 'b', 'c', 'd', 'e']))
  const sizes: number[] = []
  for (;;) {
    const batch = await batches.next(0, limits())
    sizes.push(batch.events.length)
    if (!batches.narrow(batch, 'no')) break
  }
  expect(sizes).toEqual([5, 3, 2, 1, 1, 1])
  expect((await batches.next(0, limits())).events[0]?.body).toMatchObject({ tombstone: { reason: 'no' } })
  // What stands behind it goes as ever.
  expect((await batches.next(5, limits())).events).toEqual([])
})
