/** A request's body, however it comes over the wire: real sockets, no other part. */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { bodyOf } from '../../../server/http/body.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

const listeners = (request: IncomingMessage) =>
  ['data', 'end', 'error'].reduce((sum, name) => sum + request.listenerCount(name), 0)

/** Answers each body with its length and its last character. `read` collects what came, in order. */
async function serve() {
  const read: (string | null)[] = []
  const left: number[] = []
  const hasRead: (() => void)[] = []
  const server = createServer(async (request, response) => {
    const before = listeners(request)
    const body = await bodyOf(request)
    read.push(body?.toString() ?? null)
    left.push(listeners(request) - before)
    for (const tell of hasRead.splice(0)) tell()
    response.end('read')
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').setNoDelay(true)
  let answers = 0
  let wake = () => {}
  socket.on('data', (bytes) => {
    answers += bytes.toString().split('HTTP/1.1 200').length - 1
    wake()
  })
  const answered = async (count: number) => {
    while (answers < count)
      await new Promise<void>((resolve) => {
        wake = resolve
      })
  }
  const nextRead = () => new Promise<void>((resolve) => hasRead.push(resolve))
  return { read, left, socket, answered, nextRead }
}

const head = (length: number) => `POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${length}\r\n\r\n`

describe('a body', () => {
  it('is whole when it comes with its head, and the connection goes on behind it', async () => {
    const { read, left, socket, answered } = await serve()
    for (let time = 1; time <= 3; time++) {
      socket.write(`${head(5)}eins${time}`)
      await answered(time)
    }
    expect(read).toEqual(['eins1', 'eins2', 'eins3'])
    expect(left).toEqual([0, 0, 0])
  })

  it('is whole when it comes behind its head, and in pieces', async () => {
    const { read, left, socket, answered } = await serve()
    const pieces = [head(9), 'abc', 'def', 'ghi']
    for (const piece of [...pieces, `${head(9)}abc`, 'defghi']) {
      await new Promise<void>((resolve) => socket.write(piece, () => setImmediate(resolve)))
    }
    await answered(2)
    expect(read).toEqual(['abcdefghi', 'abcdefghi'])
    expect(left).toEqual([0, 0])
  })

  it('is its own when several requests come at once, and when it is larger than what is read at a time', async () => {
    const { read, socket, answered } = await serve()
    const long = 'x'.repeat(700_000)
    socket.write(`${head(3)}one${head(3)}two${head(long.length)}${long}${head(4)}last`)
    await answered(4)
    expect(read).toEqual(['one', 'two', long, 'last'])
  })

  it('is null when its sender goes before it is whole', async () => {
    for (const sent of [head(9), `${head(9)}abc`]) {
      const { read, left, socket, nextRead } = await serve()
      const over = nextRead()
      await new Promise<void>((resolve) => socket.write(sent, () => setImmediate(resolve)))
      socket.destroy()
      await over
      expect([read, left]).toEqual([[null], [0]])
    }
  })
})
