/** [G4] [5b] The way to a provider: over TLS with an authority of one's own, through a real CONNECT proxy where the environment names one, and to no private address. */
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer as createPlain, type Server } from 'node:http'
import { createServer as createSecure } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createRelyingParty, type RelyingOptions } from '../../../server/auth/sign-in/oidc-relying.ts'
import type { Resolve } from '../../../server/push/endpoint.ts'
import { operatorsFile } from '../../kit/oidc-provider.ts'

const NAME = 'login.acme.test'
let folder: string
let ca: string
let file: Awaited<ReturnType<typeof operatorsFile>>
const ends: (() => unknown)[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offdesk-idp-'))
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-keyout']
  openssl(
    'req',
    '-x509',
    ...key,
    'key.pem',
    '-out',
    'cert.pem',
    '-subj',
    `/CN=${NAME}`,
    '-addext',
    `subjectAltName=DNS:${NAME}`,
  )
  ca = await readFile(join(folder, 'cert.pem'), 'utf8')
  file = await operatorsFile({})
})
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})
afterAll(async () => {
  await file.remove()
  await rm(folder, { recursive: true, force: true })
})

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** A provider over TLS; its port is part of its name. */
async function provider() {
  const asked: string[] = []
  const tls = { key: await readFile(join(folder, 'key.pem')), cert: ca }
  const server = createSecure(tls, (request, response) => {
    asked.push(request.url ?? '')
    const issuer = `https://${request.headers.host}`
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify({
        ...{
          issuer,
          authorization_endpoint: `${issuer}/auth`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/jwks`,
        },
      }),
    )
  })
  const port = await listening(server)
  return { issuer: `https://${NAME}:${port}`, port, asked }
}

async function proxy(to: number) {
  const connected: string[] = []
  const server = createPlain()
  server.on('connect', (request, socket) => {
    connected.push(request.url ?? '')
    const onward = connect(to, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      onward.pipe(socket).pipe(onward)
    })
    for (const end of [socket, onward]) end.on('error', () => undefined)
    ends.push(() => [socket, onward].map((end) => end.destroy()))
  })
  return { url: `http://127.0.0.1:${await listening(server)}`, connected }
}

const here: Resolve = (_name, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }])
const nowhere: Resolve = (name, _options, callback) => callback(new Error(`nobody looks ${name} up here`), [])
const logged: unknown[] = []
const party = (more: Partial<RelyingOptions> = {}) =>
  createRelyingParty({
    ...{ providersFile: file.path, environment: {}, signal: new AbortController().signal, resolve: here, ca },
    ...{ log: (error: unknown) => logged.push(error), ...more },
  })
const clientId = 'offdesk'

test('over TLS, with an authority that it is told of and with no other; a certificate for another name is none', async () => {
  const { issuer, port } = await provider()
  await file.says({ [issuer]: { isPrivate: true }, [`https://other.acme.test:${port}`]: { isPrivate: true } })
  expect(await party().look({ issuer, clientId })).toEqual({ issuer, authentication: 'PUBLIC' })
  const { ca: _, ...unaware } = { ca }
  const stranger = createRelyingParty({
    ...{ providersFile: file.path, environment: {}, signal: new AbortController().signal, resolve: here, ...unaware },
    log: () => undefined,
  })
  for (const look of [
    () => stranger.look({ issuer, clientId }),
    () => party().look({ issuer: `https://other.acme.test:${port}`, clientId }),
  ])
    await expect(look()).rejects.toMatchObject({
      code: 'SIGN_IN_PROVIDER',
      message: expect.stringContaining('not reached'),
    })
})

test('a name that means a private address is not called, unless the operator vouches for whom it is', async () => {
  const { issuer, asked } = await provider()
  await file.says({})
  await expect(party().look({ issuer, clientId })).rejects.toMatchObject({ code: 'SIGN_IN_PROVIDER' })
  expect(asked).toEqual([])
  expect(logged.map(String).join()).toContain(`${NAME} is not a public address`)
  await file.says({ [issuer]: { isPrivate: true } })
  await party().look({ issuer, clientId })
  expect(asked).toEqual(['/.well-known/openid-configuration'])
})

test('through the proxy that the environment names, which looks the name up; NO_PROXY goes straight', async () => {
  const { issuer, port, asked } = await provider()
  await file.says({})
  const { url, connected } = await proxy(port)
  await party({ environment: { HTTPS_PROXY: url }, resolve: nowhere }).look({ issuer, clientId })
  expect(connected).toEqual([new URL(issuer).host])
  expect(asked).toEqual(['/.well-known/openid-configuration'])
  // An address that says by itself that it is private is refused all the same.
  await expect(
    party({ environment: { HTTPS_PROXY: url } }).look({ issuer: `https://10.0.0.1:${port}`, clientId }),
  ).rejects.toMatchObject({ code: 'SIGN_IN_PROVIDER' })
  await file.says({ [issuer]: { isPrivate: true } })
  await party({ environment: { HTTPS_PROXY: url, NO_PROXY: 'acme.test' } }).look({ issuer, clientId })
  expect([connected.length, asked.length]).toEqual([1, 2])
  await expect(party({ environment: { HTTPS_PROXY: 'socks5://x' } }).look({ issuer, clientId })).rejects.toMatchObject({
    code: 'SIGN_IN_PROVIDER',
  })
})

test('it ends with the server', async () => {
  const silent = createPlain()
  const port = await listening(silent)
  const issuer = `http://127.0.0.1:${port}`
  await file.says({ [issuer]: { isPrivate: true } })
  const stopping = new AbortController()
  const reached = new Promise((resolve) => silent.once('request', resolve))
  const looking = party({ signal: stopping.signal }).look({ issuer, clientId })
  await reached
  stopping.abort()
  await expect(looking).rejects.toMatchObject({ code: 'SIGN_IN_PROVIDER' })
})
