/**
 * Responses that stand behind another one on their connection. Node tells a response of its connection's end only once its turn has come, which then is never:
 * whatever waits for it would wait on for nobody (L4). Knows no request.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown

/** Each response that is handed on closes with its connection, whoever stands before it. */
export function withEnds(next: Handler): Handler {
  const behind = new WeakMap<Socket, Set<ServerResponse>>()

  // One listener for a connection: a peer may send hundreds behind one another.
  function listen(socket: Socket): Set<ServerResponse> {
    const waiting = new Set<ServerResponse>()
    behind.set(socket, waiting)
    socket.once('close', () => {
      for (const response of waiting) {
        // Those whose turn has come hear of it from node.
        if (response.socket !== null) continue
        response.destroy()
        response.emit('close')
      }
    })
    return waiting
  }

  return (request, response) => {
    if (response.socket === null) {
      const waiting = behind.get(request.socket) ?? listen(request.socket)
      waiting.add(response)
      response.once('close', () => waiting.delete(response))
    }
    return next(request, response)
  }
}
