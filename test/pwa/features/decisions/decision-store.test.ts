/** One store of decisions: snapshots replace, settled is final, longest waiting first. */
import { describe, expect, it } from 'vitest'
import { createDecisionStore, type Decision } from '../../../../pwa/features/decisions/decision-store.ts'
import type { Live } from '../../../../pwa/graphql/live.ts'
import { decision, settlement } from './samples.ts'

function followed() {
  const store = createDecisionStore()
  let give: (change: { isSnapshot: boolean; decisions: Decision[] }) => void = () => undefined
  const live: Live = (request) => {
    const onData = request.onData as (data: unknown) => void
    give = (decisionsChanged) => onData({ decisionsChanged })
  }
  store.follow(live, new AbortController().signal)
  return { store, give: (change: { isSnapshot: boolean; decisions: Decision[] }) => give(change) }
}
const ids = (list: readonly Decision[]) => list.map((one) => one.id)
const at = (id: string, openedAt: string) => decision({ id, openedAt })

describe('the store of decisions', () => {
  it('is not loaded before the first snapshot, and lists the longest waiting first', () => {
    const { store, give } = followed()
    expect(store.isLoaded()).toBe(false)
    give({ isSnapshot: true, decisions: [at('b', '2026-11-20T14:05:00Z'), at('a', '2026-11-20T14:01:00Z')] })
    expect(store.isLoaded()).toBe(true)
    expect(ids(store.open())).toEqual(['a', 'b'])
  })

  it('[L6] what is missing from a later snapshot is open no more', () => {
    const { store, give } = followed()
    give({ isSnapshot: true, decisions: [at('a', '2026-11-20T14:01:00Z'), at('b', '2026-11-20T14:02:00Z')] })
    give({ isSnapshot: true, decisions: [at('b', '2026-11-20T14:02:00Z')] })
    expect(ids(store.open())).toEqual(['b'])
  })

  it('[D3] settled is final: an older reading does not open it again', () => {
    const { store, give } = followed()
    const settled = decision({ id: 'a', state: 'SETTLED', settlement: settlement() })
    give({ isSnapshot: true, decisions: [decision({ id: 'a' })] })
    give({ isSnapshot: false, decisions: [settled] })
    expect(ids(store.open())).toEqual([])
    give({ isSnapshot: false, decisions: [decision({ id: 'a' })] })
    expect(store.get('a')?.state).toBe('SETTLED')
    expect(ids(store.settled())).toEqual(['a'])
  })

  it('shows what was open when it last heard, until the server says what is open now', () => {
    const { store, give } = followed()
    store.recall([at('old', '2026-11-20T14:00:00Z'), at('a', '2026-11-20T14:01:00Z')])
    expect(ids(store.open())).toEqual(['old', 'a'])
    expect(store.isLoaded()).toBe(false)
    give({ isSnapshot: true, decisions: [at('a', '2026-11-20T14:01:00Z')] })
    expect(ids(store.open())).toEqual(['a'])
    store.recall([at('old', '2026-11-20T14:00:00Z')])
    expect(ids(store.open())).toEqual(['a'])
  })

  it('tells its readers once per change', () => {
    const { store, give } = followed()
    let told = 0
    const stop = store.subscribe(() => {
      told += 1
    })
    give({ isSnapshot: false, decisions: [decision({ id: 'a' }), decision({ id: 'b' })] })
    stop()
    give({ isSnapshot: false, decisions: [decision({ id: 'c' })] })
    expect(told).toBe(1)
  })
})
