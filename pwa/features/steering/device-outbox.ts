// The outbox of this device on its connection: entries lie in IndexedDB under the device's id (another pairing never sends them),
// and go when the link is live.
import { createStore, get, set, type UseStore } from 'idb-keyval'
import type { Connection } from '../../graphql/connection.ts'
import type { VariablesOf } from '../../graphql/graphql.ts'
import { problemOf, problemOfResult } from '../../graphql/problem.ts'
import { noKeyProblem, signedInput } from '../../keys/signing.ts'
import { type Mutations, mutations } from './mutations.ts'
import { createOutbox, type Entry, type EntryStore, type Outbox } from './outbox.ts'
import { hostOfSession } from './session-host.ts'

let opened: UseStore | undefined
const place = () => {
  opened ??= createStore('offdesk-outbox', 'entries')
  return opened
}

const isEntry = (value: unknown): value is Entry =>
  typeof value === 'object' && value !== null && 'key' in value && 'kind' in value && 'input' in value

export function entryStore(deviceId: string): EntryStore {
  return {
    async read() {
      const kept = await get<unknown>(deviceId, place())
      return Array.isArray(kept) ? kept.filter(isEntry) : []
    },
    write: (entries) => set(deviceId, entries, place()),
  }
}

const LOOK_AGAIN_MS = 15_000
const outboxes = new WeakMap<Connection, { deviceId: string; outbox: Outbox }>()

/** One outbox for a connection; it is woken whenever the link comes back, and now and then while something waits. */
export function outboxOf(connection: Connection, deviceId: string): Outbox {
  const known = outboxes.get(connection)
  if (known?.deviceId === deviceId) return known.outbox
  const outbox = createOutbox({
    store: entryStore(deviceId),
    async send(entry) {
      // Parse edge: an entry's input was written for the mutation of its kind; one document stands for all.
      const document = mutations[entry.kind] as Mutations['sendPrompt']
      const given = entry.input as VariablesOf<Mutations['sendPrompt']>['input']
      const hostId = await hostOfSession(connection, entry.sessionId)
      if (typeof hostId !== 'string') return { problem: hostId }
      const seen = { hostId, modeName: entry.modeName ?? null }
      const { proof } = entry
      const input = proof === undefined ? await signedInput(entry.kind, given, seen, entry.keptAt) : { ...given, proof }
      if (input === null) return { problem: noKeyProblem }
      const result = await connection.urql.mutation(document, { input }).toPromise()
      const problem = problemOfResult(result)
      if (problem) return { problem }
      return result.data ? { command: result.data.command } : { problem: problemOf([]) }
    },
  })
  outboxes.set(connection, { deviceId, outbox })
  connection.link.subscribe(() => connection.link.current().kind === 'live' && outbox.wake())
  const timer = setInterval(() => {
    if (connection.link.current().kind === 'revoked') {
      clearInterval(timer)
      window.removeEventListener('online', outbox.wake)
    } else if (outbox.waiting().length > 0) outbox.wake()
  }, LOOK_AGAIN_MS)
  // The system hears of a network before the socket does.
  window.addEventListener('online', outbox.wake)
  outbox.wake()
  return outbox
}
