// The one IndexedDB store that page and service worker share. Knows where things lie, not what they mean.
import { clear, createStore, get, set, type UseStore } from 'idb-keyval'

let store: UseStore | undefined
const vault = (): UseStore => {
  store ??= createStore('offdesk', 'vault')
  return store
}

/** Undefined when nothing was kept. The caller knows what it put there; what is read is checked by the caller's own guard. */
export const readVault = (name: string): Promise<unknown> => get<unknown>(name, vault())

export const writeVault = (name: string, value: unknown): Promise<void> => set(name, value, vault())

/**
 * Removes everything this page keeps on the device: keys, identity, answers, drafts, outbox and transcripts. For the end of a pairing.
 * A database that another tab holds open goes when that tab does.
 */
export async function wipeDevice(): Promise<void> {
  await clear(vault())
  // Older browsers cannot list their databases; what is not the vault's holds no secret.
  const databases = (await indexedDB.databases?.().catch(() => undefined)) ?? []
  for (const { name } of databases) if (name?.startsWith('offdesk-')) indexedDB.deleteDatabase(name)
  for (const name of Object.keys(localStorage)) if (name.startsWith('offdesk')) localStorage.removeItem(name)
}
