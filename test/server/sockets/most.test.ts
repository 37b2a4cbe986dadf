/** As many sockets as one process holds, to the last. Nearly all of them are streams in memory that speak HTTP like a browser; those that are counted on are real. */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Duplex } from 'node:stream'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { type App, buildApp } from '../../../server/app.ts'
import type { Database } from '../../../server/db/database.ts'
import { MAX_SOCKETS } from '../../../server/sockets/sockets.ts'
import { memoryDatabase } from '../../kit/seed.ts'

const http = createServer()
let database: Database
let app: App
beforeAll(async () => {
  database = await memoryDatabase()
  app = await buildApp({
    ...{ database, publicUrl: null, version: '0', pages: 'none', documents: null, log: () => {} },
  })
  app.handle(http)
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
}, 60_000)
afterAll(async () => {
  await app?.stop()
  http.closeAllConnections()
  http.close()
  await database?.close()
})

/** Asks for a socket as Node's server hands it on. Returns the status line that came back. */
function knocks(n: number): { said: () => string; leave: () => void } {
  let said = ''
  const stream = new Duplex({
    read: () => {},
    write: (chunk, _encoding, taken) => {
      said ||= String(chunk).split('\r\n', 1)[0] ?? ''
      taken()
    },
  })
  const headers = {
    ...{ host: 'localhost', connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
    ...{ 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-protocol': 'graphql-transport-ws' },
  }
  // Of an address of its own: how often one address may ask is another limit.
  const socket = Object.assign(stream, { remoteAddress: `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}` })
  const request = { method: 'GET', url: '/graphql', headers, socket } as unknown as IncomingMessage
  http.emit('upgrade', request, stream, Buffer.alloc(0))
  return { said: () => said, leave: () => stream.destroy() }
}

/** The end of a real one: open, or the status it was refused with. */
const comes = () =>
  new Promise<WebSocket | number>((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}/graphql`, [
      'graphql-transport-ws',
    ])
    socket.on('open', () => resolve(socket))
    socket.on('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0)
      response.destroy()
    })
    socket.on('error', reject)
  })

test('sockets: 10,000 in one process; the next one is refused with 503, and let in when one has gone', async () => {
  expect(MAX_SOCKETS).toBe(10_000)
  // They have not said who they are yet, and would be closed for that after a while.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const held = Array.from({ length: MAX_SOCKETS - 1 }, (_, n) => knocks(n))
    expect(new Set(held.map(({ said }) => said()))).toEqual(new Set(['HTTP/1.1 101 Switching Protocols']))
    const last = await comes()
    expect(last).toBeInstanceOf(WebSocket)
    expect(await comes()).toBe(503)
    expect(knocks(MAX_SOCKETS).said()).toBe('HTTP/1.1 503 Service Unavailable')
    if (typeof last === 'number') throw new Error('it was let in')
    const gone = once(last, 'close')
    last.terminate()
    await gone
    await vi.waitFor(async () => {
      const next = await comes()
      expect(next).toBeInstanceOf(WebSocket)
      if (typeof next !== 'number') next.terminate()
    })
    for (const one of held) one.leave()
  } finally {
    vi.useRealTimers()
  }
})
