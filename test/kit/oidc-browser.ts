/** A browser that signs in at its organisation's provider: keeps a key and a secret, goes there, hands in what it was sent back with. Knows no provider. */
import { randomText, sha256Hex } from '../../protocol/bytes.ts'
import { exportPublicKey, generateKeys, type KeyPair, principalId, sign } from '../../protocol/keys.ts'
import { signInBytes } from '../../protocol/sign-in.ts'
import type { Gql } from './people.ts'
import { signsAs } from './signing.ts'

export type SignedIn = {
  token: string
  deviceId: string
  deviceName: string
  ownerId: string
  personName: string
  rung: string
  awaitsTrust: boolean
}
export type Begun = {
  authorizationUrl: string
  state: string
  expiresAt: string
  organisationName: string
  secret: string
}

export type OidcBrowser = {
  origin: string
  keys: KeyPair
  publicKey: string
  begins(handle: string, how?: { fresh?: boolean }): Promise<Begun>
  /** With the secret of `begun`, unless another is given. */
  finishes(begun: Pick<Begun, 'state' | 'secret'>, returned: string): Promise<SignedIn>
  /** All of it. `goes` is what happens at the provider. */
  signsIn(handle: string, goes: (authorizationUrl: string) => Promise<string>): Promise<SignedIn>
}

export async function createOidcBrowser(gql: Gql, origin: string, name = 'laptop'): Promise<OidcBrowser> {
  const keys = await generateKeys(false)
  const publicKey = await exportPublicKey(keys.publicKey)
  const deviceId = await principalId('dev', publicKey)
  const begins: OidcBrowser['begins'] = async (handle, { fresh = false } = {}) => {
    const secret = randomText(32)
    const { beginOidcSignIn } = await gql<{ beginOidcSignIn: Omit<Begun, 'secret'> }>(
      null,
      'mutation($input: BeginOidcSignInInput!) { beginOidcSignIn(input: $input) { authorizationUrl state expiresAt organisationName } }',
      { input: { handle, origin, fresh, bindingHash: await sha256Hex(secret) } },
    )
    return { ...beginOidcSignIn, secret }
  }
  const finishes: OidcBrowser['finishes'] = async ({ state, secret }, returned) => {
    const signature = await sign(keys.privateKey, signInBytes({ nonce: state, origin, deviceId }))
    const input = { returned, secret, device: { name, publicKey, signature } }
    const { finishOidcSignIn } = await gql<{ finishOidcSignIn: SignedIn }>(
      null,
      'mutation($input: FinishOidcSignInInput!) { finishOidcSignIn(input: $input) { token deviceId deviceName ownerId personName rung awaitsTrust } }',
      { input },
    )
    signsAs(finishOidcSignIn.token, { id: deviceId, keys })
    return finishOidcSignIn
  }
  return {
    ...{ origin, keys, publicKey, begins, finishes },
    signsIn: async (handle, goes) => {
      const begun = await begins(handle)
      return finishes(begun, await goes(begun.authorizationUrl))
    },
  }
}
