/**
 * The relying party of OpenID Connect: discovery, the way there, and what came back, checked by openid-client. Nothing is kept between two sign-ins, so that another
 * process, new keys of the provider or a new secret need no restart. Knows no person, no organisation and no table.
 */
import type { Configuration } from 'openid-client'
import { type Environment, proxyFor } from '../../../protocol/proxy.ts'
import type { Resolve } from '../../push/endpoint.ts'
import { isRefused, type Refused, refuse } from '../../store/refused.ts'
import { createProviderCall } from './oidc-call.ts'
import { createProviders } from './oidc-providers.ts'

/** Names an issuer as the provider spells it, and this server's client there. */
export type At = { issuer: string; clientId: string }
/** What only this flow knows (RFC 7636, OpenID Connect Core 3.1.2.1). `isFresh`: the person is to show themselves again, and the token says when they did. */
export type Once = { state: string; nonce: string; verifier: string; isFresh: boolean }
/** Of a token whose signature, issuer, audience, time and nonce hold. */
export type Claims = Readonly<Record<string, unknown>> & { iss: string; sub: string }

export type RelyingParty = {
  /** Asks the provider. Throws SIGN_IN_PROVIDER for one that is not there, or is another than it is called. */
  look(at: At): Promise<{ issuer: string; authentication: 'PUBLIC' | 'SECRET' }>
  /** How this server shows itself there, by the operator's file alone. */
  authenticationAt(at: At): Promise<'PUBLIC' | 'SECRET'>
  /** Where the browser goes. */
  authorizationUrl(at: At, once: Once, redirectUri: string): Promise<string>
  /** Redeems the code of `returned`, the whole address that the browser came back to. Throws SIGN_IN_PROVIDER. */
  redeem(at: At, once: Once, returned: URL): Promise<Claims>
}

export type RelyingOptions = {
  /** The operator's file; null is none. */
  providersFile: string | null
  /** Of the process: proxies. */
  environment: Environment
  /** Aborts when the server stops. */
  signal: AbortSignal
  log: (error: unknown) => void
  /** Tests: an authority and names of their own. */
  ca?: string
  resolve?: Resolve
}

/** Conversations with providers at one time in one process. */
export const MOST_AT_ONCE = 32

/** What a provider may sign with; neither nothing at all nor the client's own secret. */
const SIGNED_WITH = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
]
const SCOPE = 'openid profile'
/** How long ago a person who is to show themselves again may have done so. */
export const FRESH_SECONDS = 300

const loaded = () => import('openid-client')

export function createRelyingParty(options: RelyingOptions): RelyingParty {
  const providers = createProviders(options.providersFile)
  const { environment, log } = options
  let under = 0

  async function open({ issuer, clientId }: At): Promise<{ config: Configuration; secret: string | null }> {
    const oidc = await loaded()
    const { isPrivate, clientSecrets } = await providers(issuer)
    const secret = (Object.hasOwn(clientSecrets, clientId) && clientSecrets[clientId]) || null
    const call = createProviderCall({ ...options, isPrivate, proxyOf: (url) => proxyFor(url, environment) })
    // Plain http is let through for the operator's own machine only: the call looks at that.
    const execute = isPrivate ? [oidc.allowInsecureRequests] : []
    const found = await oidc.discovery(new URL(issuer), clientId, {}, oidc.None(), {
      ...{ execute, [oidc.customFetch]: call },
    })
    const { supportsPKCE: _, ...as } = found.serverMetadata()
    // The library lets Entra's “common” answer in the name of every tenant there is.
    if (new URL(as.issuer).href !== new URL(issuer).href) throw wrongName(as.issuer)
    const offered = as.id_token_signing_alg_values_supported ?? ['RS256']
    const server = {
      ...as,
      id_token_signing_alg_values_supported: offered.filter((alg) => SIGNED_WITH.includes(alg)),
    }
    const config = new oidc.Configuration(
      server,
      clientId,
      {},
      secret === null ? oidc.None() : showing(oidc, as, secret),
    )
    config[oidc.customFetch] = call
    if (isPrivate) oidc.allowInsecureRequests(config)
    // A token that came over TLS from the token endpoint need not be checked by the standard. Here its signature is, each time.
    oidc.enableNonRepudiationChecks(config)
    return { config, secret }
  }

  async function spoken<T>(talk: () => Promise<T>): Promise<T> {
    if (under >= MOST_AT_ONCE) throw busy()
    under += 1
    try {
      return await talk()
    } catch (error) {
      throw refusalFor(error, log)
    } finally {
      under -= 1
    }
  }

  return {
    look: (at) =>
      spoken(async () => {
        const { config, secret } = await open(at)
        const { buildAuthorizationUrl } = await loaded()
        // Throws for one without that endpoint.
        buildAuthorizationUrl(config, {})
        return { issuer: config.serverMetadata().issuer, authentication: secret === null ? 'PUBLIC' : 'SECRET' }
      }),
    authenticationAt: async ({ issuer, clientId }) =>
      Object.hasOwn((await providers(issuer)).clientSecrets, clientId) ? 'SECRET' : 'PUBLIC',
    authorizationUrl: (at, { state, nonce, verifier, isFresh }, redirectUri) =>
      spoken(async () => {
        const { config } = await open(at)
        const { buildAuthorizationUrl, calculatePKCECodeChallenge } = await loaded()
        const challenge = await calculatePKCECodeChallenge(verifier)
        return buildAuthorizationUrl(config, {
          ...{ redirect_uri: redirectUri, scope: SCOPE, state, nonce },
          ...{ code_challenge: challenge, code_challenge_method: 'S256' },
          ...(isFresh && { prompt: 'login', max_age: String(FRESH_SECONDS) }),
        }).href
      }),
    redeem: (at, { state, nonce, verifier, isFresh }, returned) =>
      spoken(async () => {
        const { config } = await open(at)
        const { authorizationCodeGrant } = await loaded()
        const checks = {
          ...{ expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true },
          ...(isFresh && { maxAge: FRESH_SECONDS }),
        }
        const claims = (await authorizationCodeGrant(config, returned, checks)).claims()
        if (!claims) throw new Error('no id token')
        return claims as Claims
      }),
  }
}

