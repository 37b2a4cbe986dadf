/** Who is asked whether it is still there, and who is taken for gone. The rounds are stepped; sockets and pings are real. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Server } from 'graphql-ws'
import { afterEach, expect, test, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import type { Rates } from '../../../server/http/rates.ts'
import type { Peer } from '../../../server/sockets/peer.ts'
import { wire } from '../../../server/sockets/wire.ts'

const ROUND = 22_500
const ends: (() => void)[] = []
afterEach(() => {
  vi.useRealTimers()
  for (const end of ends.splice(0)) end()
})

/** A server whose rounds are the test's, and a peer that counts its pings. */
async function opened(peer: { autoPong: boolean }) {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const http = createServer().listen(0, '127.0.0.1')
  await once(http, 'listening')
  const sockets = new WebSocketServer({ server: http })
  const serving = { opened: () => async () => {} } as unknown as Server<Peer>
  const heard: string[] = []
  const take = (_peer: Peer, text: string) => {
    heard.push(text)
    return true
  }
  const stop = wire(sockets, { serving, take, rates: {} as Rates, publicUrl: null, log: () => {} })
  const socket = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`, 'graphql-transport-ws', peer)
  let pings = 0
  socket.on('ping', () => {
    pings += 1
  })
  ends.push(
    stop,
    () => socket.terminate(),
    () => http.close(),
  )
  await once(socket, 'open')
  await vi.waitFor(() => expect(sockets.clients.size).toBe(1))
  return {
    socket,
    pings: () => pings,
    round: () => vi.advanceTimersByTime(ROUND),
    says: async (text: string) => {
      socket.send(text)
      await vi.waitFor(() => expect(heard).toContain(text))
    },
  }
}

test('a quiet peer is asked within 45 s, and stays for as long as it answers', async () => {
  const { socket, pings, round } = await opened({ autoPong: true })
  for (let asked = 1; asked <= 4; asked++) {
    round()
    round()
    await vi.waitFor(() => expect(pings()).toBe(asked))
    // What it answers has come before the next round.
    const back = once(socket, 'pong')
    socket.ping()
    await back
  }
  expect(socket.readyState).toBe(WebSocket.OPEN)
})

test('a peer that answers nothing is gone 45 s after it was asked', async () => {
  const { socket, pings, round } = await opened({ autoPong: false })
  const closed = once(socket, 'close')
  round()
  round()
  await vi.waitFor(() => expect(pings()).toBe(1))
  round()
  expect(socket.readyState).toBe(WebSocket.OPEN)
  round()
  await closed
})

test('who speaks by itself is not asked', async () => {
  const { pings, round, says, socket } = await opened({ autoPong: true })
  for (const text of ['one', 'two', 'three', 'four']) {
    round()
    await says(text)
  }
  round()
  // A ping sent in one of those rounds would be here by now.
  const back = once(socket, 'pong')
  socket.ping()
  await back
  expect(pings()).toBe(0)
})
