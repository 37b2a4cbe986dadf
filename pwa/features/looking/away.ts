// What a page shows that nobody has looked at for a while: nothing, until it is known whether it may. And what it had shown in the system's tray.
import { emptyTray } from '../push/tray.ts'
import type { LookingStore } from './looking.ts'

/** What is heard of a page that comes and goes; the browser's own, or a test's. */
export type Page = {
  document: Pick<Document, 'addEventListener' | 'visibilityState'> & {
    documentElement: Pick<Element, 'toggleAttribute'>
  }
  window: Pick<Window, 'addEventListener'>
}

/**
 * Where policy asks who looks, a page that goes away is covered: the picture that its system keeps of it, or shows for a moment when it is back, has nothing in it. A page that
 * comes back is judged before it is uncovered, in the same step, so nothing is painted in between. Returns what ends it.
 */
export function coverWhileAway(
  store: Pick<LookingStore, 'current' | 'look'>,
  { document, window }: Page = globalThis,
): () => void {
  const over = new AbortController()
  const { signal } = over
  const cover = (isOn: boolean) => document.documentElement.toggleAttribute('data-covered', isOn)
  const goes = () => cover(store.current().kind === 'may')
  const comes = () => {
    if (document.visibilityState !== 'visible') return goes()
    store.look()
    cover(false)
  }
  document.addEventListener('visibilitychange', comes, { signal })
  document.addEventListener('freeze', goes, { signal })
  document.addEventListener('resume', comes, { signal })
  window.addEventListener('pagehide', goes, { signal })
  window.addEventListener('pageshow', comes, { signal })
  window.addEventListener('focus', comes, { signal })
  return () => {
    over.abort()
    cover(false)
  }
}

/** As soon as nobody may look, what notifications say is taken out of them. Returns what ends it. */
export function emptyTrayWhenDue(store: Pick<LookingStore, 'current' | 'subscribe'>): () => void {
  const look = () => {
    if (store.current().kind !== 'due' || !('serviceWorker' in navigator)) return
    void navigator.serviceWorker
      .getRegistration()
      .then((registration) => registration && emptyTray(registration, Date.now(), Number.POSITIVE_INFINITY))
      .catch(() => undefined)
  }
  look()
  return store.subscribe(look)
}
