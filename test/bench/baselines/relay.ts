/**
 * The baseline: what a relay for this traffic costs when it does nothing else. One WebSocket for everything, JSON as the product's, no
 * credentials, no rules, no schema. With a store it acknowledges and forwards after the commit. Frozen: figures are compared with it.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Asked, Command, Event, Told } from './words.ts'

export type Store = {
  /** Resolves once they would survive. */
  append(sessionId: string, events: Event[]): Promise<void>
  command(command: Command): Promise<void>
  /** The last of a session's events before a number, ascending. */
  page(sessionId: string, last: number, before: number | null): Promise<Event[]>
}

const none: Store = { append: async () => {}, command: async () => {}, page: async () => [] }

/** Serves on a free port and says where on stdout. Ends with the process. */
export function serveRelay(store: Store = none): void {
  const viewers = new Map<string, Set<WebSocket>>()
  const hosts = new Map<string, WebSocket>()

  const tell = (socket: WebSocket | undefined, told: Told) => socket?.send(JSON.stringify(told))

  async function answer(socket: WebSocket, asked: Asked): Promise<void> {
    switch (asked.ask) {
      case 'push': {
        const { sessionId, events } = asked
        await store.append(sessionId, events)
        tell(socket, { tell: 'done', id: asked.id, lastSeq: events.at(-1)?.seq ?? 0 })
        const batch = JSON.stringify({ tell: 'events', events } satisfies Told)
        for (const viewer of viewers.get(sessionId) ?? []) viewer.send(batch)
        return
      }
      case 'follow': {
        const there = viewers.get(asked.sessionId) ?? new Set()
        viewers.set(asked.sessionId, there.add(socket))
        socket.once('close', () => there.delete(socket))
        return tell(socket, { tell: 'done', id: asked.id, lastSeq: 0 })
      }
      case 'serve':
        hosts.set(asked.hostId, socket)
        socket.once('close', () => hosts.delete(asked.hostId))
        return tell(socket, { tell: 'done', id: asked.id, lastSeq: 0 })
      case 'command':
        await store.command(asked.command)
        tell(socket, { tell: 'done', id: asked.id, lastSeq: 0 })
        return tell(hosts.get(asked.command.hostId), { tell: 'command', command: asked.command })
      case 'page': {
        const events = await store.page(asked.sessionId, asked.last, asked.before)
        return tell(socket, { tell: 'page', id: asked.id, events })
      }
    }
  }

  const server = createServer()
  const sockets = new WebSocketServer({ server, maxPayload: 4 * 1024 * 1024 })
  sockets.on('connection', (socket) => {
    // In order, as a batch behind another must be stored behind it.
    let last = Promise.resolve()
    socket.on('message', (data) => {
      const asked = JSON.parse(String(data)) as Asked
      last = last.then(() => answer(socket, asked)).catch(end)
    })
  })
  server.listen(0, '127.0.0.1', () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    process.stdout.write(`${JSON.stringify({ ready: { url } })}\n`)
  })
  process.once('SIGTERM', () => process.exit(0))
}

function end(error: unknown): never {
  console.error(error)
  process.exit(1)
}
