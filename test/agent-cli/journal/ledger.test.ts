import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLedger } from '../../../agent-cli/journal/ledger.ts'
import { failingDisk, tempFolder } from './fixtures/places.ts'

const ledgerPath = () => join(tempFolder(), 'ledger.log')

test('[C3] a command noted once is never fresh again: not at once, not after reopening', async () => {
  const path = ledgerPath()
  const ledger = await openLedger(path)
  const noted = await Promise.all([1, 2, 3].map(() => ledger.intend('c1', 'PROMPT')))
  expect(noted.map(({ fresh }) => fresh)).toEqual([true, false, false])
  await ledger.result('c1', 'APPLIED')
  await ledger.close()
  const reopened = await openLedger(path)
  expect(await reopened.intend('c1', 'PROMPT')).toMatchObject({ fresh: false, entry: { state: 'APPLIED' } })
  expect(reopened.lookup('c2')).toBeUndefined()
  await reopened.close()
})

test('[C4] cut at any byte, a command is unnoted, unfinished or settled, in that order and nothing else', async () => {
  const path = ledgerPath()
  const ledger = await openLedger(path)
  await ledger.intend('c1', 'PROMPT')
  await ledger.result('c1', 'REFUSED', 'view-only')
  await ledger.sent('c1')
  await ledger.close()
  const size = readFileSync(path).byteLength
  const seen: string[] = []
  for (let cut = 0; cut <= size; cut += 1) {
    const copy = `${path}.${cut}`
    copyFileSync(path, copy)
    truncateSync(copy, cut)
    const crashed = await openLedger(copy)
    const entry = crashed.lookup('c1')
    const state =
      entry === undefined ? 'unnoted' : entry.state === null ? 'unfinished' : entry.sent ? 'sent' : 'settled'
    if (seen.at(-1) !== state) seen.push(state)
    expect(crashed.unfinished().map(({ commandId }) => commandId)).toEqual(state === 'unfinished' ? ['c1'] : [])
    expect(crashed.settledUnsent().map(({ reason }) => reason)).toEqual(state === 'settled' ? ['view-only'] : [])
    await crashed.close()
  }
  expect(seen).toEqual(['unnoted', 'unfinished', 'settled', 'sent'])
})

test('[C3] the first result stands', async () => {
  const ledger = await openLedger(ledgerPath())
  await ledger.intend('c1', 'CANCEL')
  const [first, second] = await Promise.all([ledger.result('c1', 'UNKNOWN'), ledger.result('c1', 'APPLIED')])
  expect([first?.state, second?.state]).toEqual(['UNKNOWN', 'UNKNOWN'])
  await expect(ledger.result('c2', 'APPLIED')).rejects.toMatchObject({ fault: 'NOT_FOUND' })
  await ledger.intend('c3', 'CANCEL')
  await expect(ledger.sent('c3')).rejects.toMatchObject({ fault: 'CONFLICT' })
  await ledger.close()
})

test('[C4] an intent that could not be written is not taken for one', async () => {
  const path = ledgerPath()
  const disk = failingDisk()
  const ledger = await openLedger(path, { disk })
  disk.freeBytes = 10
  await expect(ledger.intend('c1', 'PROMPT')).rejects.toMatchObject({ fault: 'DISK_FULL' })
  expect(ledger.lookup('c1')).toBeUndefined()
  disk.freeBytes = 10_000
  expect(await ledger.intend('c1', 'PROMPT')).toMatchObject({ fresh: true })
  disk.freeBytes = 10
  await expect(ledger.result('c1', 'APPLIED')).rejects.toMatchObject({ fault: 'DISK_FULL' })
  await ledger.close()
  const reopened = await openLedger(path)
  expect(reopened.unfinished().map(({ commandId }) => commandId)).toEqual(['c1'])
  await reopened.close()
})

test('[C4] a damaged ledger opens: what is left stands, what lost its result is unfinished, and the damage is said', async () => {
  const path = ledgerPath()
  const ledger = await openLedger(path)
  for (const id of ['c1', 'c2', 'c3']) await ledger.intend(id, 'PROMPT')
  for (const id of ['c1', 'c2']) await ledger.result(id, 'APPLIED')
  await ledger.close()
  const lines = readFileSync(path, 'utf8').split('\n')
  // The intent of c2 and the result of c1.
  const damaged = lines.map((line, at) => (at === 1 || at === 3 ? line.replace('commandId', 'commandIx') : line))
  writeFileSync(path, damaged.join('\n'))
  const reopened = await openLedger(path)
  expect(reopened.unfinished().map(({ commandId }) => commandId)).toEqual(['c1', 'c3'])
  expect(reopened.lookup('c2')).toBeUndefined()
  expect(reopened.warnings).toEqual([expect.stringContaining('2 lines from line 2')])
  await reopened.result('c3', 'UNKNOWN')
  await reopened.close()
  expect(readFileSync(path, 'utf8').startsWith(damaged.join('\n'))).toBe(true)
  const again = await openLedger(path)
  expect(again.lookup('c3')?.state).toBe('UNKNOWN')
  await again.close()
})
