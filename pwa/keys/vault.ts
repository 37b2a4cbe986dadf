// The one IndexedDB store that page and service worker share. Knows where things lie, not what they mean.
import { createStore, get, set, type UseStore, update } from 'idb-keyval'

let store: UseStore | undefined
const vault = (): UseStore => {
  store ??= createStore('offdesk', 'vault')
  return store
}

/** Undefined when nothing was kept. The caller knows what it put there; what is read is checked by the caller's own guard. */
export const readVault = (name: string): Promise<unknown> => get<unknown>(name, vault())

export const writeVault = (name: string, value: unknown): Promise<void> => set(name, value, vault())

/** Reads and writes in one transaction; resolves with what was written. */
export async function changeVault(name: string, change: (value: unknown) => unknown): Promise<unknown> {
  let next: unknown
  await update<unknown>(
    name,
    (value) => {
      next = change(value)
      return next
    },
    vault(),
  )
  return next
}
