// One POST over kept connections, against a real server that keeps, closes, breaks off and hangs.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createEnding } from '../../../agent-cli/remote/ending.ts'
import { maxAnswerBytes, post } from '../../../agent-cli/remote/post.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function serve(answer: (request: IncomingMessage, response: ServerResponse, body: string) => void) {
  let connections = 0
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => answer(request, response, body))
  })
  server.on('connection', () => {
    connections += 1
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`)
  return { url, server, connections: () => connections }
}

describe('a POST', () => {
  it('carries headers and UTF-8 both ways, and keeps its connection', async () => {
    const { url, connections } = await serve((request, response, body) => {
      response.end(JSON.stringify({ body, type: request.headers['content-type'] }))
    })
    for (let time = 0; time < 3; time++) {
      const { status, text } = await post(url, { 'content-type': 'application/json' }, '{"é":"漢字 🙂"}')
      expect([status, JSON.parse(text)]).toEqual([200, { body: '{"é":"漢字 🙂"}', type: 'application/json' }])
    }
    expect(connections()).toBe(1)
  })

  it('gives every status as it is, and follows no redirect', async () => {
    let asked = 0
    const { url } = await serve((_request, response) => {
      asked += 1
      response.writeHead(302, { location: '/elsewhere' }).end('moved')
    })
    expect(await post(url, {}, '{}')).toEqual({ status: 302, text: 'moved' })
    expect(asked).toBe(1)
  })

  it('is sent again once when the connection that was kept has been closed meanwhile', async () => {
    let asked = 0
    const { url } = await serve((request, response, body) => {
      asked += 1
      // The second comes over the kept connection: the server has given that up without an answer.
      if (asked === 2) request.socket.destroy()
      else response.end(body)
    })
    await post(url, {}, 'one')
    expect(await post(url, {}, 'two')).toEqual({ status: 200, text: 'two' })
    expect(asked).toBe(3)
  })

  it('fails when a new connection is closed without an answer, or nobody listens', async () => {
    const { url, server } = await serve((request) => request.socket.destroy())
    await expect(post(url, {}, '{}')).rejects.toThrow()
    await new Promise((resolve) => server.close(resolve))
    await expect(post(url, {}, '{}')).rejects.toThrow(/ECONNREFUSED/)
  })

  it('[G4] takes an answer of 64 MiB, and of a longer one no more than that', async () => {
    const megabyte = Buffer.alloc(1024 * 1024, 0x20)
    let asked = 0
    const { url } = await serve((_request, response) => {
      asked += 1
      response.on('error', () => undefined)
      for (let n = 0; n < 64; n += 1) response.write(megabyte)
      response.end(asked === 1 ? '' : '{}')
    })
    expect((await post(url, {}, '{}')).text.length).toBe(maxAnswerBytes)
    await expect(post(url, {}, '{}')).rejects.toThrow(/longer than 64 MiB/)
  })

  it('fails when the answer breaks off', async () => {
    const { url } = await serve((request, response) => {
      response.writeHead(200, { 'content-length': 100 })
      response.write('half', () => request.socket.destroy())
    })
    await expect(post(url, {}, '{}')).rejects.toThrow()
  })

  it('ends with the reason of its signal, before, while it waits, and in the middle of the answer', async () => {
    const why = new Error('enough')
    await expect(post(new URL('http://127.0.0.1:9/'), {}, '{}', { signal: AbortSignal.abort(why) })).rejects.toBe(why)
    for (const begins of [false, true]) {
      const leaving = new AbortController()
      const { url } = await serve((_request, response) => {
        if (begins) response.write('half')
        setImmediate(() => leaving.abort(why))
      })
      await expect(post(url, {}, '{}', { signal: leaving.signal })).rejects.toBe(why)
    }
  })

  it('fails when there is no way to send it, and is not given up again by its signal or its time', async () => {
    const ending = createEnding()
    const { url } = await serve((_request, response) => response.end())
    const asking = post(url, { authorization: 'Bearer a\nb' }, '{}', { signal: ending, timeoutSeconds: 60 })
    await expect(asking).rejects.toThrow(/Invalid character/)
    expect(() => ending.abort(new Error('enough'))).not.toThrow()
  })

  it('is not sent again when it has taken too long on a kept connection', async () => {
    let asked = 0
    const { url } = await serve((_request, response, body) => {
      asked += 1
      if (body === 'one') response.end(body)
    })
    await post(url, {}, 'one')
    await expect(post(url, {}, 'two', { timeoutSeconds: 0.2 })).rejects.toThrow('No answer within 0.2 seconds.')
    expect(await post(url, {}, 'one')).toEqual({ status: 200, text: 'one' })
    expect(asked).toBe(3)
  })

  it('names its host, its length in bytes and who asks by its address, and is whole however long it is', async () => {
    const { url } = await serve((request, response, body) => {
      const { host, authorization = null, connection } = request.headers
      const length = Number(request.headers['content-length'])
      response.end(JSON.stringify({ host, authorization, connection, length, bytes: Buffer.byteLength(body) }))
    })
    const named = new URL(url)
    named.username = 'ada'
    named.password = 'l%3Ave'
    for (const at of [url, named]) {
      for (const chars of [1, 16_383, 16_384, 300_000]) {
        const { text } = await post(at, {}, '漢'.repeat(chars))
        const authorization = at === url ? null : `Basic ${Buffer.from('ada:l:ve').toString('base64')}`
        const bytes = 3 * chars
        expect(JSON.parse(text)).toEqual({
          host: url.host,
          authorization,
          connection: 'keep-alive',
          length: bytes,
          bytes,
        })
      }
    }
    const { text } = await post(named, { authorization: 'Bearer own' }, '{}')
    expect(JSON.parse(text)).toMatchObject({ authorization: 'Bearer own' })
  })
})
