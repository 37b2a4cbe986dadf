// The last events of recently read sessions, kept on this device for reading without a network: 300 events of 20 sessions.
import { createStore, del, get, set, type UseStore } from 'idb-keyval'
import type { TranscriptEvent } from './event-fields.ts'

/** `seenAt`: when the server was last heard, in milliseconds since 1970. */
export type KeptEvents = { events: readonly TranscriptEvent[]; seenAt: number }

/** A place for values by name: IndexedDB, or a map in a test. */
export type Shelf = {
  get(name: string): Promise<unknown>
  set(name: string, value: unknown): Promise<void>
  del(name: string): Promise<void>
}

export const KEPT_EVENTS = 300
export const KEPT_SESSIONS = 20

export type KeptEventsStore = {
  read(sessionId: string): Promise<KeptEvents | null>
  /** Keeps the last events; forgets the session that was read longest ago when there are too many. */
  write(sessionId: string, kept: KeptEvents): Promise<void>
  forget(sessionId: string): Promise<void>
}

// Events are read back only by the version that wrote their shape.
const SHAPE = 1
type Stored = KeptEvents & { shape: number }
const isStored = (value: unknown): value is Stored =>
  typeof value === 'object' && value !== null && 'shape' in value && value.shape === SHAPE && 'events' in value
const isNames = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string')

export function createKeptEvents(shelf: Shelf): KeptEventsStore {
  const nameOf = (sessionId: string) => `events:${sessionId}`
  let turn: Promise<unknown> = Promise.resolve()
  // One at a time: two sessions written at once would each drop the other from the list of recent ones.
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work, work)
    turn = done.catch(() => undefined)
    return done
  }
  const recent = async () => {
    const names = await shelf.get('recent')
    return isNames(names) ? names : []
  }
  return {
    async read(sessionId) {
      const stored = await shelf.get(nameOf(sessionId))
      return isStored(stored) ? { events: stored.events, seenAt: stored.seenAt } : null
    },
    write: (sessionId, kept) =>
      inTurn(async () => {
        const stored: Stored = { shape: SHAPE, seenAt: kept.seenAt, events: kept.events.slice(-KEPT_EVENTS) }
        await shelf.set(nameOf(sessionId), stored)
        const names = [sessionId, ...(await recent()).filter((name) => name !== sessionId)]
        for (const old of names.slice(KEPT_SESSIONS)) await shelf.del(nameOf(old))
        await shelf.set('recent', names.slice(0, KEPT_SESSIONS))
      }),
    forget: (sessionId) =>
      inTurn(async () => {
        await shelf.del(nameOf(sessionId))
        await shelf.set(
          'recent',
          (await recent()).filter((name) => name !== sessionId),
        )
      }),
  }
}

let opened: UseStore | undefined
const place = () => {
  opened ??= createStore('offdesk-transcripts', 'events')
  return opened
}
/** On this device. */
export const keptEvents = createKeptEvents({
  get: (name) => get<unknown>(name, place()),
  set: (name, value) => set(name, value, place()),
  del: (name) => del(name, place()),
})
