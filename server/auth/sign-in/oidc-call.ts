/** A provider called as openid-client wants it, through this server's one guarded way out: public addresses only unless the operator vouches, no redirect, bounded. */

import { HttpsProxyAgent } from 'https-proxy-agent'
import type { CustomFetch } from 'openid-client'
import type { Resolve } from '../../push/endpoint.ts'
import { callOutWhole } from '../../push/outbound.ts'

/** A discovery document with its keys; a token with many groups. */
export const MOST_ANSWER_BYTES = 256 * 1024
export const CALL_MILLISECONDS = 10_000

type CallOptions = {
  isPrivate: boolean
  /** Throws RangeError for what is no proxy. */
  proxyOf: (url: URL) => string | null
  signal: AbortSignal
  ca?: string
  resolve?: Resolve
}

export function createProviderCall({ isPrivate, proxyOf, signal, ca, resolve }: CallOptions): CustomFetch {
  return async (url, { method, headers, body, signal: own }) => {
    if (method !== 'GET' && method !== 'POST') throw new Error(`${method} is not said to a provider`)
    const proxy = proxyOf(new URL(url))
    const agent = proxy === null ? null : new HttpsProxyAgent(proxy, ca === undefined ? {} : { ca })
    const bytes = body === undefined || body === null ? null : Buffer.from(String(body))
    try {
      const answer = await callOutWhole(
        {
          ...{
            url,
            method,
            body: bytes,
            milliseconds: CALL_MILLISECONDS,
            allowLoopback: false,
            allowPrivate: isPrivate,
          },
          headers: { ...headers, ...(bytes && { 'content-length': bytes.byteLength }) },
          signal: own ? AbortSignal.any([signal, own]) : signal,
          ...(ca !== undefined && { ca }),
          ...(resolve && { resolve }),
          ...(agent && { agent }),
        },
        MOST_ANSWER_BYTES,
      )
      const given = new Headers()
      for (const [name, value] of Object.entries(answer.headers))
        for (const one of [value].flat()) if (one !== undefined) given.append(name, one)
      const isEmpty = answer.status === 204 || answer.status === 304
      return new Response(isEmpty ? null : new Uint8Array(answer.body), { status: answer.status, headers: given })
    } finally {
      agent?.destroy()
    }
  }
}
