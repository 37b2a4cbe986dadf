/**
 * How often anyone may ask (G4), on every transport alike: who has shown a good credential is counted by it, everyone else by address. In one process;
 * several processes each count for themselves. Knows no operation and no database.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Identity, Trust } from '../auth/trust.ts'
import { toGraphQLError } from '../graphql/refusal.ts'
import { isRefused, type Refused, refuse } from '../store/refused.ts'
import { peerAddress, placeOf } from './address.ts'
import { type BucketRule, createBuckets } from './buckets.ts'
import { SECURITY_HEADERS } from './pages.ts'

/** Of one credential. A host's busiest session asks a quarter of it, a person with a page a hundredth. */
export const CREDENTIAL_RATE: BucketRule = { perSecond: 2000, burst: 20_000, most: 20_000 }
/** Of one address, without a good credential: pairing, enrolling, minting, sockets that have not said who they are. */
export const STRANGER_RATE: BucketRule = { perSecond: 500, burst: 10_000, most: 20_000 }

export type Rates = {
  /** For every request before its body is read. Null lets it pass. */
  arriving(authorization: unknown, address: string): Refused | null
  /** Each further word on a connection whose credential was found good. */
  again(authorization: unknown): Refused | null
  /** `trust.identify`, remembered: a credential that is not good is counted against its address. */
  identify(authorization: unknown, address: string): Promise<Identity>
}

type RatesOptions = {
  trust: Pick<Trust, 'identify'>
  credential?: BucketRule
  stranger?: BucketRule
  /** Told of each credential that is not good, before its holder is. */
  onRefused?: (authorization: unknown, refused: Refused, address: string) => Promise<void>
  /** Milliseconds, never back. */
  now?: () => number
}

export function createRates({
  trust,
  credential = CREDENTIAL_RATE,
  stranger = STRANGER_RATE,
  onRefused,
  now,
}: RatesOptions): Rates {
  // By the words of the header: a digest of each would cost more than all the rest.
  const known = createBuckets(credential, now)
  const strangers = createBuckets(stranger, now)
  const ofCredential = (name: string) => refusalOf(known.take(name), credential, 'one credential')
  const ofAddress = (wait: number | null) => refusalOf(wait, stranger, 'one address without a good credential')
  return {
    arriving: (authorization, address) => {
      if (typeof authorization !== 'string') return ofAddress(strangers.take(placeOf(address)))
      // Nobody knows yet whether it is good: what turns out bad is owed afterwards.
      return known.has(authorization) ? ofCredential(authorization) : ofAddress(strangers.look(placeOf(address)))
    },
    again: (authorization) => (typeof authorization === 'string' ? ofCredential(authorization) : null),
    identify: async (authorization, address) => {
      try {
        const identity = await trust.identify(authorization)
        if (typeof authorization === 'string') known.look(authorization)
        return identity
      } catch (error) {
        if (isRefused(error)) {
          strangers.owe(placeOf(address))
          await onRefused?.(authorization, error, address)
        }
        throw error
      }
    },
  }
}

function refusalOf(retryAfterSeconds: number | null, { perSecond, burst }: BucketRule, of: string): Refused | null {
  if (retryAfterSeconds === null) return null
  return refuse('RATE_LIMITED', `Too many requests. Come again in ${retryAfterSeconds} s.`, {
    rule: `${perSecond} requests a second of ${of}, ${burst} at once`,
    ...{ level: 'server', remedy: 'Wait; the limit lifts by itself.', numbers: { retryAfterSeconds } },
  })
}

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown

/** Answers 429 with `Retry-After` before anything of a request is read; pages and their files are not counted. */
export function withRates(rates: Rates, publicUrl: string | null, next: Handler): Handler {
  return (request, response) => {
    const path = request.url?.split('?', 1)[0]
    if (path !== '/graphql' && path !== '/healthz') return next(request, response)
    const refused = rates.arriving(request.headers.authorization, peerAddress(request, publicUrl))
    if (!refused) return next(request, response)
    const { message, extensions } = toGraphQLError(refused)
    const text = JSON.stringify({ errors: [{ message, extensions }] })
    response.writeHead(429, {
      ...{ ...SECURITY_HEADERS, 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
      ...{ 'retry-after': String(refused.numbers.retryAfterSeconds), 'content-length': Buffer.byteLength(text) },
      // Its body is not read: the connection cannot go on behind it.
      connection: 'close',
    })
    response.end(text)
  }
}
