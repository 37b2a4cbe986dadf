/** GraphQL over WebSocket on the server's own port: who may connect, until when, one context for each operation (docs/protocol.md §3). */
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type ExecutionArgs, GraphQLError, type GraphQLSchema, locatedError } from 'graphql'
import { useServer as serve } from 'graphql-ws/use/ws'
import { type WebSocket, WebSocketServer } from 'ws'
import { CutOff, type Identity } from '../auth/trust.ts'
import type { Documents } from '../graphql/compiled/documents.ts'
import { createContext, type Operation, type Parts } from '../graphql/context.ts'
import type { EventFeeds } from '../graphql/event-feeds.ts'
import { peerAddress } from '../http/address.ts'
import { showError } from '../http/errors.ts'
import { assertAffordable, MAX_REQUEST_BYTES } from '../http/limits.ts'
import { isOwnOrigin } from '../http/origin.ts'
import type { Yoga } from '../http/yoga.ts'
import { isRefused } from '../store/refused.ts'
import { type Fed, follow } from './fed.ts'

/** 4401 no credential, 4403 a revoked or unknown one: then do not come back with it. 1013: come back later. */
export const CLOSE = { none: 4401, refused: 4403, later: 1013, going: 1001 } as const

/** One device has one socket per open page; more than this from one address is nobody's phone. */
const MAX_SOCKETS = 1000
const MAX_OPERATIONS = 50

type Held = { identity: Identity; unwatch: () => void; operations: Map<string, AbortController> }
type Extra = { held?: Held }

export type SocketsOptions = {
  schema: GraphQLSchema
  yoga: Yoga
  parts: Parts
  documents: Documents
  feeds: EventFeeds
  log: (error: unknown) => void
}

/** Attaches to the server's upgrades. `close()` ends every socket with 1001 and detaches. */
export function createSockets(server: Server, options: SocketsOptions): { close(): Promise<void> } {
  const { yoga, parts, log } = options
  const { trust, publicUrl } = parts
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_REQUEST_BYTES })

  const onUpgrade = (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const path = request.url?.split('?', 1)[0]
    if (path !== '/graphql') return refuseUpgrade(stream, '404 Not Found')
    if (!isOwnOrigin(request.headers.origin, request.headers.host, publicUrl))
      return refuseUpgrade(stream, '403 Forbidden')
    if (sockets.clients.size >= MAX_SOCKETS) return refuseUpgrade(stream, '503 Service Unavailable')
    sockets.handleUpgrade(request, stream, head, (socket) => sockets.emit('connection', socket, request))
  }
  server.on('upgrade', onUpgrade)

  const serving = serve<{ authorization?: unknown }, Extra>(
    {
      isProd: true,
      onConnect: async ({ connectionParams, extra }) => {
        const { socket } = extra
        try {
          const identity = await trust.identify(connectionParams?.authorization)
          if (identity.tokenHash === null) return close(socket, CLOSE.none, 'UNAUTHENTICATED')
          const unwatch = trust.watch(identity, { onEnd: (why) => closeFor(socket, why) })
          extra.held = { identity, unwatch, operations: new Map() }
          if (socket.readyState !== socket.OPEN) unwatch()
          return undefined
        } catch (error) {
          if (!isRefused(error)) log(error)
          return closeFor(socket, error)
        }
      },
      onClose: ({ extra }) => {
        extra.held?.unwatch()
        for (const operation of extra.held?.operations.values() ?? []) operation.abort()
      },
      onSubscribe: async ({ extra }, id, params) => {
        const { held, request } = extra
        if (!held || held.operations.size >= MAX_OPERATIONS) {
          const extensions = { code: 'TOO_LARGE', limit: MAX_OPERATIONS }
          return [new GraphQLError(`At most ${MAX_OPERATIONS} operations at once on one socket.`, { extensions })]
        }
        const ended = new AbortController()
        held.operations.set(id, ended)
        try {
          // Who it is was settled at the connection and is watched since; what they may do is looked at anew.
          const operation = { identity: held.identity, address: peerAddress(request), signal: ended.signal }
          const fed = fedBy(options, operation, params)
          if (fed) {
            const { document } = fed.asked
            return {
              schema: options.schema,
              document,
              operationName: params.operationName,
              rootValue: { fed: { ...fed, socket: extra.socket, id } },
            }
          }
          const enveloped = yoga.getEnveloped({ req: request, operation, params })
          const { schema, parse, validate, contextFactory, execute, subscribe } = enveloped
          const document = parse(params.query)
          const errors = validate(schema, document)
          if (errors.length > 0)
            return forget(
              held,
              id,
              errors.map((error: Error) => showError(error, log)),
            )
          const args: ExecutionArgs = {
            ...{ schema, document, operationName: params.operationName, variableValues: params.variables },
            contextValue: await contextFactory(),
            rootValue: { execute, subscribe },
          }
          return args
        } catch (error) {
          return forget(held, id, [showError(error, log)])
        }
      },
      execute: (args) => throughYoga(args, 'execute', log),
      subscribe: (args) => {
        const root = args.rootValue as { fed?: Fed }
        return root.fed ? fromFeed(root.fed, log) : throughYoga(args, 'subscribe', log)
      },
      onComplete: ({ extra }, id) => {
        extra.held?.operations.get(id)?.abort()
        extra.held?.operations.delete(id)
      },
      onError: ({ extra }, id) => {
        extra.held?.operations.get(id)?.abort()
        extra.held?.operations.delete(id)
      },
    },
    sockets,
  )

  return {
    close: async () => {
      server.off('upgrade', onUpgrade)
      for (const socket of sockets.clients) {
        socket.close(CLOSE.going, 'The server is stopping.')
        // A peer that does not answer the close must not hold the server up.
        setTimeout(() => socket.terminate(), 1000).unref()
      }
      await serving.dispose()
    },
  }
}

