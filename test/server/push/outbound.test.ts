/** [G4] What this server calls for somebody else: public addresses only, whatever was stored and whatever a name means by then. */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { isPublicAddress, publicLookup, type Resolve } from '../../../server/push/endpoint.ts'
import { callOut } from '../../../server/push/outbound.ts'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

async function listens(onRequest: RequestListener) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    request.resume()
    onRequest(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}
const call = (url: string, rule: { allowLoopback?: boolean; resolve?: Resolve } = {}) =>
  callOut({
    ...{ url, headers: {}, body: 'x', milliseconds: 5000, signal: AbortSignal.timeout(20_000), allowLoopback: false },
    ...rule,
  })
const names =
  (...answers: string[][]): Resolve =>
  (_name, _options, callback) =>
    callback(
      null,
      (answers.shift() ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
const looked = (resolve: Resolve) =>
  new Promise<unknown>((done) => {
    publicLookup({ allowLoopback: false, resolve })('push.example.com', { all: true }, (error, found) =>
      done(error ? error.message : found),
    )
  })

describe('where it goes', () => {
  test('an address on this machine or in its network is not called, however the row came into the database', async () => {
    const inside = await listens((_request, response) => response.end('secret'))
    const port = inside.url.split(':').at(-1)
    for (const url of [
      ...[inside.url, `https://127.0.0.1:${port}/`, `http://localhost:${port}/`, `https://[::1]:${port}/`],
      ...[`https://[::ffff:127.0.0.1]:${port}/`, `https://2130706433:${port}/`, `https://0x7f.1:${port}/`],
      ...[
        `https://127.1:${port}/`,
        'https://169.254.169.254/latest/meta-data',
        'https://db.internal/',
        'file:///etc/passwd',
      ],
      ...['https://user:pw@push.example.com/', 'gopher://push.example.com/', 'http://push.example.com/', 'nonsense'],
    ])
      await expect(call(url), url).rejects.toThrow('not an https address of a public server')
    expect(inside.asked).toEqual([])
    // The rule is what stops it.
    expect(await call(inside.url, { allowLoopback: true })).toEqual({ status: 200, text: 'secret' })
  })

  test('a name that means a private address when it is called is refused, also among public ones', async () => {
    for (const private_ of [
      '127.0.0.1',
      '10.1.2.3',
      '172.20.0.1',
      '192.168.1.1',
      '169.254.169.254',
      '100.64.0.1',
      '0.0.0.0',
    ])
      expect(await looked(names([private_]))).toBe('push.example.com is not a public address')
    for (const private_ of ['::1', '::ffff:10.0.0.1', 'fd00::1', 'fe80::1', '64:ff9b::a00:1', '2002:a00:1::', '::'])
      expect(await looked(names(['93.184.216.34', private_]))).toBe('push.example.com is not a public address')
    expect(await looked(names(['93.184.216.34']))).toEqual([{ address: '93.184.216.34', family: 4 }])
    await expect(call('https://push.example.com/', { resolve: names(['127.0.0.1']) })).rejects.toThrow(
      'not a public address',
    )
  })

  test('rebinding: a name is resolved once for each call, and what was looked at is what is connected to', async () => {
    let asked = 0
    const resolve: Resolve = (name, options, callback) => {
      asked += 1
      names(['127.0.0.1'])(name, options, callback)
    }
    // Public at first, private when looked at again: there is no second look.
    await expect(call('https://push.example.com/', { resolve })).rejects.toThrow('not a public address')
    expect(asked).toBe(1)
  })

  test('no redirect is followed', async () => {
    const inside = await listens((_request, response) => response.end('secret'))
    const outside = await listens((_request, response) => {
      response.writeHead(307, { location: inside.url })
      response.end()
    })
    expect((await call(outside.url, { allowLoopback: true })).status).toBe(307)
    expect(inside.asked).toEqual([])
  })

  test('an answer without end is cut off, and at most 500 characters of any are kept', async () => {
    const long = await listens((_request, response) => response.end('y'.repeat(2000)))
    expect((await call(long.url, { allowLoopback: true })).text).toBe('y'.repeat(500))
    const endless = await listens((_request, response) => {
      const more = () => {
        if (!response.destroyed) response.write('z'.repeat(16_384), () => setImmediate(more))
      }
      more()
    })
    await expect(call(endless.url, { allowLoopback: true })).rejects.toThrow('no end')
  })
})

test('ranges: what is not the public internet is not public', () => {
  for (const address of ['1.1.1.1', '93.184.216.34', '2606:4700::1111'])
    expect(isPublicAddress(address), address).toBe(true)
  for (const address of [
    '255.255.255.255',
    '224.0.0.1',
    '198.18.0.1',
    '192.0.0.8',
    'ff02::1',
    '2001:db8::1',
    'unknown',
  ])
    expect(isPublicAddress(address), address).toBe(false)
})
