/**
 * The straight way for what hosts and pages ask all day: a POST of JSON whose operation is compiled. Same rules, same limits, same answers as
 * yoga's, which takes everything else with the body it came with. Knows no operation.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { GraphQLError, GraphQLFormattedError } from 'graphql'
import type { Documents } from '../graphql/compiled/documents.ts'
import type { Answer } from '../graphql/compiled/operation.ts'
import { answerBytes } from '../graphql/compiled/written.ts'
import { createContext, type Parts } from '../graphql/context.ts'
import type { Parked } from '../graphql/parking.ts'
import type { TrustedDocuments } from '../graphql/trusted-documents.ts'
import { isRefused, type Refused } from '../store/refused.ts'
import { peerAddress } from './address.ts'
import { bodyOf } from './body.ts'
import { tellError, turnedAway } from './errors.ts'
import { assertAffordable, MAX_REQUEST_BYTES } from './limits.ts'
import { isOwnOrigin } from './origin.ts'
import { SECURITY_HEADERS } from './pages.ts'
import { createLot, type Ready, type To } from './parked.ts'
import type { Rates } from './rates.ts'
import { Running } from './running.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown
/** An answer that is open, and how it is ended when the server stops. */
type Open = { abort(): void }
type Asked = { query: string; variables: Record<string, unknown>; operationName: string | null }

/** One for all requests that are over: making one takes longer than answering. */
const OVER = new DOMException('The request is over.', 'AbortError')

/** As a list and with a text behind it, an answer is put together quickest and leaves in one piece. */
const HEAD = Object.entries({ ...SECURITY_HEADERS, 'cache-control': 'no-store' }).flat()
/** A longer text Node would write into three times its room. */
const MAX_TEXT_BYTES = 16 * 1024

export type DirectOptions = {
  parts: Parts
  documents: Documents
  trusted: TrustedDocuments
  rates: Rates
  log: (error: unknown) => void
  /** Aborts when the server stops. */
  stopping: AbortSignal
  /** Takes what is not answered here. */
  rest: Handler
}

export function createDirect(options: DirectOptions): Handler {
  const { parts, documents, trusted, rates, log, stopping, rest } = options
  const open = new Set<Open>()
  const lot = createLot({
    ...{ parts, say },
    go: (ready, to, parked) => void answer(ready, to, parked).catch((error) => fault(error, to.response)),
  })
  stopping.addEventListener('abort', () => {
    lot.end()
    for (const one of open) one.abort()
  })

  /** All but the answer; null when it is not this room's. Nothing has been done then: what is wrong, yoga says in its own words. A refused credential is said here: asked again it would count twice. */
  async function prepare(request: IncomingMessage, body: Buffer): Promise<Ready | Refused | null> {
    const asked = readAsked(body)
    const found = asked && documents.find(asked.query, asked.operationName)
    const prepared = found?.run?.(asked?.variables ?? {})
    if (!asked || !found || !prepared) return null
    try {
      assertAffordable(found.document, asked.operationName, asked.variables)
      const address = peerAddress(request, parts.publicUrl)
      const identity = await rates.identify(request.headers.authorization, address).catch((error) => {
        if (isRefused(error)) return error
        throw error
      })
      if (isRefused(identity)) return identity
      trusted.require(found.document, identity.principal)
      return { prepared, identity, address }
    } catch {
      return null
    }
  }

  async function answer({ prepared, identity, address }: Ready, to: To, parked: Parked | null): Promise<void> {
    const { response } = to
    const ended = new Running()
    open.add(ended)
    // Also after a whole answer: what the operation watched is let go then.
    response.once('close', () => {
      open.delete(ended)
      ended.abort(OVER)
    })
    if (stopping.aborted) ended.abort()
    if (response.destroyed) return parked?.leave()
    const context = createContext(parts, { identity, address, signal: ended })
    parked?.resume(context)
    try {
      say(await prepared.answer(context), to)
    } finally {
      parked?.leave()
    }
  }

  function say(given: Answer, { response, type }: To): void {
    if (response.destroyed) return
    const errors = given.errors?.map((error) => plain(tellError(error, log)))
    const said = answerBytes(errors ? { ...given, errors } : given)
    const length = Buffer.byteLength(said)
    // One that has waited for long has been heard of before.
    if (!response.headersSent)
      response.writeHead(200, [...HEAD, 'content-type', type, 'content-length', String(length)])
    response.end(typeof said === 'string' && length >= MAX_TEXT_BYTES ? Buffer.from(said) : said)
  }

  function turnAway(refused: Refused, response: ServerResponse, type: string): void {
    const { status, headers, errors } = turnedAway(refused)
    const text = JSON.stringify({ errors })
    const own = { 'content-type': type, 'cache-control': 'no-store', 'content-length': Buffer.byteLength(text) }
    response.writeHead(status, { ...SECURITY_HEADERS, ...headers, ...own })
    response.end(text)
  }

  async function take(request: IncomingMessage, response: ServerResponse, type: string): Promise<void> {
    const body = await bodyOf(request)
    if (body === null) return
    const ready = await prepare(request, body)
    if (!ready) return void rest(withBody(request, body), response)
    if (isRefused(ready)) return turnAway(ready, response, type)
    const to = { response, type }
    if (response.destroyed || (!stopping.aborted && lot.park(ready, to))) return lighten(request)
    answer(ready, to, null).catch((error) => fault(error, response))
  }

  function fault(error: unknown, response: ServerResponse): void {
    log(error)
    response.destroy()
  }

  return (request, response) => {
    const type = answerType(request)
    const { origin, host } = request.headers
    if (type === null || stopping.aborted || !isOwnOrigin(origin, host, parts.publicUrl)) return rest(request, response)
    take(request, response, type).catch((error) => fault(error, response))
  }
}

