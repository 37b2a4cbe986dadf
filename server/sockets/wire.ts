/** The server's WebSockets as graphql-ws wants them: text in, text out, and one timer that finds the dead. Knows no operation. */
import type { IncomingMessage } from 'node:http'
import { handleProtocols, type Server } from 'graphql-ws'
import type { WebSocket, WebSocketServer } from 'ws'
import { toGraphQLError } from '../graphql/refusal.ts'
import { peerAddress } from '../http/address.ts'
import type { Rates } from '../http/rates.ts'
import type { Refused } from '../store/refused.ts'
import { CLOSE, close, endOperation, type Peer } from './peer.ts'

const ROUND_MILLISECONDS = 22_500
/** Rounds without a word until a peer is asked: below the minute after which proxies cut a connection on which nothing moves. As many again, and it is gone. */
const QUIET_ROUNDS = 2

export type WireOptions = {
  serving: Server<Peer>
  /** Sees every text of a peer first; true when it has taken it. */
  take: (peer: Peer, text: string) => boolean
  rates: Rates
  publicUrl: string | null
  log: (error: unknown) => void
}

/** Serves every connection from now on. Returns how to stop pinging. */
export function wire(sockets: WebSocketServer, options: WireOptions): () => void {
  const { serving, take, rates, publicUrl, log } = options
  sockets.options.handleProtocols = (protocols) => handleProtocols(protocols)
  const peers = new Set<Peer>()

  const onConnection = (socket: WebSocket, request: IncomingMessage) => {
    const peer: Peer = { socket, address: peerAddress(request, publicUrl), held: null, operations: null, quiet: 0 }
    peers.add(peer)
    let onMessage: (text: string) => Promise<void> = async () => {}
    const closed = serving.opened(
      {
        protocol: socket.protocol,
        send: (text) =>
          new Promise((resolve, reject) => {
            if (socket.readyState !== socket.OPEN) return resolve()
            socket.send(text, (error) => (error ? reject(error) : resolve()))
          }),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (call) => {
          onMessage = call
        },
      },
      peer,
    )
    const fault = (error: unknown) => {
      log(error)
      close(socket, 1011, 'Internal server error')
    }
    socket.on('message', (data) => {
      peer.quiet = 0
      const text = String(data)
      const refused = peer.held && rates.again(peer.held.authorization)
      if (refused) return refuseWord(socket, text, refused)
      if (!take(peer, text)) onMessage(text).catch(fault)
    })
    socket.on('pong', () => {
      peer.quiet = 0
    })
    // What a peer breaks off, sends broken or too large is its own affair; the socket closes after it.
    socket.on('error', () => {})
    socket.once('close', (code, reason) => {
      peers.delete(peer)
      for (const id of [...(peer.operations?.keys() ?? [])]) endOperation(peer, id)
      closed(code, String(reason)).catch(log)
    })
  }
  sockets.on('connection', onConnection)

  const pings = setInterval(() => {
    for (const peer of peers) {
      peer.quiet += 1
      if (peer.quiet >= 2 * QUIET_ROUNDS) peer.socket.terminate()
      else if (peer.quiet === QUIET_ROUNDS && peer.socket.readyState === peer.socket.OPEN) peer.socket.ping()
    }
  }, ROUND_MILLISECONDS)
  pings.unref()
  return () => clearInterval(pings)
}

/** An operation is told when to come again; whoever floods with anything else loses the socket. */
function refuseWord(socket: WebSocket, text: string, refused: Refused): void {
  const id = idOfSubscribe(text)
  if (id === null) return void close(socket, CLOSE.later, refused.message)
  const { message, extensions } = toGraphQLError(refused)
  socket.send(JSON.stringify({ id, type: 'error', payload: [{ message, extensions }] }))
}

function idOfSubscribe(text: string): string | null {
  if (text.length > 64 * 1024) return null
  try {
    const { type, id } = JSON.parse(text) as { type?: unknown; id?: unknown }
    return type === 'subscribe' && typeof id === 'string' ? id : null
  } catch {
    return null
  }
}
