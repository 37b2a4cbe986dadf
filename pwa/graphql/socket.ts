// The WebSocket that stays: opened at once, retried for ever with jitter, woken when the phone is. Knows no query.
import { createClient, type Client as WsClient } from 'graphql-ws'
import type { LinkStore } from './link.ts'

export type Socket = {
  /** The client in use now; another after a close that graphql-ws holds for final. */
  client(): WsClient
  /** Ends a wait for the next try, and drops a socket that has been silent too long. */
  wake(): void
  close(): void
}

const CLOSED_FOR_GOOD = new Set([4401, 4403])
const KEEP_ALIVE_MS = 15_000
const SILENT_MS = 25_000
const LONGEST_WAIT_MS = 20_000

const closeCode = (reason: unknown): number | undefined =>
  typeof reason === 'object' && reason !== null && 'code' in reason && typeof reason.code === 'number'
    ? reason.code
    : undefined

/** Half to all of 0.5 s · 2^tries, at most 20 s: phones that lost one server do not come back in one moment. */
export const waitMs = (tries: number, random: () => number = Math.random): number =>
  Math.min(LONGEST_WAIT_MS, 500 * 2 ** Math.min(tries, 10)) * (0.5 + random() / 2)

export function createSocket(options: { url: string; token: string; link: LinkStore; onRevoked(): void }): Socket {
  const { link } = options
  const over = new AbortController()
  const wakers = new Set<() => void>()
  let heardAt = Date.now()
  let pongTimer: ReturnType<typeof setTimeout> | undefined
  let failures = 0

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer)
        wakers.delete(done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      wakers.add(done)
    })
  const lost = () => {
    const offline = navigator.onLine === false
    // A first contact that has not come about is nothing lost, unless the system itself says that there is no network.
    if (over.signal.aborted || (link.current().kind === 'connecting' && !offline)) return
    link.set(offline ? 'offline' : 'reconnecting')
  }
  const revoked = () => {
    link.set('revoked')
    options.onRevoked()
  }

  const open = (): WsClient => {
    const client = createClient({
      url: options.url,
      connectionParams: { authorization: `Bearer ${options.token}` },
      lazy: false,
      retryAttempts: Number.POSITIVE_INFINITY,
      keepAlive: KEEP_ALIVE_MS,
      shouldRetry: (reason) => !CLOSED_FOR_GOOD.has(closeCode(reason) ?? 0),
      retryWait: (tries) => pause(waitMs(tries)),
      onNonLazyError: (reason) => {
        if (over.signal.aborted || CLOSED_FOR_GOOD.has(closeCode(reason) ?? 0)) return
        // graphql-ws gives up on codes such as 1011 and 4500. Nothing here is final but a revocation.
        failures += 1
        void pause(waitMs(failures)).then(() => {
          if (!over.signal.aborted) current = open()
        })
      },
      on: {
        connected: () => {
          failures = 0
          heardAt = Date.now()
          link.set('live')
        },
        message: () => {
          heardAt = Date.now()
          clearTimeout(pongTimer)
        },
        // A network that went away without a word closes nothing: a ping without a pong does.
        ping: (received) => {
          if (received) return
          clearTimeout(pongTimer)
          pongTimer = setTimeout(() => client.terminate(), 5_000)
        },
        closed: (reason) => {
          clearTimeout(pongTimer)
          if (CLOSED_FOR_GOOD.has(closeCode(reason) ?? 0)) revoked()
          else lost()
        },
      },
    })
    return client
  }
  let current = open()

  const wake = () => {
    if (link.current().kind === 'live' && Date.now() - heardAt > SILENT_MS) current.terminate()
    for (const waker of [...wakers]) waker()
  }
  const { signal } = over
  const back = () => {
    // A socket that outlived the gap says nothing: without a new one the page would call itself offline for ever.
    if (link.current().kind !== 'live') current.terminate()
    wake()
  }
  window.addEventListener('online', back, { signal })
  window.addEventListener('offline', lost, { signal })
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && wake(), { signal })

  return {
    client: () => current,
    wake,
    close() {
      over.abort()
      clearTimeout(pongTimer)
      void current.dispose()
      wake()
    },
  }
}
