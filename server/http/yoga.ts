/** GraphQL over HTTP and SSE, the built page, and health, as one function from Request to Response. Knows no socket. */
import type { IncomingMessage } from 'node:http'
import { GraphQLError, type GraphQLSchema, getOperationAST, parse } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { createYoga, isAsyncIterable } from 'graphql-yoga'
import type { Documents } from '../graphql/compiled/documents.ts'
import { type Context, createContext, looking, type Operation, type Parts } from '../graphql/context.ts'
import type { Feeds } from '../graphql/feeds.ts'
import { refusalIn } from '../graphql/refusal.ts'
import type { TrustedDocuments } from '../graphql/trusted-documents.ts'
import { createScim } from '../scim/scim.ts'
import { isRefused, type Refused } from '../store/refused.ts'
import { peerAddress } from './address.ts'
import { showError, turnedAway } from './errors.ts'
import { fed } from './fed.ts'
import { assertAffordable, MAX_REQUEST_BYTES, MAX_TOKENS } from './limits.ts'
import { isOwnOrigin } from './origin.ts'
import { createPages, SECURITY_HEADERS } from './pages.ts'
import type { Rates } from './rates.ts'
import { answerScim, isScim } from './scim.ts'

/** Beside a request: node's own, or for a WebSocket's operation all that its context needs. */
export type Beside = { req?: IncomingMessage; operation?: Operation }

export type YogaOptions = {
  parts: Parts
  schema: GraphQLSchema
  trusted: TrustedDocuments
  documents: Documents
  feeds: Feeds
  rates: Rates
  /** Folder of the built page. */
  pages: string
  log: (error: unknown) => void
  /** Aborts when the server stops. */
  stopping: AbortSignal
}

export type Yoga = ReturnType<typeof createHttp>

export function createHttp(options: YogaOptions) {
  const { parts, schema, trusted, documents, feeds, rates, pages, log, stopping } = options
  // Refused for what it shows and not for what it asks.
  const atTheDoor = new WeakSet<Refused>()
  return createYoga<Beside, Context>({
    schema,
    graphqlEndpoint: '/graphql',
    ...{ graphiql: false, landingPage: false, cors: false, multipart: false, batching: false, logging: false },
    maxRequestBodySize: MAX_REQUEST_BYTES,
    maskedErrors: {
      maskError: (error) => {
        const shown = showError(error, log)
        const refused = refusalIn(error)
        if (!refused || !atTheDoor.has(refused)) return shown
        const { status, headers } = turnedAway(refused)
        return new GraphQLError(shown.message, { extensions: { ...shown.extensions, http: { status, headers } } })
      },
    },
    context: async ({ request, req, operation }) => {
      if (operation) return createContext(parts, operation)
      const address = req ? peerAddress(req, parts.publicUrl) : 'unknown'
      return createContext(parts, {
        identity: await rates.identify(request.headers.get('authorization') ?? undefined, address).catch((error) => {
          if (isRefused(error)) atTheDoor.add(error)
          throw error
        }),
        address,
        signal: AbortSignal.any([request.signal, stopping]),
      })
    },
    plugins: [
      besideGraphQL({ parts, pages, rates, log }),
      costs,
      whose(trusted),
      dropped,
      fed(documents, feeds),
      unheard,
      ownCodes,
    ],
  })
}

/** What is not GraphQL is answered here; what another site's page sends is refused. */
function besideGraphQL({
  parts,
  pages,
  rates,
  log,
}: Pick<YogaOptions, 'parts' | 'pages' | 'rates' | 'log'>): Plugin<Beside> {
  const page = createPages(pages)
  const scim = createScim(parts)
  return {
    async onRequest({ request, url, endResponse, fetchAPI, serverContext }) {
      const { headers, method } = request
      if (url.pathname === '/healthz') {
        const isWell = await parts.database
          .read((tx) => tx.execute('select 1'))
          .then(
            () => true,
            () => false,
          )
        endResponse(
          new fetchAPI.Response(isWell ? 'ok\n' : 'the database does not answer\n', { status: isWell ? 200 : 503 }),
        )
      } else if (isScim(url.pathname)) {
        const { req } = serverContext as Beside
        const address = req ? peerAddress(req, parts.publicUrl) : 'unknown'
        const identify = (authorization: string | undefined) => rates.identify(authorization, address)
        const { body, ...answer } = await answerScim(request, { scim, identify, log })
        endResponse(new fetchAPI.Response(body, answer))
      } else if (url.pathname !== '/graphql') {
        const asked = {
          method,
          path: url.pathname,
          acceptEncoding: headers.get('accept-encoding'),
          ifNoneMatch: headers.get('if-none-match'),
        }
        const { status, headers: given, body } = await page(asked)
        endResponse(new fetchAPI.Response(body as BodyInit | null, { status, headers: given }))
      } else if (!isOwnOrigin(headers.get('origin'), headers.get('host'), parts.publicUrl)) {
        const extensions = {
          code: 'BAD_INPUT',
          rule: 'pages of other origins may not speak to this server',
          level: 'server',
        }
        const errors = [{ message: 'This page comes from another origin than the server.', extensions }]
        endResponse(fetchAPI.Response.json({ errors }, { status: 403 }))
      }
    },
    onResponse({ request, response }) {
      for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.headers.set(name, value)
      // Behind a proxy that buffers, a stream would arrive when it ends.
      if (response.headers.get('content-type')?.startsWith('text/event-stream'))
        response.headers.set('x-accel-buffering', 'no')
      else if (new URL(request.url).pathname === '/graphql') response.headers.set('cache-control', 'no-store')
    },
  }
}

/** G4: bounded before it runs, over HTTP and WebSocket alike. */
const costs: Plugin = {
  onParse: ({ setParseFn }) => {
    setParseFn((source: Parameters<typeof parse>[0], options: Parameters<typeof parse>[1]) =>
      parse(source, { ...options, maxTokens: MAX_TOKENS }),
    )
  },
  onExecute: ({ args }) => assertAffordable(args.document, args.operationName, args.variableValues ?? {}),
  onSubscribe: ({ args }) => assertAffordable(args.document, args.operationName, args.variableValues ?? {}),
}

/** G4: whose operations are taken, over every transport. */
const whose = (trusted: TrustedDocuments): Plugin<Context> => ({
  onExecute: ({ args }) => trusted.require(args.document, args.contextValue.principal),
  onSubscribe: ({ args }) => trusted.require(args.document, args.contextValue.principal),
})

/** What only looks and is no more waited for is not begun; over every transport. */
const dropped: Plugin<Context> = {
  onExecute: ({ args: { document, operationName, contextValue } }) => {
    if (getOperationAST(document, operationName)?.operation === 'query') looking(contextValue)
  },
}

/** Whoever takes no stream is answered 406, and yoga forgets the stream: it is ended here, for then nothing else ends it. */
const unheard: Plugin = {
  onResultProcess: ({ result, resultProcessor }) => {
    if (!resultProcessor && isAsyncIterable(result)) void result[Symbol.asyncIterator]().return?.()
  },
}

/** Yoga names faults of a document in its own words, after masking; docs/protocol.md has one for them. */
const ownCodes: Plugin = {
  onExecutionResult: ({ result }) => {
    const errors = result && 'errors' in result && Array.isArray(result.errors) ? result.errors : []
    for (const { extensions } of errors)
      if (/^GRAPHQL_|^BAD_(USER_INPUT|REQUEST)$/.test(String(extensions?.code))) extensions.code = 'BAD_INPUT'
  },
}
