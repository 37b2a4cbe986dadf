// What stands in the system's tray when nobody may look any more: the words are taken out, the place, the way and Deny stay. Runs in the worker and in the page; knows no policy.
import { emptied, readNoticeData } from './notice.ts'

export type Tray = Pick<ServiceWorkerRegistration, 'getNotifications' | 'showNotification'>

/**
 * Takes out the words of those whose time is over, and of all that were sent before `saidMs`, when the server said that nobody may look (null: it has not). Silent. There is no timer in a browser that is closed: it is called with the next
 * push, and by a page that is open.
 */
export async function emptyTray(tray: Tray, nowMs: number, saidMs: number | null): Promise<void> {
  for (const one of await tray.getNotifications()) {
    const bare = emptied(one.tag, readNoticeData(one.data), nowMs, saidMs)
    // The same tag: it takes the place of the one with words.
    if (bare) await tray.showNotification(bare.title, bare.options)
  }
}
