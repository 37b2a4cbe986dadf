// When the app is locked, and that no touch of a stranger opens it.
import { afterEach, describe, expect, it } from 'vitest'
import { createLock, type Lock } from '../../../../pwa/features/lock/lock.ts'
import { isLocked, type LockRecord, type LockRecords, openRecord } from '../../../../pwa/keys/app-lock.ts'

const MINUTE = 60_000
let now = 1_700_000_000_000
const opened: Lock[] = []
afterEach(() => {
  for (const lock of opened.splice(0)) lock.close()
})

/** One vault, as two tabs share it. */
function vault(kept: Partial<LockRecord> = {}): LockRecords {
  let record: LockRecord = { ...openRecord, activeAtMs: now, ...kept }
  return { read: async () => record, change: async (change) => (record = change(record)) }
}
async function tab(records: LockRecords) {
  const lock = createLock(records, () => now)
  opened.push(lock)
  await expect.poll(() => lock.current().kind).not.toBe('loading')
  return lock
}

describe('the app lock', () => {
  it('[F8] falls after the minutes, and a touch then does not open it', async () => {
    const lock = await tab(vault({ ownMinutes: 5 }))
    now += 5 * MINUTE - 1
    lock.touch()
    now += 5 * MINUTE
    lock.touch()
    await expect.poll(() => lock.current().kind).toBe('locked')
    lock.touch()
    await lock.look()
    expect(lock.current().kind).toBe('locked')
    await lock.unlock()
    expect(lock.current().kind).toBe('open')
  })

  it('[F8] holds over a new start, and with the clock set back', async () => {
    const records = vault({ ownMinutes: 5 })
    now += 6 * MINUTE
    expect((await tab(records)).current().kind).toBe('locked')
    now -= 3 * 60 * MINUTE
    expect((await tab(records)).current().kind).toBe('locked')
  })

  it('[F8] a tab that is used keeps the other one open', async () => {
    const records = vault({ ownMinutes: 5 })
    const [one, other] = [await tab(records), await tab(records)]
    now += 4 * MINUTE
    one.touch()
    now += 4 * MINUTE
    await other.look()
    expect(other.current().kind).toBe('open')
  })

  it('[F1][F8] the organisation’s minutes hold when they are fewer, from the moment they are heard', async () => {
    const lock = await tab(vault({ activeAtMs: 0 }))
    await lock.heard({ policyMinutes: 2 })
    expect(lock.current().kind).toBe('open')
    await lock.setOwnMinutes(60)
    now += 2 * MINUTE
    await lock.look()
    expect(lock.current().kind).toBe('locked')
    // Behind the lock nothing is heard: it cannot be talked out of it.
    await lock.heard({ policyMinutes: null })
    expect(lock.current().kind).toBe('locked')
  })

  it('[F8] falls at once when asked to', async () => {
    const lock = await tab(vault({ ownMinutes: 60 }))
    await lock.lockNow()
    expect(lock.current().kind).toBe('locked')
  })

  it('is open where nobody has asked for one', () => {
    expect(isLocked({ ...openRecord, activeAtMs: 0 }, now)).toBe(false)
  })
})
