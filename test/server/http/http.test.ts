/** The page and GraphQL over plain HTTP: headers, origins, limits, masking, and polls that end with their request (L4, T6, G4). */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EnrolledHost } from '../../kit/people.ts'
import { startServer, type TestServer } from '../../kit/server.ts'

let server: TestServer
let host: EnrolledHost
const folder = mkdtempSync(join(tmpdir(), 'offdesk-http-'))
beforeAll(async () => {
  const pages = join(folder, 'pages')
  mkdirSync(join(pages, 'assets'), { recursive: true })
  writeFileSync(join(pages, 'index.html'), '<!doctype html><title>Offdesk</title>')
  writeFileSync(join(pages, 'sw.js'), '// worker')
  writeFileSync(join(pages, 'assets', 'app-abc123.js'), `// ${'x'.repeat(4000)}`)
  writeFileSync(join(pages, '..', 'secret.txt'), 'not yours')
  server = await startServer({ pages, publicUrl: 'https://desk.example.com' })
  host = await server.enrolledHost()
})
afterAll(async () => {
  await server?.close()
  rmSync(folder, { recursive: true })
})

const post = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${host.token}`, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
const codeOf = async (response: Response): Promise<string | undefined> =>
  ((await response.json()) as { errors?: { extensions?: { code?: string } }[] }).errors?.[0]?.extensions?.code

describe('the page', () => {
  test('comes with a policy that lets nothing else in, for every screen', async () => {
    for (const path of ['/', '/s/ses_1', '/pair', '/settings/devices']) {
      const response = await fetch(server.url + path)
      expect(response.status).toBe(200)
      expect(await response.text()).toContain('<title>Offdesk')
      const policy = response.headers.get('content-security-policy') ?? ''
      expect(policy.split('; ')).toEqual(
        expect.arrayContaining([
          "default-src 'none'",
          "script-src 'self'",
          "frame-ancestors 'none'",
          "base-uri 'none'",
        ]),
      )
      expect(policy).not.toMatch(/unsafe|\*|https?:/)
      expect(response.headers.get('x-content-type-options')).toBe('nosniff')
      expect(response.headers.get('referrer-policy')).toBe('no-referrer')
      expect(response.headers.get('cache-control')).toBe('no-cache')
    }
  })

  test('keeps hashed files for ever, asks for the worker each time, and sends text compressed', async () => {
    const hashed = await fetch(`${server.url}/assets/app-abc123.js`, { headers: { 'accept-encoding': 'br' } })
    expect(hashed.headers.get('cache-control')).toContain('immutable')
    expect(hashed.headers.get('content-encoding')).toBe('br')
    expect(await hashed.text()).toContain('xxxx')
    const worker = await fetch(`${server.url}/sw.js`)
    expect(worker.headers.get('cache-control')).toBe('no-cache')
    const again = await fetch(`${server.url}/sw.js`, { headers: { 'if-none-match': worker.headers.get('etag') ?? '' } })
    expect(again.status).toBe(304)
  })

  test('gives nothing outside its folder and nothing that is not there', async () => {
    const raw = (path: string) =>
      new Promise<{ status: number; text: string }>((resolve, reject) => {
        const sent = request({ port: server.port, host: '127.0.0.1', path }, (answer) => {
          let text = ''
          answer.on('data', (chunk) => {
            text += chunk
          })
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
        })
        sent.on('error', reject)
        sent.end()
      })
    for (const path of [
      '/../secret.txt',
      '/%2e%2e/secret.txt',
      '/assets/..%2f..%2fsecret.txt',
      '/..%5csecret.txt',
      '/nothing.js',
      '/%00.js',
      '/%',
    ]) {
      const { status, text } = await raw(path)
      expect(text, path).not.toContain('not yours')
      expect(status, path).not.toBe(500)
    }
    expect((await raw('/nothing.js')).status).toBe(404)
  })

  test('says in a sentence that it is not built', async () => {
    const bare = await startServer({ database: server.database })
    const response = await fetch(bare.url)
    expect(response.status).toBe(503)
    expect(await response.text()).toContain('npm run build')
    expect((await fetch(`${bare.url}/healthz`)).status).toBe(200)
    await bare.close()
  })
})

describe('GraphQL over HTTP', () => {
  test('takes no page of another origin, and takes its own, its public one, and what is no browser', async () => {
    const query = { query: '{ viewer { id } }' }
    expect((await post(query, { origin: 'https://evil.example' })).status).toBe(403)
    expect((await post(query, { origin: 'null' })).status).toBe(403)
    for (const origin of [server.url, 'https://desk.example.com']) {
      const response = await post(query, { origin })
      expect(response.status).toBe(200)
      expect(response.headers.get('access-control-allow-origin')).toBeNull()
    }
    expect(await codeOf(await post(query))).toBeUndefined()
  })

  test('[G4] refuses what is too large, too deep, too wide, and names the limit', async () => {
    const deep = `{ viewer ${'{ principal '.repeat(20)}{ __typename ${'}'.repeat(22)}`
    const wide = `{ ${Array.from({ length: 100 }, (_, i) => `a${i}: policy { version }`).join(' ')} }`
    const rows = '{ sessions(first: 500) { edges { node { events(first: 500) { edges { node { id } } } } } } }'
    const bomb = `query { ...a } ${Array.from({ length: 14 }, (_, i) => {
      const next = String.fromCharCode(98 + i)
      return `fragment ${String.fromCharCode(97 + i)} on Query { ...${next} ... { ...${next} } }`
    }).join(' ')} fragment o on Query { __typename }`
    for (const query of [wide, rows, bomb])
      expect(await codeOf(await post({ query })), query.slice(0, 60)).toBe('TOO_LARGE')
    expect(await codeOf(await post({ query: deep }))).toMatch(/TOO_LARGE|BAD_INPUT/)
    expect(await codeOf(await post({ query: `{ ${'__typename '.repeat(7000)} }` }))).toMatch(/TOO_LARGE|BAD_INPUT/)
    const huge = await post(`{"query":"{ __typename }","variables":{"x":"${'x'.repeat(5 * 1024 * 1024)}"}}`).catch(
      () => null,
    )
    expect(huge === null || huge.status === 413).toBe(true)
    const nested = await post(`{"query":"{ __typename }","variables":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)
    expect(nested.status).toBeLessThan(500)
  })

  test('says what is wrong with a document, a credential, an input', async () => {
    expect(await codeOf(await post({ query: '{ nothing }' }))).toBe('BAD_INPUT')
    expect(
      await codeOf(await post({ query: '{ viewer { id } }' }, { authorization: 'Bearer odd_unknownunknownunknown' })),
    ).toBe('UNAUTHENTICATED')
    expect(await codeOf(await post({ query: '{ viewer { id } }' }, { authorization: 'Basic abc' }))).toBe(
      'UNAUTHENTICATED',
    )
    expect(await codeOf(await post({ query: '{ hosts(first: -1) { edges { cursor } } }' }))).not.toBe('INTERNAL')
    expect(await codeOf(await post({ query: 'mutation { setRemoteControl(level: SOMETIMES) { version } }' }))).toBe(
      'BAD_INPUT',
    )
  })

  test('[T6] an error nobody threw on purpose is masked, and the log has it', async () => {
    const database = { ...server.database }
    const broken = await startServer({ database })
    database.transaction = () => Promise.reject(new Error('disk on fire at /var/secret'))
    const answer = await broken.ask(host.token, 'mutation($id: ID!) { heartbeat(hostId: $id) { now } }', {
      id: host.id,
    })
    expect(answer.errors[0]?.extensions?.code).toBe('INTERNAL')
    expect(JSON.stringify(answer.errors)).not.toContain('fire')
    expect(broken.logged.map(String).join()).toContain('disk on fire')
    await broken.close()
  })

  test('[C2] a long poll ends at once with its request, and the server goes on', async () => {
    const leaving = new AbortController()
    const document = 'query($id: ID!) { hostCommands(hostId: $id, waitSeconds: 25) { after } }'
    const poll = server.ask(host.token, document, { id: host.id }, leaving.signal).catch((error: Error) => error.name)
    // Another request answered means the poll has been taken up.
    await server.gql(host.token, '{ viewer { id } }')
    leaving.abort()
    expect(await poll).toBe('AbortError')
    const before = server.logged.length
    await server.gql(host.token, 'mutation($id: ID!) { heartbeat(hostId: $id) { now } }', { id: host.id })
    expect(server.logged.slice(before)).toEqual([])
  })

  test('a stop ends a waiting poll', async () => {
    const other = await startServer({ database: server.database })
    const document = 'query($id: ID!) { hostCommands(hostId: $id, waitSeconds: 25) { after } }'
    const poll = other.ask(host.token, document, { id: host.id }).catch(() => null)
    await other.gql(host.token, '{ viewer { id } }')
    const from = performance.now()
    await other.close()
    await poll
    // Not a measure: its own wait would have been over only after this.
    expect(performance.now() - from).toBeLessThan(25_000)
  })
})