/** What a feed can answer (L7); null leaves it to the executor. */
function fedBy(
  { parts, documents, feeds }: SocketsOptions,
  operation: Operation,
  { query, operationName, variables }: { query: string; operationName?: unknown; variables?: unknown },
): Pick<Fed, 'feeds' | 'context' | 'asked'> | null {
  const found = documents.find(query, typeof operationName === 'string' ? operationName : null)
  if (!found?.subscription) return null
  const { subscription } = found
  if (subscription.name !== 'eventsAppended' || !subscription.isOpenTo(operation.identity.principal)) return null
  const given = (variables ?? {}) as Record<string, unknown>
  const args = subscription.argsOf(given)
  if (!args) return null
  assertAffordable(found.document, typeof operationName === 'string' ? operationName : null, given)
  const { sessionId, after } = args as { sessionId: string; after: number }
  const { key, document } = found
  return { feeds, context: createContext(parts, operation), asked: { key, document, subscription, sessionId, after } }
}

async function fromFeed(fed: Fed, log: (error: unknown) => void) {
  const mask = (error: unknown) => showError(locatedError(error, undefined, ['eventsAppended']), log)
  try {
    return (await follow(fed, mask)) as never
  } catch (error) {
    return { errors: [mask(error)] } as never
  }
}

type Run = (args: ExecutionArgs) => unknown

async function throughYoga(args: ExecutionArgs, how: 'execute' | 'subscribe', log: (error: unknown) => void) {
  try {
    // Yoga's own, with its plugins: limits and masking are the same as over HTTP.
    return (await (args.rootValue as Record<typeof how, Run>)[how](args)) as never
  } catch (error) {
    return { errors: [showError(error, log)] } as never
  }
}

function forget(held: Held, id: string, errors: GraphQLError[]): GraphQLError[] {
  held.operations.get(id)?.abort()
  held.operations.delete(id)
  return errors
}

function close(socket: WebSocket, code: number, reason: string): false {
  socket.close(code, reason)
  return false
}

function closeFor(socket: WebSocket, why: unknown): false {
  if (isRefused(why)) return close(socket, CLOSE.refused, why.code)
  return close(socket, CLOSE.later, why instanceof CutOff ? why.message : 'Try again later.')
}

function refuseUpgrade(stream: Duplex, status: string): void {
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
