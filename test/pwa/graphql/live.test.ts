/** A subscription that outlives its server, against a real one over a real socket (L6). */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createClient } from 'graphql-ws'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { graphql } from '../../../pwa/graphql/graphql.ts'
import { createLive } from '../../../pwa/graphql/live.ts'
import type { Problem } from '../../../pwa/graphql/problem.ts'

const document = graphql(`subscription Events($sessionId: ID!, $after: Int!) {
  eventsAppended(sessionId: $sessionId, after: $after) { lastSeq }
}`)

type Message = { id?: string; type: string; payload?: { variables: { after: number } } }
const open: { close(): void }[] = []
afterEach(() => {
  for (const one of open.splice(0)) one.close()
})

/** Speaks graphql-transport-ws as far as one subscription needs; `answer` plays one life of the socket. */
async function playedServer(answer: (socket: WebSocket, message: Message, life: number) => void) {
  const http: Server = createServer()
  const sockets = new WebSocketServer({ server: http, handleProtocols: () => 'graphql-transport-ws' })
  const asked: number[] = []
  let life = 0
  sockets.on('connection', (socket) => {
    life += 1
    const mine = life
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as Message
      if (message.type === 'connection_init') return socket.send(JSON.stringify({ type: 'connection_ack' }))
      if (message.type !== 'subscribe') return
      asked.push(message.payload?.variables.after ?? -1)
      answer(socket, message, mine)
    })
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}`
  const client = createClient({
    url,
    webSocketImpl: WebSocket,
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: () => Promise.resolve(),
    shouldRetry: () => true,
  })
  open.push({
    close: () => {
      void client.dispose()
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
      http.close()
    },
  })
  return { asked, live: createLive({ client: () => client, wake: () => undefined, close: () => undefined }) }
}
const next = (id: string | undefined, lastSeq: number) =>
  JSON.stringify({ id, type: 'next', payload: { data: { eventsAppended: { lastSeq } } } })

describe('a live subscription', () => {
  it('[L6] resumes from its own last number after the socket was lost', async () => {
    const server = await playedServer((socket, message, life) => {
      socket.send(next(message.id, life * 10))
      if (life === 1) setTimeout(() => socket.terminate(), 20)
    })
    const over = new AbortController()
    let after = 0
    server.live({
      document,
      variables: () => ({ sessionId: 'ses_1', after }),
      onData: (data) => {
        after = data.eventsAppended.lastSeq
      },
      signal: over.signal,
    })
    await expect.poll(() => after).toBe(20)
    expect(server.asked).toEqual([0, 10])
    over.abort()
  })

  it('a refusal is told, and it is asked again: policy comes back', async () => {
    const server = await playedServer((socket, message) => {
      const refused = { message: 'Off.', extensions: { code: 'POLICY', rule: 'remote-control' } }
      if (server.asked.length === 1) socket.send(JSON.stringify({ id: message.id, type: 'error', payload: [refused] }))
      else socket.send(next(message.id, 5))
    })
    const over = new AbortController()
    const problems: Problem[] = []
    let seen = 0
    server.live({
      document,
      variables: () => ({ sessionId: 'ses_1', after: 0 }),
      onData: (data) => {
        seen = data.eventsAppended.lastSeq
      },
      onProblem: (problem) => problems.push(problem),
      signal: over.signal,
    })
    await expect.poll(() => seen, { timeout: 10_000 }).toBe(5)
    expect(problems).toEqual([{ code: 'POLICY', message: 'Off.', rule: 'remote-control' }])
    over.abort()
  })

  it('[L4] an abort ends it: nothing more is asked or told', async () => {
    const server = await playedServer((socket, message) => socket.send(next(message.id, 1)))
    const over = new AbortController()
    let told = 0
    server.live({
      document,
      variables: () => ({ sessionId: 'ses_1', after: 0 }),
      onData: () => {
        told += 1
        over.abort()
      },
      signal: over.signal,
    })
    await expect.poll(() => told).toBe(1)
    expect(server.asked).toHaveLength(1)
  })
})
