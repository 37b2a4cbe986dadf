/** [5b] The road to a server goes through a real CONNECT proxy where the environment names one, and trusts an authority of the machine's own. */
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer as createPlain, type Server } from 'node:http'
import { createServer as createSecure } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { ask } from '../../../agent-cli/remote/graphql-http.ts'
import { AskViewer } from '../../../agent-cli/remote/host-operations.ts'
import { ProxyRefused, post } from '../../../agent-cli/remote/post.ts'
import { type Environment, openRoad, proxyFor } from '../../../agent-cli/remote/road.ts'

let folder: string
let ca: string
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** An authority of one's own, and a certificate of it for a name that no public one would sign. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offdesk-ca-'))
  ca = join(folder, 'ca.pem')
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout']
  openssl('req', '-x509', ...made, 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Acme Root')
  openssl('req', ...made, 'server.key', '-out', 'server.csr', '-subj', '/CN=offdesk.acme.test')
  await writeFile(join(folder, 'names'), 'subjectAltName=DNS:offdesk.acme.test')
  openssl(
    'x509',
    '-req',
    '-in',
    'server.csr',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-out',
    'server.pem',
    '-days',
    '2',
    '-extfile',
    'names',
  )
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

async function serverOverTls(): Promise<number> {
  const [key, cert] = await Promise.all([readFile(join(folder, 'server.key')), readFile(join(folder, 'server.pem'))])
  const answer = (_request: unknown, response: { end(text: string): void }) => response.end('{"data":{"ok":true}}')
  return listening(createSecure({ key, cert }, answer as never) as unknown as Server)
}

/** A CONNECT proxy that leads every name to this machine, and notes what it was asked. */
async function proxy(port: number, status = 200) {
  const asked: { to: string | undefined; as: string | undefined }[] = []
  const server = createPlain((_request, response) => response.writeHead(405).end())
  server.on('connect', (request, near) => {
    asked.push({ to: request.url, as: request.headers['proxy-authorization'] })
    if (status !== 200) return void near.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`)
    const far = connect(port, '127.0.0.1', () => {
      near.write('HTTP/1.1 200 Connection established\r\n\r\n')
      far.pipe(near)
      near.pipe(far)
    })
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
    }
  })
  return { url: `http://127.0.0.1:${await listening(server)}`, asked }
}

const url = new URL('https://offdesk.acme.test/graphql')
const road = (env: Environment, trusted: string | null = ca) => {
  const opened = openRoad(env, trusted)
  ends.push(() => opened.close())
  return opened
}

test('a request goes through the proxy, keeps its tunnel for the next, and trusts what the administrator names', async () => {
  const via = await proxy(await serverOverTls())
  const way = road({ HTTPS_PROXY: via.url.replace('//', '//user:p%40ss@') })
  for (let n = 0; n < 3; n += 1)
    expect(await post(url, {}, '{}', { road: way })).toMatchObject({ status: 200, text: '{"data":{"ok":true}}' })
  expect(via.asked).toEqual([
    { to: 'offdesk.acme.test:443', as: `Basic ${Buffer.from('user:p@ss').toString('base64')}` },
  ])
})

test('without that authority nothing is sent, and the person is told what would lift it', async () => {
  const via = await proxy(await serverOverTls())
  const asking = ask({ url: url.origin, road: road({ HTTPS_PROXY: via.url }, null) }, AskViewer, {})
  await expect(asking).rejects.toMatchObject({
    code: 'UNREACHABLE',
    message: expect.stringMatching(/not trusted here .*NODE_EXTRA_CA_CERTS/),
  })
})

test('a proxy that says no is named as what stands on the way', async () => {
  const via = await proxy(1, 407)
  const way = road({ HTTPS_PROXY: via.url })
  await expect(post(url, {}, '{}', { road: way })).rejects.toBeInstanceOf(ProxyRefused)
  const asking = ask({ url: url.origin, road: way }, AskViewer, {})
  await expect(asking).rejects.toMatchObject({
    code: 'UNREACHABLE',
    message: expect.stringContaining('The proxy on the way answered 407.'),
  })
})

test('a request that nobody waits for any more leaves the tunnel too', async () => {
  const ended = new AbortController()
  const hung = createPlain()
  hung.on('connect', () => ended.abort(new Error('enough')))
  const way = road({ HTTPS_PROXY: `http://127.0.0.1:${await listening(hung)}` })
  await expect(post(url, {}, '{}', { signal: ended.signal, road: way })).rejects.toThrow('enough')
})

test.each<[Environment, string, string | null]>([
  [{}, 'https://a.example', null],
  [{ HTTPS_PROXY: 'http://p:3128' }, 'https://a.example', 'http://p:3128/'],
  [{ https_proxy: 'p:1', HTTPS_PROXY: 'http://q:2' }, 'https://a.example', 'http://p:1/'],
  [{ HTTPS_PROXY: 'http://p:1' }, 'http://a.example', null],
  [{ HTTP_PROXY: 'http://p:1' }, 'http://a.example', 'http://p:1/'],
  [{ ALL_PROXY: 'https://p:1' }, 'https://a.example', 'https://p:1/'],
  [{ HTTPS_PROXY: 'http://p:1', NO_PROXY: 'b.example, a.example' }, 'https://a.example', null],
  [{ HTTPS_PROXY: 'http://p:1', NO_PROXY: '.example' }, 'https://a.example', null],
  [{ HTTPS_PROXY: 'http://p:1', NO_PROXY: 'example' }, 'https://notexample', 'http://p:1/'],
  [{ HTTPS_PROXY: 'http://p:1', NO_PROXY: '*.a.example' }, 'https://x.a.example', null],
  [{ HTTPS_PROXY: 'http://p:1', NO_PROXY: 'a.example:8443' }, 'https://a.example', 'http://p:1/'],
  [{ HTTPS_PROXY: 'http://p:1', NO_PROXY: 'a.example:443' }, 'https://a.example', null],
  [{ HTTPS_PROXY: 'http://p:1', no_proxy: '*' }, 'https://a.example', null],
  [{ HTTPS_PROXY: 'http://p:1', NO_PROXY: '[fd00::1]' }, 'https://[fd00::1]', null],
  [{ HTTPS_PROXY: 'http://p:1', HTTP_PROXY: 'http://p:1' }, 'http://127.0.0.1:4747', null],
  [{ HTTPS_PROXY: 'http://p:1', HTTP_PROXY: 'http://p:1' }, 'http://localhost:4747', null],
])('with %j the road to %s is %s', (env, to, expected) => {
  expect(proxyFor(new URL(to), env)).toBe(expected)
})

test('what is no proxy, and certificates that are none, are said in a sentence', async () => {
  expect(() => proxyFor(url, { HTTPS_PROXY: 'http://' })).toThrow(/HTTPS_PROXY names no address/)
  expect(() => proxyFor(url, { HTTPS_PROXY: 'socks5://p:1' })).toThrow(/only http:\/\/ and https:\/\/ are spoken/)
  expect(() => openRoad({}, join(folder, 'none.pem'))).toThrow(/cannot be read \(ENOENT\)/)
  expect(() => openRoad({}, join(folder, 'names'))).toThrow(/hold no certificate/)
  await expect(post(url, {}, '{}', { road: road({ HTTPS_PROXY: 'socks5://p:1' }) })).rejects.toThrow(/only http/)
})
