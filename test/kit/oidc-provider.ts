/**
 * An organisation's identity provider on this machine: oidc-provider, with people, clients and keys that a test chooses, and a way to answer wrongly on purpose. Its
 * pages are the library's own, so that a browser can sign in there as well as `signsIn` does.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
// @ts-expect-error it has no types
import Provider from 'oidc-provider'

export type OidcClient = { id: string; secret?: string; redirectUris: string[] }
type TokenBody = Record<string, unknown>

export type OidcProvider = {
  issuer: string
  /** From now on it knows this client, and forgets one of that name. */
  knows(client: OidcClient): Promise<void>
  /** What its id tokens say of somebody beside `sub`. */
  says(sub: string, claims: Record<string, unknown>): void
  /** New keys; the old ones are gone. */
  rotates(): Promise<void>
  /** Every later answer of the token endpoint goes through it; null is honest again. */
  tampers(change: ((body: TokenBody) => TokenBody | Promise<TokenBody>) | null): void
  /** A token by its own key, saying whatever it is told to. */
  signs(claims: Record<string, unknown>, header?: { alg: string }): Promise<string>
  /** A person at a browser: follows the address, signs in, and is sent back. Returns that address without opening it. */
  signsIn(authorizationUrl: string, sub: string): Promise<string>
  /** Requests that reached it, as `GET /path`. */
  asked: string[]
  close(): Promise<void>
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** `alg`: making a key for RSA takes seconds on a busy machine. */
export async function createOidcProvider(how: { alg?: 'RS256' | 'ES256' } = {}): Promise<OidcProvider> {
  const { alg = 'ES256' } = how
  const clients = new Map<string, OidcClient>()
  const adapter = createAdapter()
  const people = new Map<string, Record<string, unknown>>()
  const asked: string[] = []
  let key = await newKey(alg)
  let handler: Handler = (_request, response) => response.writeHead(503).end()
  let change: Parameters<OidcProvider['tampers']>[0] = null
  const server = createServer((request, response) => {
    const path = request.url?.split('?', 1)[0] ?? ''
    asked.push(`${request.method} ${path}`)
    if (change !== null && path === '/token') intercept(response, change)
    handler(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  /** The library takes its clients and keys once: what it has given out outlives it in the adapter. */
  async function build(): Promise<void> {
    const provider = new Provider(issuer, {
      clients: [...clients.values()].map(({ id, secret, redirectUris }) => ({
        ...{
          client_id: id,
          redirect_uris: redirectUris,
          application_type: 'native',
          id_token_signed_response_alg: alg,
        },
        ...(secret === undefined
          ? { token_endpoint_auth_method: 'none' }
          : { client_secret: secret, token_endpoint_auth_method: 'client_secret_basic' }),
      })),
      jwks: { keys: [key.jwk] },
      adapter,
      ttl: { AccessToken: 300, AuthorizationCode: 60, Grant: 600, IdToken: 300, Interaction: 600, Session: 600 },
      cookies: { keys: ['for tests'] },
      pkce: { required: () => true },
      claims: { openid: ['sub', 'oid', 'groups', 'hd'], profile: ['name', 'preferred_username', 'email'] },
      conformIdTokenClaims: false,
      findAccount: (_ctx: unknown, sub: string) => ({
        accountId: sub,
        claims: () => Promise.resolve({ sub, ...people.get(sub) }),
      }),
      loadExistingGrant: async (ctx: {
        oidc: {
          provider: { Grant: new (of: object) => { addOIDCScope(scope: string): void; save(): Promise<void> } }
          client: { clientId: string }
          session: { accountId: string }
        }
      }) => {
        const { provider: at, client, session } = ctx.oidc
        const grant = new at.Grant({ clientId: client.clientId, accountId: session.accountId })
        grant.addOIDCScope('openid profile')
        await grant.save()
        return grant
      },
    })
    handler = provider.callback() as Handler
  }
  await build()

  return {
    ...{ issuer, asked },
    knows: async (client) => {
      clients.set(client.id, client)
      await build()
    },
    says: (sub, claims) => void people.set(sub, claims),
    rotates: async () => {
      key = await newKey(alg)
      await build()
    },
    tampers: (wanted) => {
      change = wanted
    },
    signs: (claims, header) =>
      new SignJWT(claims).setProtectedHeader({ kid: key.kid, ...(header ?? { alg }) }).sign(key.privateKey),
    signsIn: (authorizationUrl, sub) => signsIn(issuer, authorizationUrl, sub),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Its memory: one for each provider, where the library's own is one for the process, so that a code of one would be good at another. */
function createAdapter() {
  const stored = new Map<string, TokenBody>()
  return class {
    readonly kind: string
    constructor(kind: string) {
      this.kind = kind
    }
    async upsert(id: string, payload: TokenBody) {
      stored.set(`${this.kind}:${id}`, payload)
    }
    async find(id: string) {
      return stored.get(`${this.kind}:${id}`)
    }
    async findByUid(uid: string) {
      return [...stored.entries()].find(([key, { uid: own }]) => key.startsWith(`${this.kind}:`) && own === uid)?.[1]
    }
    async consume(id: string) {
      const payload = stored.get(`${this.kind}:${id}`)
      if (payload) payload.consumed = Math.floor(Date.now() / 1000)
    }
    async destroy(id: string) {
      stored.delete(`${this.kind}:${id}`)
    }
    async revokeByGrantId(grantId: string) {
      for (const [key, payload] of stored) if (payload.grantId === grantId) stored.delete(key)
    }
  }
}

async function newKey(alg: string): Promise<{ kid: string; privateKey: CryptoKey; jwk: JWK }> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  const kid = crypto.randomUUID()
  return { kid, privateKey, jwk: { ...(await exportJWK(privateKey)), kid, alg, use: 'sig' } }
}

function intercept(response: ServerResponse, change: NonNullable<Parameters<OidcProvider['tampers']>[0]>): void {
  const end = response.end.bind(response)
  response.end = ((text?: unknown) => {
    void (async () => {
      const isGood = response.statusCode === 200
      const body = isGood ? JSON.stringify(await change(JSON.parse(String(text)) as TokenBody)) : String(text ?? '')
      response.setHeader('content-length', Buffer.byteLength(body))
      end(body)
    })()
    return response
  }) as typeof response.end
}

/** Fills the library's own pages as they come. */
async function signsIn(issuer: string, authorizationUrl: string, sub: string): Promise<string> {
  const cookies = new Map<string, string>()
  let [url, form] = [authorizationUrl, null as URLSearchParams | null]
  for (let steps = 0; steps < 12; steps++) {
    if (!url.startsWith(`${issuer}/`)) return url
    const response = await fetch(url, {
      ...(form && { method: 'POST', body: form }),
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    })
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';', 1)[0]?.split(/=(.*)/s, 2) ?? []
      cookies.set(name, value)
    }
    const text = await response.text()
    const next = response.headers.get('location')
    form = null
    if (next !== null) url = new URL(next, url).href
    else if (/name="prompt" value="login"/.test(text))
      form = new URLSearchParams({ prompt: 'login', login: sub, password: 'x' })
    else if (/name="prompt" value="consent"/.test(text)) form = new URLSearchParams({ prompt: 'consent' })
    else throw new Error(`the provider answered ${response.status}: ${text.replace(/<[^>]*>/g, ' ').slice(0, 400)}`)
    const action = form && /action="([^"]+)"/.exec(text)?.[1]
    if (action) url = new URL(action, url).href
  }
  throw new Error('the provider asks without end')
}

/** The operator's file of providers, in a folder of its own. */
export async function operatorsFile(
  words: Record<string, { isPrivate?: boolean; clientSecrets?: Record<string, string> }>,
): Promise<{ path: string; says(next: typeof words): Promise<void>; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'offdesk-oidc-'))
  const path = join(folder, 'providers.json')
  const says = (next: typeof words) => writeFile(path, JSON.stringify(next), { mode: 0o600 })
  await says(words)
  return { path, says, remove: () => rm(folder, { recursive: true, force: true }) }
}
