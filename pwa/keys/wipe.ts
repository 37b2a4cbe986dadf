// The end of a pairing on this device: every place where the page keeps something is emptied. Knows the places, not what lies there.

/** What pages of this app have named; the browser's own list, where there is one, adds what a later version names. */
const named = ['offdesk', 'offdesk-transcripts', 'offdesk-outbox', 'keyval-store']
const VAULT = 'offdesk'

async function databases(): Promise<readonly string[]> {
  const listed = (await indexedDB.databases?.().catch(() => undefined)) ?? []
  const ours = listed.flatMap(({ name }) => (name?.startsWith('offdesk') ? [name] : []))
  return [...new Set([...named, ...ours])]
}

/** Resolves also when there is no such database; rejects when it could not be emptied. */
function empty(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name)
    let isNew = false
    opening.onupgradeneeded = () => {
      isNew = true
      opening.transaction?.abort()
    }
    opening.onerror = () => (isNew ? resolve() : reject(opening.error))
    opening.onsuccess = () => {
      const database = opening.result
      const stores = [...database.objectStoreNames]
      const done = () => {
        database.close()
        resolve()
      }
      if (stores.length === 0) return done()
      const work = database.transaction(stores, 'readwrite')
      for (const store of stores) work.objectStore(store).clear()
      work.oncomplete = done
      work.onabort = () => {
        database.close()
        reject(work.error)
      }
    }
  })
}

/** Notifications tell of sessions too. */
async function clearNotifications(): Promise<void> {
  const worker = await navigator.serviceWorker?.getRegistration()
  for (const notification of (await worker?.getNotifications()) ?? []) notification.close()
}

/**
 * Transcripts, sessions, outbox, drafts and notifications; `isAll` also key, identity and answers.
 * Emptied, not deleted: the deletion of a database waits for every page that has it open, this one first.
 */
export async function wipeDevice(options: { isAll: boolean }): Promise<void> {
  for (const name of Object.keys(localStorage)) if (name.startsWith('offdesk')) localStorage.removeItem(name)
  // An admin's token is no part of a pairing, but whoever removes all that is stored here means it too.
  if (options.isAll)
    for (const name of Object.keys(sessionStorage)) if (name.startsWith('offdesk')) sessionStorage.removeItem(name)
  const names = (await databases()).filter((name) => options.isAll || name !== VAULT)
  await Promise.all(names.map(empty))
  await clearNotifications().catch(() => undefined)
}
