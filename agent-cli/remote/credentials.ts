// A short-lived credential of this host, or of this host in one session: minted against a signed challenge, renewed before its end and
// whenever the server says it has ended. After any outage no person is needed (T2).
import type { TadaDocumentNode } from 'gql.tada'
import { credentialBytes } from '../../protocol/credential.ts'
import type { Ending } from './ending.ts'
import { codeOf } from './failure.ts'
import { graphql } from './graphql.ts'
import { type AskOptions, ask, type Endpoint } from './graphql-http.ts'
import type { Identity } from './identity.ts'

const RequestChallenge = graphql(`
  mutation RequestChallenge($hostId: ID!) { requestChallenge(hostId: $hostId) { nonce } }
`)
const MintCredential = graphql(`
  mutation MintCredential($input: MintCredentialInput!) { mintCredential(input: $input) { token } }
`)

/** Asks the server as the principal of the credential. Rejects like `ask`. */
export type Caller = <R, V>(
  document: TadaDocumentNode<R, V>,
  variables: V,
  options?: Omit<AskOptions, 'token'>,
) => Promise<R>

/** Renewed after this part of its life, by this machine's clock alone: the server's may differ. */
const lifeMs = { host: 45 * 60_000, session: 10 * 60_000 }

const mintTimeoutSeconds = 8

export function createCaller(options: {
  endpoint: Endpoint
  identity: Identity
  /** Null for the host's own credential. */
  sessionId: string | null
  now?: () => number
}): Caller {
  const { endpoint, identity, sessionId, now = () => performance.now() } = options
  const life = sessionId === null ? lifeMs.host : lifeMs.session
  let current: { token: string; mintedAt: number } | undefined
  let minting: Promise<string> | undefined

  async function mint(signal: Ending | undefined): Promise<string> {
    const { hostId } = identity
    // Short: whoever needs a credential waits for this one.
    const asked = { signal: signal ?? undefined, timeoutSeconds: mintTimeoutSeconds }
    const { requestChallenge } = await ask(endpoint, RequestChallenge, { hostId }, asked)
    const { nonce } = requestChallenge
    const signature = await identity.sign(credentialBytes({ hostId, nonce, sessionId }))
    const { mintCredential } = await ask(
      endpoint,
      MintCredential,
      { input: { hostId, nonce, sessionId, signature } },
      asked,
    )
    current = { token: mintCredential.token, mintedAt: now() }
    return mintCredential.token
  }

  function token(signal: Ending | undefined): Promise<string> {
    if (current !== undefined && now() - current.mintedAt < life) return Promise.resolve(current.token)
    // One at a time, not ended by one caller's signal while another waits for it.
    minting ??= mint(undefined).finally(() => {
      minting = undefined
    })
    // Whoever waited may have gone before it fails.
    minting.catch(() => undefined)
    return untilAborted(minting, signal)
  }

  return async (document, variables, asked = {}) => {
    const used = await token(asked.signal)
    try {
      return await ask(endpoint, document, variables, { ...asked, token: used })
    } catch (error) {
      const code = codeOf(error)
      if (code !== 'CREDENTIAL_EXPIRED' && code !== 'UNAUTHENTICATED') throw error
      if (current?.token === used) current = undefined
      return ask(endpoint, document, variables, { ...asked, token: await token(asked.signal) })
    }
  }
}

function untilAborted<T>(promise: Promise<T>, signal: Ending | undefined): Promise<T> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason)
    if (signal.aborted) return end()
    signal.addEventListener('abort', end, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', end))
  })
}
