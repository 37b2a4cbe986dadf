/** The server's WebSockets as graphql-ws wants them: text in, text out, and one timer that finds the dead. Knows no operation. */
import type { IncomingMessage } from 'node:http'
import { handleProtocols, type Server } from 'graphql-ws'
import type { WebSocket, WebSocketServer } from 'ws'
import { peerAddress } from '../http/address.ts'
import { close, endOperation, type Peer } from './peer.ts'

/** A peer that has not answered one ping by the next is gone. */
const PING_MILLISECONDS = 20_000

export type WireOptions = {
  serving: Server<Peer>
  /** Sees every text of a peer first; true when it has taken it. */
  take: (peer: Peer, text: string) => boolean
  log: (error: unknown) => void
}

/** Serves every connection from now on. Returns how to stop pinging. */
export function wire(sockets: WebSocketServer, { serving, take, log }: WireOptions): () => void {
  sockets.options.handleProtocols = (protocols) => handleProtocols(protocols)
  const peers = new Set<Peer>()

  const onConnection = (socket: WebSocket, request: IncomingMessage) => {
    const peer: Peer = { socket, address: peerAddress(request), held: null, operations: null, isAlive: true }
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
      const text = String(data)
      if (!take(peer, text)) onMessage(text).catch(fault)
    })
    socket.on('pong', () => {
      peer.isAlive = true
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
      if (!peer.isAlive) peer.socket.terminate()
      else if (peer.socket.readyState === peer.socket.OPEN) {
        peer.isAlive = false
        peer.socket.ping()
      }
    }
  }, PING_MILLISECONDS)
  pings.unref()
  return () => clearInterval(pings)
}