/** The answer's media type; null when the request is none that is answered here. */
function answerType({ method, url, headers }: IncomingMessage): string | null {
  if (method !== 'POST' || url !== '/graphql' || headers['content-encoding'] !== undefined) return null
  if (!/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) return null
  // A body of unknown or forbidden length is counted by yoga.
  const length = Number(headers['content-length'] ?? Number.NaN)
  if (!(length > 0 && length <= MAX_REQUEST_BYTES)) return null
  for (const one of (headers.accept ?? '*/*').split(',')) {
    const [name = ''] = one.trim().toLowerCase().split(';')
    if (name === 'application/json' || name === 'application/graphql-response+json') return `${name}; charset=utf-8`
    if (name === '*/*') return 'application/json; charset=utf-8'
    return null
  }
  return null
}

function plain({ message, path, extensions }: GraphQLError): GraphQLFormattedError {
  return { message, ...(path && { path }), extensions }
}

/** What nobody reads any more of a request that waits. */
function lighten(request: IncomingMessage): void {
  request.headers = {}
  request.rawHeaders = []
}

function readAsked(body: Buffer): Asked | null {
  let read: unknown
  try {
    read = JSON.parse(body.toString('utf8'))
  } catch {
    return null
  }
  if (typeof read !== 'object' || read === null || !('query' in read) || typeof read.query !== 'string') return null
  const {
    query,
    variables = null,
    operationName = null,
    ...others
  } = read as Record<string, unknown> & { query: string }
  if (Object.keys(others).length > 0) return null
  if (typeof variables !== 'object' || Array.isArray(variables)) return null
  if (operationName !== null && typeof operationName !== 'string') return null
  return { query, variables: (variables ?? {}) as Record<string, unknown>, operationName }
}

/** The request as yoga takes one whose body has been read: it asks for a key of its own before it believes that there is one. */
function withBody(request: IncomingMessage, body: Buffer): IncomingMessage {
  const again = {
    body,
    async *[Symbol.asyncIterator]() {
      yield body
    },
  }
  return Object.assign(request, { body: again })
}
