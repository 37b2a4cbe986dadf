import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCounters } from '../../../agent-cli/journal/counters.ts'
import { openLedger } from '../../../agent-cli/journal/ledger.ts'
import { tempFolder } from './fixtures/places.ts'

const deviceId = 'dev_1'

test('[T5] each counter is good once, in any order within the window, for one device and not for another', () => {
  const counters = createCounters(4)
  for (const counter of [5, 3, 9]) counters.use({ deviceId, counter }, 'SetMode')
  expect([3, 5, 9].map((counter) => counters.standing({ deviceId, counter }))).toEqual(['used', 'used', 'used'])
  expect([1, 4, 10].map((counter) => counters.standing({ deviceId, counter }))).toEqual(['free', 'free', 'free'])
  expect(counters.standing({ deviceId: 'dev_2', counter: 5 })).toBe('free')
  expect([counters.lastOf(deviceId, 'SetMode'), counters.lastOf(deviceId, 'CancelTurn')]).toEqual([9, null])
})

test('[T5] whatever is used in whatever order, nothing that was used is ever free again', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(40), { maxLength: 200 }), (wanted) => {
      const counters = createCounters(8)
      const taken = new Set<number>()
      for (const counter of wanted) {
        if (counters.standing({ deviceId, counter }) !== 'free') continue
        expect(taken.has(counter)).toBe(false)
        taken.add(counter)
        counters.use({ deviceId, counter }, 'SendPrompt')
      }
    }),
  )
})

test('[T5] [C3] a counter is on the disk in the very line of its intent: the ledger that is opened again knows it', async () => {
  const path = join(tempFolder(), 'ledger.log')
  const first = await openLedger(path)
  await first.intend('cmd_1', 'SetMode', { deviceId, counter: 7 })
  await first.intend('cmd_2', 'SendPrompt')
  await first.close()
  const again = await openLedger(path)
  expect(again.counters.standing({ deviceId, counter: 7 })).toBe('used')
  expect(again.counters.standing({ deviceId, counter: 8 })).toBe('free')
  expect(again.counters.lastOf(deviceId, 'SetMode')).toBe(7)
  await again.close()
})
