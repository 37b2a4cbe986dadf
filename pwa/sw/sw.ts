// The service worker: keeps the shell for when there is no network, shows what a push says, answers from a notification's button.
// Holds no state between two events: identity and key lie in IndexedDB, answers with their notification.
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'
import { answeredNotice, decisionIn, notificationOf, readNotice, readNoticeData } from '../features/push/notice.ts'
import { emptyTray } from '../features/push/tray.ts'
import { isLocked, lockRecords, openRecord } from '../keys/app-lock.ts'
import { learn, renewSubscription, sendAnswer } from './ask-server.ts'

declare const self: ServiceWorkerGlobalScope

cleanupOutdatedCaches()
precacheAndRoute(self.__WB_MANIFEST)
registerRoute(new NavigationRoute(createHandlerBoundToURL('index.html'), { denylist: [/^\/graphql/] }))

// A new version waits until the person has said yes to it.
self.addEventListener('message', (event) => {
  if (event.data?.type === 'SKIP_WAITING') void self.skipWaiting()
})
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

const isLockedNow = async () => isLocked(await lockRecords.read().catch(() => openRecord), Date.now())

async function badge(count: number | null): Promise<void> {
  if (count === null || !('setAppBadge' in navigator)) return
  await (count > 0 ? navigator.setAppBadge(count) : navigator.clearAppBadge()).catch(() => undefined)
}

async function show(payload: string | null): Promise<void> {
  const notice = readNotice(payload, self.location.origin)
  // It may have lain at its service for long: what was sent since says more than it does.
  const saidMs = notice.isBare ? (notice.looking?.atMs ?? Number.POSITIVE_INFINITY) : null
  await emptyTray(self.registration, Date.now(), saidMs).catch(() => undefined)
  const about = decisionIn(notice.path)
  const { learned, openCount } = about ? await learn(about) : { learned: null, openCount: null }
  // Settled while its push was under way: the settled sentence follows or has come; a card with buttons would be stale.
  const asked = notice.kind === 'DECISION_OPENED' ? learned : null
  const { title, options } = notificationOf(notice, asked, await isLockedNow())
  await self.registration.showNotification(title, options)
  await badge(openCount)
}

async function open(path: string): Promise<void> {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const [page] = windows.filter((one) => new URL(one.url).origin === self.location.origin)
  if (!page) {
    await self.clients.openWindow(path)
    return
  }
  // The page goes there by its router: a reload would lose what is being typed.
  page.postMessage({ type: 'OPEN', path })
  await page.focus().catch(() => undefined)
}

async function clicked(action: string, notification: Notification): Promise<void> {
  const data = readNoticeData(notification.data)
  notification.close()
  const answer = action === 'deny' ? data.deny : action === 'allow' ? data.allow : undefined
  // The lock may have fallen since the notification was shown; a Deny needs nobody to be known (D5).
  if (!answer || (action === 'allow' && (await isLockedNow()))) return open(data.path)
  const { title, options } = answeredNotice(data, answer, await sendAnswer(answer))
  await self.registration.showNotification(title, options)
}

self.addEventListener('push', (event) => {
  event.waitUntil(show(event.data?.text() ?? null))
})
self.addEventListener('notificationclick', (event) => {
  event.waitUntil(clicked(event.action, event.notification))
})
self.addEventListener('pushsubscriptionchange', (event) => {
  ;(event as ExtendableEvent).waitUntil(renewSubscription(self.registration))
})
