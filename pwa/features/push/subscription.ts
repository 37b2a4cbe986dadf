// Web Push on this device: asks the browser, hands the subscription to the server, says in words how it stands. Subscribing may
// hang for ever without the browser maker's network, so it is given a time.

import { fromBase64Url, toBase64Url } from '../../../protocol/bytes.ts'
import { graphql } from '../../graphql/graphql.ts'

export const SubscribePushDocument = graphql(`
  mutation SubscribePush($input: PushSubscriptionInput!) { subscribePush(input: $input) { id pushSubscribed } }
`)
export const UnsubscribePushDocument = graphql(`mutation UnsubscribePush { unsubscribePush { id pushSubscribed } }`)
export const TestPushDocument = graphql(`mutation TestPush { testPush { delivered statusCode detail } }`)

export type PushStanding =
  | { kind: 'unsupported'; why: 'browser' | 'home-screen' }
  | { kind: 'denied' }
  | { kind: 'off' }
  /** Permission is given and the browser has an address for us. */
  | { kind: 'on' }

/** How long the browser may take to give an address, in milliseconds. */
export const SUBSCRIBE_MS = 15_000

export type SubscribeFailure = 'denied' | 'timeout' | 'unavailable'

export class SubscribeError extends Error {
  readonly reason: SubscribeFailure
  constructor(reason: SubscribeFailure, detail: string) {
    super(detail)
    this.reason = reason
  }
}

/** Rejects with SubscribeError('timeout') when the promise takes longer; what it does later is ignored. */
export function within<Value>(promise: Promise<Value>, ms: number): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new SubscribeError('timeout', 'the push service did not answer')), ms)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** What the server needs of a subscription. Throws SubscribeError when the browser left out its keys. */
export function subscriptionInput(subscription: Pick<PushSubscription, 'endpoint' | 'getKey'>) {
  const p256dh = subscription.getKey('p256dh')
  const auth = subscription.getKey('auth')
  if (!p256dh || !auth) throw new SubscribeError('unavailable', 'the browser gave no keys')
  return {
    endpoint: subscription.endpoint,
    p256dh: toBase64Url(new Uint8Array(p256dh)),
    auth: toBase64Url(new Uint8Array(auth)),
  }
}

const sameKey = (subscription: PushSubscription, serverKey: string): boolean => {
  const key = subscription.options.applicationServerKey
  return key === null || toBase64Url(new Uint8Array(key)) === serverKey
}

/** Asks for permission if need be and returns the browser's subscription for this server's key. */
export async function subscribe(serverKey: string, timeoutMs = SUBSCRIBE_MS): Promise<PushSubscription> {
  const permission = await Notification.requestPermission()
  if (permission !== 'granted') throw new SubscribeError('denied', 'permission was not given')
  const { pushManager } = await within(navigator.serviceWorker.ready, timeoutMs)
  const existing = await within(pushManager.getSubscription(), timeoutMs)
  if (existing) {
    if (sameKey(existing, serverKey)) return existing
    // The server has other keys than before (a new database): the old address would never be delivered to.
    await existing.unsubscribe()
  }
  try {
    const options = { userVisibleOnly: true, applicationServerKey: fromBase64Url(serverKey) }
    return await within(pushManager.subscribe(options), timeoutMs)
  } catch (error) {
    if (error instanceof SubscribeError) throw error
    throw new SubscribeError('unavailable', error instanceof Error ? error.message : String(error))
  }
}

/** What this browser can do and what was chosen. Never asks for anything. */
export async function standing(isUninstalledApple: boolean): Promise<PushStanding> {
  if (!('serviceWorker' in navigator) || !('PushManager' in globalThis) || !('Notification' in globalThis))
    return { kind: 'unsupported', why: isUninstalledApple ? 'home-screen' : 'browser' }
  if (Notification.permission === 'denied') return { kind: 'denied' }
  if (Notification.permission !== 'granted') return { kind: 'off' }
  const registration = await navigator.serviceWorker.getRegistration()
  const subscription = await registration?.pushManager.getSubscription()
  return { kind: subscription ? 'on' : 'off' }
}

/** What went wrong, what it means, what to do. */
export const failureSentence: Record<SubscribeFailure, string> = {
  denied:
    'This browser was told not to show notifications for this address. Allow them in its settings, then turn this on.',
  timeout: 'The browser’s push service did not answer within 15 s. Check the network, then turn it on again.',
  unavailable: 'This browser could not register for notifications.',
}

export const standingSentence = (standing: PushStanding): string => {
  switch (standing.kind) {
    case 'on':
      return 'A decision that opens and a turn that ends are shown on this device.'
    case 'off':
      return 'Off. You see what waits only while Offdesk is open.'
    case 'denied':
      return failureSentence.denied
    case 'unsupported':
      return standing.why === 'home-screen'
        ? 'On iPhone and iPad, notifications need the installed app: add Offdesk to the home screen and pair inside it.'
        : 'This browser has no notifications for web pages.'
  }
}
