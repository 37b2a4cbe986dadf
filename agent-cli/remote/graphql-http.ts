// One GraphQL operation over HTTPS as one promise that always ends. Knows no operation and keeps nothing.
import type { TadaDocumentNode } from 'gql.tada'
import { print } from 'graphql'
import type { Ending } from './ending.ts'
import { RemoteError } from './failure.ts'
import { type Posted, ProxyRefused, post } from './post.ts'
import type { Road } from './road.ts'

export type Endpoint = {
  /** The server's address without a path, e.g. `https://offdesk.example`. */
  readonly url: string
  /** Tests: a road of their own. */
  readonly fetch?: typeof fetch
  readonly road?: Road
}

export type AskOptions = {
  readonly token?: string | undefined
  readonly signal?: Ending | undefined
  /** From sending to the whole answer, or where `onHeard` listens from one part of it to the next; default 30. */
  readonly timeoutSeconds?: number
  /** Called with every part of the answer as it comes. */
  readonly onHeard?: (() => void) | undefined
  /** With `onHeard`: for so long in all. */
  readonly longestSeconds?: number
}

/** The operation's data. Rejects with RemoteError, or with the signal's reason. */
export async function ask<R, V>(
  endpoint: Endpoint,
  document: TadaDocumentNode<R, V>,
  variables: V,
  options: AskOptions = {},
): Promise<R> {
  options.signal?.throwIfAborted()
  const { signal, timeoutSeconds = 30, onHeard, longestSeconds } = options
  let posted: Posted
  try {
    const headers = headersFor(options.token)
    const body = JSON.stringify({ query: textOf(document), variables })
    const url = placeOf(endpoint)
    const how = { signal, timeoutSeconds, onHeard, longestSeconds, road: endpoint.road }
    posted = endpoint.fetch
      ? await fetched(endpoint.fetch, url, headers, body, how)
      : await post(url, headers, body, how)
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    throw new RemoteError('UNREACHABLE', `The server at ${endpoint.url} does not answer.${whyNot(error)}`, {}, error)
  }
  return dataOf(posted.text, posted.status, endpoint.url) as R
}

const headersFor = (token: string | undefined): Record<string, string> => ({
  'content-type': 'application/json',
  accept: 'application/graphql-response+json, application/json',
  ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
})

/** What stands on the way, where a person can do something about it. */
function whyNot(error: unknown): string {
  if (error instanceof ProxyRefused || error instanceof RangeError) return ` ${error.message}`
  const { code } = (error ?? {}) as { code?: unknown }
  if (typeof code !== 'string' || !/CERT|ISSUER|SIGNATURE|ALTNAME/.test(code)) return ''
  return ` Its certificate is not trusted here (${code}). Where your own authority signs, name its certificate in NODE_EXTRA_CA_CERTS.`
}

async function fetched(
  ask: typeof fetch,
  url: URL,
  headers: Record<string, string>,
  body: string,
  { signal, timeoutSeconds }: { signal: Ending | undefined; timeoutSeconds: number },
): Promise<Posted> {
  const given = new AbortController()
  const end = () => given.abort(signal?.reason)
  const late = () => given.abort(new Error(`No answer within ${timeoutSeconds} seconds.`))
  const timer = setTimeout(late, timeoutSeconds * 1_000)
  signal?.addEventListener('abort', end, { once: true })
  try {
    const response = await ask(url, { method: 'POST', headers, body, signal: given.signal, redirect: 'error' })
    return { status: response.status, text: await response.text() }
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', end)
  }
}

function dataOf(text: string, status: number, url: string): unknown {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch (error) {
    const said = `What answers at ${url} is not an Offdesk server (HTTP ${status}). Check the address and what stands in front of it.`
    throw new RemoteError(status >= 500 ? 'UNREACHABLE' : 'BAD_RESPONSE', said, { status }, error)
  }
  const { data, errors } = (typeof answer === 'object' && answer !== null ? answer : {}) as {
    data?: unknown
    errors?: unknown
  }
  const [first] = Array.isArray(errors) ? errors : []
  if (first !== undefined) throw refusal(first, status)
  if (data === undefined || data === null)
    throw new RemoteError('BAD_RESPONSE', `The server at ${url} gave no data.`, { status })
  return data
}

function refusal(error: unknown, status: number): RemoteError {
  const { message, extensions } = (typeof error === 'object' && error !== null ? error : {}) as {
    message?: unknown
    extensions?: Record<string, unknown>
  }
  const facts = typeof extensions === 'object' && extensions !== null ? extensions : {}
  const code = typeof facts.code === 'string' ? facts.code : 'BAD_RESPONSE'
  return new RemoteError(code, typeof message === 'string' ? message : 'The server refused.', { ...facts, status })
}

const places = new WeakMap<Endpoint, URL>()

function placeOf(endpoint: Endpoint): URL {
  const known = places.get(endpoint)
  if (known !== undefined) return known
  const url = new URL(`${endpoint.url.replace(/\/$/, '')}/graphql`)
  places.set(endpoint, url)
  return url
}

const texts = new WeakMap<object, string>()

function textOf(document: TadaDocumentNode<unknown, never> | object): string {
  const known = texts.get(document)
  if (known !== undefined) return known
  const text = print(document as Parameters<typeof print>[0])
  texts.set(document, text)
  return text
}
