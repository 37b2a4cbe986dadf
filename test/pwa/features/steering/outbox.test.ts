import { describe, expect, it, vi } from 'vitest'
import type { Command } from '../../../../pwa/features/steering/command-fields.ts'
import { newKey } from '../../../../pwa/features/steering/key.ts'
import { createOutbox, type Entry, type Send } from '../../../../pwa/features/steering/outbox.ts'

const entry = (what: string): Entry => ({
  key: newKey(),
  sessionId: 'ses_1',
  kind: 'sendPrompt',
  input: { text: what },
  what,
  keptAt: 1,
})

/** The device's storage and the server's answers; both can fail. */
function world() {
  let kept: readonly Entry[] = []
  const arrived: string[] = []
  let online = true
  let refuses: string | null = null
  let hold: Promise<void> | undefined
  const send: Send = async (one) => {
    await hold
    if (!online) return { problem: { code: 'OFFLINE', message: 'no answer' } }
    if (one.what === refuses) return { problem: { code: 'RUNG_TOO_LOW', message: 'not from here' } }
    arrived.push(one.key)
    return { command: { id: `cmd_${one.key}` } as Command }
  }
  const store = {
    read: async () => kept,
    write: async (entries: readonly Entry[]) => {
      kept = structuredClone(entries)
    },
  }
  return {
    arrived,
    store,
    open: () => createOutbox({ store, send }),
    kept: () => kept,
    cut: () => {
      online = false
    },
    mend: () => {
      online = true
    },
    refuse: (what: string) => {
      refuses = what
    },
    holdUntil: (until: Promise<void>) => {
      hold = until
    },
  }
}
const until = (claim: () => void) => vi.waitFor(claim, { timeout: 2_000, interval: 5 })

describe('the outbox', () => {
  it('[C1] sends at once when it can, and keeps nothing', async () => {
    const far = world()
    const outbox = far.open()
    const one = entry('now')
    expect(await outbox.put(one)).toMatchObject({ state: 'sent' })
    expect(far.arrived).toEqual([one.key])
    expect(far.kept()).toEqual([])
    expect(outbox.waiting()).toEqual([])
  })

  it('[peer 2] what the server fails at holds up its own session, in order, and no other', async () => {
    const sent: string[] = []
    const store = { read: async () => [], write: async () => {} }
    let isWell = false
    const send: Send = async (one) => {
      if (one.sessionId === 'ses_1' && !isWell) return { problem: { code: 'INTERNAL', message: 'went wrong' } }
      sent.push(one.what)
      return { command: { id: one.key } as Command }
    }
    const outbox = createOutbox({ store, send })
    const first = outbox.put(entry('first'))
    const second = outbox.put(entry('second'))
    const other = outbox.put({ ...entry('other'), sessionId: 'ses_2' })
    expect(await Promise.all([first, second, other])).toMatchObject([
      { state: 'kept' },
      { state: 'kept' },
      { state: 'sent' },
    ])
    isWell = true
    outbox.wake()
    await until(() => expect(sent).toEqual(['other', 'first', 'second']))
  })

  it('keeps the entry before it tries: a page that dies in between loses nothing', async () => {
    const far = world()
    let go = () => {}
    far.holdUntil(new Promise((resolve) => (go = resolve)))
    const one = entry('dies')
    const outcome = far.open().put(one)
    await until(() => expect(far.kept().map(({ key }) => key)).toEqual([one.key]))
    go()
    await outcome
  })

  it('[E1] sends in the order it was said when the server is back, each with its own key, also after a reload', async () => {
    const far = world()
    far.cut()
    const [first, second] = [entry('first'), entry('second')]
    const before = far.open()
    expect(await before.put(first)).toEqual({ state: 'kept' })
    expect(await before.put(second)).toEqual({ state: 'kept' })
    expect(before.waiting().map(({ what }) => what)).toEqual(['first', 'second'])
    const after = far.open()
    after.wake()
    await until(() => expect(after.waiting()).toHaveLength(2))
    far.mend()
    after.wake()
    await until(() => expect(far.arrived).toEqual([first.key, second.key]))
    await until(() => expect(far.kept()).toEqual([]))
  })

  it('[T7] what the server refuses is told and not sent again; what follows goes on', async () => {
    const far = world()
    far.refuse('not allowed')
    const outbox = far.open()
    const told: string[] = []
    outbox.onOutcome((one, outcome) => told.push(`${one.what}: ${outcome.state}`))
    const [refused, sent] = await Promise.all([outbox.put(entry('not allowed')), outbox.put(entry('allowed'))])
    expect(refused).toMatchObject({ state: 'refused', problem: { code: 'RUNG_TOO_LOW' } })
    expect(sent).toMatchObject({ state: 'sent' })
    expect(told).toEqual(['not allowed: refused', 'allowed: sent'])
  })

  it('what waits can be taken back; what is on its way cannot', async () => {
    const far = world()
    far.cut()
    const outbox = far.open()
    const one = entry('regretted')
    await outbox.put(one)
    expect(outbox.discard(one.key)).toBe(true)
    expect(outbox.waiting()).toEqual([])
    far.mend()
    let go = () => {}
    far.holdUntil(new Promise((resolve) => (go = resolve)))
    const two = entry('on its way')
    const outcome = outbox.put(two)
    await until(() => expect(outbox.discard(two.key)).toBe(false))
    go()
    await outcome
    expect(far.arrived).toEqual([two.key])
  })

  it('a storage that fails does not stop what can be sent', async () => {
    const far = world()
    far.store.write = async () => {
      throw new Error('full')
    }
    expect(await far.open().put(entry('now'))).toMatchObject({ state: 'sent' })
  })
})

describe('a key', () => {
  it('[C1] is 22 signs of base64url, another each time', () => {
    const keys = new Set(Array.from({ length: 100 }, () => newKey()))
    expect(keys.size).toBe(100)
    for (const key of keys) expect(key).toMatch(/^[A-Za-z0-9_-]{22}$/)
  })
})
