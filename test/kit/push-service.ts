/** A browser maker's push service of the test's own: takes encrypted pushes, opens them as a browser would (RFC 8291), hands out their text. */
import { createECDH, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
// @ts-expect-error it has no types
import ece from 'http_ece'
import type { Page } from 'playwright-core'
import { createArrivals } from './agent/arrivals.ts'

export type PushService = {
  /** What a page's `pushManager.subscribe` gives: an address here and the keys of this subscription. */
  readonly subscription: { readonly endpoint: string; readonly p256dh: string; readonly auth: string }
  /** The text of the next push, past or to come. Rejects at the deadline. */
  next(): Promise<string>
  close(): Promise<void>
}

/** Chromium's own push service cannot be reached: whatever that page subscribes to from now on is this. */
export async function subscribesTo(page: Page, subscription: PushService['subscription']): Promise<void> {
  await page.addInitScript((given) => {
    const bytes = (text: string) =>
      Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (sign) => sign.charCodeAt(0)).buffer
    const made = {
      endpoint: given.endpoint,
      options: { applicationServerKey: null, userVisibleOnly: true },
      getKey: (name: string) => bytes(name === 'auth' ? given.auth : given.p256dh),
      unsubscribe: async () => true,
    }
    let current: typeof made | null = null
    Object.assign(PushManager.prototype, {
      subscribe: async () => (current = made),
      getSubscription: async () => current,
    })
  }, subscription)
}

export async function createPushService(): Promise<PushService> {
  const keys = createECDH('prime256v1')
  keys.generateKeys()
  const auth = randomBytes(16)
  const pushes = createArrivals<string>('a push')
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const how = { version: 'aes128gcm', privateKey: keys, authSecret: auth.toString('base64url') }
      pushes.push(String(ece.decrypt(Buffer.concat(chunks), how)))
      response.writeHead(201).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/push/phone`
  return {
    subscription: { endpoint, p256dh: keys.getPublicKey('base64url'), auth: auth.toString('base64url') },
    next: () => pushes.next(),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
