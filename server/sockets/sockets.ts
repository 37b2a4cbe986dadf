/** GraphQL over WebSocket on the server's own port: who may connect, until when, one context for each operation (docs/protocol.md §3). */
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type ExecutionArgs, GraphQLError } from 'graphql'
import { makeServer } from 'graphql-ws'
import { WebSocketServer } from 'ws'
import type { Documents } from '../graphql/compiled/documents.ts'
import type { Parts } from '../graphql/context.ts'
import type { Feeds } from '../graphql/feeds.ts'
import type { TrustedDocuments } from '../graphql/trusted-documents.ts'
import { peerAddress } from '../http/address.ts'
import { tellError } from '../http/errors.ts'
import { MAX_REQUEST_BYTES } from '../http/limits.ts'
import { isOwnOrigin } from '../http/origin.ts'
import type { Rates } from '../http/rates.ts'
import type { Yoga } from '../http/yoga.ts'
import { isRefused } from '../store/refused.ts'
import { createTake } from './fed.ts'
import { CLOSE, close, closeFor, endOperation, MAX_OPERATIONS, type Peer } from './peer.ts'
import { wire } from './wire.ts'

/** All that one process holds open. */
export const MAX_SOCKETS = 10_000

export type SocketsOptions = {
  yoga: Yoga
  parts: Parts
  documents: Documents
  trusted: TrustedDocuments
  rates: Rates
  feeds: Feeds
  log: (error: unknown) => void
}

/** Attaches to the server's upgrades. `close()` ends every socket with 1001 and detaches. */
export function createSockets(server: Server, options: SocketsOptions): { close(): Promise<void> } {
  const { yoga, parts, documents, trusted, rates, feeds, log } = options
  const { trust, publicUrl } = parts
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_REQUEST_BYTES })

  const onUpgrade = (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const path = request.url?.split('?', 1)[0]
    if (path !== '/graphql') return refuseUpgrade(stream, '404 Not Found')
    if (!isOwnOrigin(request.headers.origin, request.headers.host, publicUrl))
      return refuseUpgrade(stream, '403 Forbidden')
    const tooMany = rates.arriving(undefined, peerAddress(request, publicUrl))
    if (tooMany)
      return refuseUpgrade(stream, '429 Too Many Requests', `Retry-After: ${tooMany.numbers.retryAfterSeconds}\r\n`)
    if (sockets.clients.size >= MAX_SOCKETS) return refuseUpgrade(stream, '503 Service Unavailable')
    sockets.handleUpgrade(request, stream, head, (socket) => sockets.emit('connection', socket, request))
  }
  server.on('upgrade', onUpgrade)

  const serving = makeServer<{ authorization?: unknown }, Peer>({
    onConnect: async ({ connectionParams, extra: peer }) => {
      const { socket } = peer
      try {
        const authorization = connectionParams?.authorization
        const identity = await rates.identify(authorization, peer.address)
        if (identity.tokenHash === null) return close(socket, CLOSE.none, 'UNAUTHENTICATED')
        const unwatch = trust.watch(identity, { onEnd: (why) => closeFor(socket, why) })
        peer.held = { identity, unwatch, authorization }
        if (socket.readyState !== socket.OPEN) unwatch()
        return undefined
      } catch (error) {
        if (!isRefused(error)) log(error)
        return closeFor(socket, error)
      }
    },
    onClose: ({ extra: peer }) => peer.held?.unwatch(),
    onSubscribe: async ({ extra: peer }, id, params) => {
      const { socket, held, address } = peer
      // graphql-ws knows its own, and nothing of those that a feed answers.
      if (peer.operations?.has(id)) {
        close(socket, CLOSE.taken, `Subscriber for ${id} already exists`)
        return [new GraphQLError('This id is taken.', { extensions: { code: 'BAD_INPUT' } })]
      }
      if (!held || (peer.operations?.size ?? 0) >= MAX_OPERATIONS) {
        const extensions = { code: 'TOO_LARGE', limit: MAX_OPERATIONS }
        return [new GraphQLError(`At most ${MAX_OPERATIONS} operations at once on one socket.`, { extensions })]
      }
      const ended = new AbortController()
      peer.operations ??= new Map()
      peer.operations.set(id, () => ended.abort())
      const forget = (errors: GraphQLError[]) => {
        endOperation(peer, id)
        return errors
      }
      try {
        // Who it is was settled at the connection and is watched since; what they may do is looked at anew.
        const operation = { identity: held.identity, address, signal: ended.signal }
        const { schema, parse, validate, contextFactory, execute, subscribe } = yoga.getEnveloped({ operation, params })
        const document = parse(params.query)
        const errors = validate(schema, document)
        if (errors.length > 0) return forget(errors.map((error: Error) => tellError(error, log)))
        const args: ExecutionArgs = {
          ...{ schema, document, operationName: params.operationName, variableValues: params.variables },
          contextValue: await contextFactory(),
          rootValue: { execute, subscribe },
        }
        return args
      } catch (error) {
        return forget([tellError(error, log)])
      }
    },
    execute: (args) => throughYoga(args, 'execute', log),
    subscribe: (args) => throughYoga(args, 'subscribe', log),
    onComplete: ({ extra: peer }, id) => endOperation(peer, id),
    onError: ({ extra: peer }, id) => endOperation(peer, id),
  })
  const mask = (error: unknown) => tellError(error, log)
  const take = createTake({ parts, documents, trusted, feeds, mask })
  const stopPinging = wire(sockets, { serving, take, rates, publicUrl, log })

  return {
    close: async () => {
      server.off('upgrade', onUpgrade)
      stopPinging()
      const left = [...sockets.clients].map((socket) => {
        socket.close(CLOSE.going, 'The server is stopping.')
        // A peer that does not answer the close must not hold the server up.
        setTimeout(() => socket.terminate(), 1000).unref()
        return new Promise((resolve) => socket.once('close', resolve))
      })
      await Promise.all(left)
      await new Promise((resolve) => sockets.close(resolve))
    },
  }
}

type Run = (args: ExecutionArgs) => unknown

async function throughYoga(args: ExecutionArgs, how: 'execute' | 'subscribe', log: (error: unknown) => void) {
  try {
    // Yoga's own, with its plugins: limits and masking are the same as over HTTP.
    return (await (args.rootValue as Record<typeof how, Run>)[how](args)) as never
  } catch (error) {
    return { errors: [tellError(error, log)] } as never
  }
}

function refuseUpgrade(stream: Duplex, status: string, header = ''): void {
  stream.end(`HTTP/1.1 ${status}\r\n${header}Connection: close\r\nContent-Length: 0\r\n\r\n`)
}
