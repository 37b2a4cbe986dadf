// The app lock of this page: open or locked, from who touched what when, in this tab or another. Knows no screen.
import { isLocked, type LockRecord, type LockRecords, lockMinutes, openRecord } from '../../keys/app-lock.ts'

export type LockState = { kind: 'loading' | 'open' | 'locked'; record: LockRecord }

export type Lock = {
  current(): LockState
  subscribe(onChange: () => void): () => void
  /** Somebody is there. After the time has run out it locks instead: the first touch of a stranger does not open it. */
  touch(): void
  /** Looks at the time: on a timer, and when the page is seen again. */
  look(): Promise<void>
  lockNow(): Promise<void>
  /** Only after the person has been verified. */
  unlock(): Promise<void>
  setOwnMinutes(minutes: number | null): Promise<void>
  /** What the server says holds for this person; what is kept stays while it says nothing. */
  heard(said: Partial<Pick<LockRecord, 'policyMinutes' | 'passkeyIds'>>): Promise<void>
  close(): void
}

/** How often the last touch is written down. */
const WRITE_MS = 5_000
const LOOK_MS = 10_000

/** `now` in milliseconds since 1970. A record that cannot be read leaves the app open: there is nothing to read it from either. */
export function createLock(records: LockRecords, now: () => number = Date.now): Lock {
  let state: LockState = { kind: 'loading', record: openRecord }
  let writtenAt = 0
  const listeners = new Set<() => void>()
  const put = (kind: LockState['kind'], record: LockRecord) => {
    const same = state.kind === kind && state.record === record
    state = { kind, record }
    if (!same) for (const listener of listeners) listener()
  }
  const change = async (make: (record: LockRecord) => LockRecord, kind: 'open' | 'locked' = 'open') => {
    const next = await records.change(make).catch(() => make(state.record))
    put(kind, next)
  }
  const look = async () => {
    if (state.kind === 'locked') {
      // Another tab may have been opened again.
      const record = await records.read().catch(() => state.record)
      if (!isLocked(record, now()) && lockMinutes(record) !== null) put('open', record)
      return
    }
    if (state.kind === 'open' && !isLocked(state.record, now())) return
    const record = await records.read().catch(() => state.record)
    const newest = { ...record, activeAtMs: Math.max(record.activeAtMs, state.record.activeAtMs) }
    put(isLocked(newest, now()) ? 'locked' : 'open', newest)
  }
  const timer = setInterval(() => void look(), LOOK_MS)
  void look()

  return {
    current: () => state,
    subscribe(onChange) {
      listeners.add(onChange)
      return () => listeners.delete(onChange)
    },
    touch() {
      if (state.kind !== 'open') return
      const at = now()
      if (isLocked(state.record, at)) return void look()
      state = { ...state, record: { ...state.record, activeAtMs: at } }
      if (at - writtenAt < WRITE_MS) return
      writtenAt = at
      void records
        .change((record) => ({ ...record, activeAtMs: Math.max(at, record.activeAtMs) }))
        .catch(() => undefined)
    },
    look,
    lockNow: () => change((record) => ({ ...record, activeAtMs: 0 }), 'locked'),
    unlock: () => change((record) => ({ ...record, activeAtMs: now() })),
    setOwnMinutes: (ownMinutes) => change((record) => ({ ...record, ownMinutes, activeAtMs: now() })),
    async heard(said) {
      const { record } = state
      const told = { ...record, ...said }
      const same =
        told.policyMinutes === record.policyMinutes && told.passkeyIds.join(' ') === record.passkeyIds.join(' ')
      if (same || state.kind !== 'open') return
      // A lock that begins to hold begins with this moment, or it would fall on whoever is reading.
      const begins = lockMinutes(record) === null && lockMinutes(told) !== null
      await change((kept) => ({ ...kept, ...said, ...(begins ? { activeAtMs: now() } : {}) }))
    },
    close: () => clearInterval(timer),
  }
}