type Library = Awaited<ReturnType<typeof loaded>>
type Metadata = Pick<ReturnType<Configuration['serverMetadata']>, 'token_endpoint_auth_methods_supported'>

/** How the secret is shown, as the provider takes it: in a header where nothing else is said (OpenID Connect Discovery 3). */
function showing(oidc: Library, as: Metadata, secret: string) {
  const taken = as.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
  if (taken.includes('client_secret_basic')) return oidc.ClientSecretBasic(secret)
  if (taken.includes('client_secret_post')) return oidc.ClientSecretPost(secret)
  throw notHeld('it takes a client’s secret in no form that is known here')
}

/** Every failure of a talk with a provider as a refusal. What is no failure of the provider is logged, and shown as nothing more than that. */
function refusalFor(error: unknown, log: (error: unknown) => void): Refused {
  if (isRefused(error)) return error
  if (error instanceof RangeError) {
    log(error)
    return notHeld('this server’s own list of providers cannot be used; its log says why')
  }
  if (!(error instanceof Error)) return notHeld('it did not say what went wrong')
  // Its own words for what went wrong are a stranger's: only the code of the standard is passed on.
  if ('error' in error && typeof error.error === 'string') {
    const word = /^[a-z_]{1,40}$/.test(error.error) ? error.error : 'an error'
    return refuse('SIGN_IN_PROVIDER', `Your organisation’s sign-in said no: ${word}.`, {
      ...{
        level: 'organisation',
        rule: 'the provider decides who signs in',
        remedy: REMEDY,
        numbers: { problem: word },
      },
    })
  }
  log(`a provider of single sign-on: ${wordsOf(error)}`)
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'NOT_REACHED'
  const isReached = code.startsWith('OAUTH_') && code !== 'OAUTH_TIMEOUT'
  return isReached ? notHeld(`its answer does not hold (${code})`, code) : notHeld('it was not reached', code)
}

/** Messages alone: what the library hangs on its errors are whole answers, tokens among them. */
function wordsOf(error: unknown): string {
  const words: string[] = []
  for (let at = error; at instanceof Error && words.length < 5; at = at.cause) words.push(at.message)
  return words
    .join(': ')
    .replace(/\p{Cc}/gu, ' ')
    .slice(0, 300)
}

const REMEDY = 'Begin again. If it stays so, tell the admins of your organisation what stands here.'

const notHeld = (what: string, problem?: string): Refused =>
  refuse('SIGN_IN_PROVIDER', `Your organisation’s sign-in cannot be used: ${what}.`, {
    ...{
      level: 'organisation',
      rule: 'only what the provider has signed for this very sign-in counts',
      remedy: REMEDY,
    },
    ...(problem !== undefined && { numbers: { problem } }),
  })

const wrongName = (issuer: string): Refused =>
  refuse(
    'SIGN_IN_PROVIDER',
    `The provider calls itself ${JSON.stringify(issuer.slice(0, 200))}, not what it was called.`,
    {
      ...{ level: 'organisation', rule: 'an issuer is one provider, by its own name' },
      remedy: 'Use the issuer of your own tenant, as its discovery document says it.',
    },
  )

const busy = (): Refused =>
  refuse('RATE_LIMITED', 'Too many people sign in at this moment. Try again in a few seconds.', {
    ...{ rule: `${MOST_AT_ONCE} sign-ins at once in one process`, level: 'server', numbers: { retryAfterSeconds: 3 } },
    remedy: 'Wait; the limit lifts by itself.',
  })
