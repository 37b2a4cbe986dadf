/** What was just committed is given again only where it surely follows (E2, L1): in doubt the store is asked. */
import { describe, expect, it } from 'vitest'
import { createRecentEvents, type RecentEvent } from '../../../server/store/recent-events.ts'

const known = { kind: 'AgentText', value: { messageId: 'm', text: '', textBody: null } } as const
const event = (seq: number, bytes = 10): RecentEvent => {
  const row = { sessionId: 's', seq, epoch: 1, at: new Date(0), receivedAt: new Date(0), kind: 'AgentText' }
  return { row: { ...row, digest: '', format: 'json' }, known, bytes }
}
const events = (from: number, to: number, bytes?: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => event(from + index, bytes))
const seqs = (found: RecentEvent[] | null) => found?.map(({ row }) => row.seq) ?? null

describe('recent events', () => {
  it('are kept for sessions that are followed, until the last follower goes', () => {
    const recent = createRecentEvents()
    recent.put('s', events(1, 2))
    expect(recent.after('s', 0, 9)).toBeNull()
    const [stop, stopToo] = [recent.keep('s'), recent.keep('s')]
    recent.put('s', events(1, 3))
    stop()
    stop()
    expect(seqs(recent.after('s', 1, 9))).toEqual([2, 3])
    expect(seqs(recent.after('s', 0, 2))).toEqual([1, 2])
    stopToo()
    expect(recent.after('s', 1, 9)).toBeNull()
  })

  it('say nothing where they hold nothing: before the first, past the last', () => {
    const recent = createRecentEvents()
    recent.keep('s')
    recent.put('s', events(5, 7))
    expect(recent.after('s', 3, 9)).toBeNull()
    expect(seqs(recent.after('s', 4, 9))).toEqual([5, 6, 7])
    expect(recent.after('s', 7, 9)).toBeNull()
    expect(recent.after('s', 99, 9)).toBeNull()
  })

  it('[E2] hold no gap and nothing twice: what does not follow takes the place of all', () => {
    const recent = createRecentEvents()
    recent.keep('s')
    recent.put('s', events(1, 3))
    recent.put('s', events(4, 5))
    expect(seqs(recent.after('s', 0, 9))).toEqual([1, 2, 3, 4, 5])
    recent.put('s', events(9, 9))
    expect([recent.after('s', 4, 9), seqs(recent.after('s', 8, 9))]).toEqual([null, [9]])
    recent.put('s', events(6, 7))
    expect([seqs(recent.after('s', 5, 9)), recent.after('s', 8, 9)]).toEqual([[6, 7], null])
  })

  it('are bounded in bytes, for one session and for all', () => {
    const recent = createRecentEvents()
    recent.keep('s')
    recent.put('s', events(1, 8, 128 * 1024))
    expect([recent.after('s', 3, 9), seqs(recent.after('s', 4, 9))]).toEqual([null, [5, 6, 7, 8]])
    for (let number = 1; number <= 16; number++) {
      recent.keep(`s${number}`)
      recent.put(`s${number}`, events(1, 4, 128 * 1024))
    }
    expect(recent.after('s', 4, 9)).toBeNull()
    expect(seqs(recent.after('s16', 0, 9))).toEqual([1, 2, 3, 4])
  })
})
