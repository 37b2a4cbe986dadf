// Everything a paired page speaks to the server with: urql over HTTP (document cache), one socket for what is live, and how the
// link stands. A new token is a new connection.
import { type Client, cacheExchange, createClient, fetchExchange, mapExchange, subscriptionExchange } from '@urql/core'
import { createLinkStore, type LinkStore } from './link.ts'
import { createLive, type Live } from './live.ts'
import { meansRevoked, problemOfResult } from './problem.ts'
import { createServerClock } from './server-clock.ts'
import { createSocket } from './socket.ts'

/** A request without an answer must end: what was said is then kept and goes again under its key. */
const ANSWER_MS = 30_000
const fetchInTime: typeof fetch = (input, init) => {
  const late = AbortSignal.timeout(ANSWER_MS)
  // Browsers before 2024 cannot join two signals; there the network's own time-out has to do.
  const signal = init?.signal && 'any' in AbortSignal ? AbortSignal.any([init.signal, late]) : (init?.signal ?? late)
  return fetch(input, { ...init, signal })
}

export type Connection = {
  urql: Client
  live: Live
  link: LinkStore
  /** By how much this device's clock is ahead of the server's, as far as is known. */
  aheadMs(): number
  /** Tries at once instead of at the end of the wait. */
  wake(): void
  close(): void
}

/** `onRevoked` is called when the server has said so, never for silence (an unreachable server never logs out). */
export function createConnection(options: { token: string; origin: string; onRevoked(): void }): Connection {
  const link = createLinkStore()
  const socket = createSocket({
    url: `${options.origin.replace(/^http/, 'ws')}/graphql`,
    token: options.token,
    link,
    onRevoked: options.onRevoked,
  })
  const clock = createServerClock(fetchInTime)
  const urql = createClient({
    url: `${options.origin}/graphql`,
    preferGetMethod: false,
    fetch: clock.fetch,
    requestPolicy: 'cache-and-network',
    fetchOptions: () => ({
      headers: { authorization: `Bearer ${options.token}` },
      credentials: 'omit',
      cache: 'no-store',
    }),
    exchanges: [
      cacheExchange,
      mapExchange({
        onResult(result) {
          const problem = problemOfResult(result)
          if (problem && meansRevoked(problem)) {
            link.set('revoked')
            options.onRevoked()
          }
        },
      }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: (request) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.client().subscribe(
              { query: request.query ?? '', variables: request.variables as Record<string, unknown> },
              {
                next: (value) => sink.next(value as Parameters<typeof sink.next>[0]),
                error: (reason) => sink.error(reason),
                complete: () => sink.complete(),
              },
            ),
          }),
        }),
      }),
    ],
  })
  return { urql, live: createLive(socket), link, aheadMs: clock.aheadMs, wake: socket.wake, close: socket.close }
}
