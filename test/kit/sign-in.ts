/** People who sign in: the page's part of it, through the real mutations, with a software authenticator. Knows no screen. */
import { exportPublicKey, generateKeys, type KeyPair, principalId, sign } from '../../protocol/keys.ts'
import { challengeOf, confirmBytes, signInBytes } from '../../protocol/sign-in.ts'
import { openFirstLink } from '../../server/auth/sign-in/links.ts'
import { type Authenticator, createAuthenticator } from './authenticator.ts'
import type { Gql } from './people.ts'
import type { TestServer } from './server.ts'
import { signsAs } from './signing.ts'

export const PAGE = 'http://localhost:4780'

export type Key = { keys: KeyPair; publicKey: string; deviceId: string }
export type SignedIn = {
  token: string
  deviceId: string
  deviceName: string
  ownerId: string
  personName: string
  rung: string
  awaitsTrust: boolean
}
/** A person with a passkey, on the browser on which they became one. */
export type Person = SignedIn & { key: Key; authenticator: Authenticator; userHandle: string }
export type Opened = {
  kind: string
  name: string
  invitedBy: string
  organisationName: string | null
  nonce: string
  rpId: string
  userId: string
  userName: string
  excludeIds: string[]
}

const SIGNED_IN = 'token deviceId deviceName ownerId personName rung awaitsTrust'

export async function newKey(): Promise<Key> {
  const keys = await generateKeys(false)
  const publicKey = await exportPublicKey(keys.publicKey)
  return { keys, publicKey, deviceId: await principalId('dev', publicKey) }
}

/** The code of a server that nobody owns. */
export async function firstLink(server: TestServer): Promise<string> {
  const code = await server.database.transaction((tx) => openFirstLink(tx, { isAlone: true }))
  if (code === null) throw new Error('this server has an owner')
  return code
}

export async function opens(gql: Gql, code: string, origin = PAGE): Promise<Opened> {
  const document = `mutation($code: String!, $origin: String!) { openInvitation(code: $code, origin: $origin) {
    kind name invitedBy organisationName nonce rpId userId userName excludeIds } }`
  return (await gql<{ openInvitation: Opened }>(null, document, { code, origin })).openInvitation
}

/** What the page sends for a link, all of it as it should be. */
export async function acceptance(
  of: { code: string; nonce: string },
  how: { authenticator: Authenticator; key: Key; origin?: string; personName?: string; deviceName?: string },
): Promise<{ code: string; nonce: string; passkey: object; device: object; [more: string]: unknown }> {
  const { authenticator, key, origin = PAGE, personName = 'Ann', deviceName = 'laptop' } = how
  const bytes = signInBytes({ nonce: of.nonce, origin, deviceId: key.deviceId })
  const signature = await sign(key.keys.privateKey, bytes)
  return {
    ...{ code: of.code, nonce: of.nonce, personName, passkeyName: 'Thumb' },
    passkey: authenticator.create(await challengeOf(bytes)),
    device: { name: deviceName, publicKey: key.publicKey, signature },
  }
}

export async function accept(gql: Gql, input: object): Promise<SignedIn> {
  const document = `mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { ${SIGNED_IN} } }`
  return (await gql<{ acceptInvitation: SignedIn }>(null, document, { input })).acceptInvitation
}

/** The whole way of a link: opened, a passkey made, signed in. What the device says from now on is signed by its key. */
export async function joins(
  gql: Gql,
  code: string,
  how: { authenticator?: Authenticator; personName?: string; key?: Key; origin?: string; deviceName?: string } = {},
): Promise<Person> {
  const { origin = PAGE, authenticator = createAuthenticator({ origin }), key = await newKey() } = how
  const { nonce, userId } = await opens(gql, code, origin)
  const signedIn = await accept(gql, await acceptance({ code, nonce }, { ...how, authenticator, key, origin }))
  signsAs(signedIn.token, { id: signedIn.deviceId, keys: key.keys })
  return { ...signedIn, key, authenticator, userHandle: userId }
}

export async function beginsSignIn(gql: Gql, origin = PAGE): Promise<string> {
  const document = 'mutation($origin: String!) { beginSignIn(origin: $origin) { nonce rpId } }'
  return (await gql<{ beginSignIn: { nonce: string } }>(null, document, { origin })).beginSignIn.nonce
}

type Said = Parameters<Authenticator['get']>[1]
export type SignInHow = {
  key?: Key
  nonce?: string
  origin?: string
  as?: Said
  deviceName?: string
  userHandle?: string | null
}

export type SignInSent = { nonce: string; device: object; assertion: object; userHandle: string | null }

/** What the page sends for a sign-in, all of it as it should be but for what is said. */
export async function signInInput(
  gql: Gql,
  who: { authenticator: Authenticator; userHandle: string },
  how: SignInHow = {},
): Promise<SignInSent & { key: Key }> {
  const { key = await newKey(), origin = PAGE, as = {}, deviceName = 'tablet', userHandle = who.userHandle } = how
  const nonce = how.nonce ?? (await beginsSignIn(gql, origin))
  const bytes = signInBytes({ nonce, origin, deviceId: key.deviceId })
  const device = { name: deviceName, publicKey: key.publicKey, signature: await sign(key.keys.privateKey, bytes) }
  const assertion = who.authenticator.get(await challengeOf(bytes), { origin, ...as })
  return { nonce, device, assertion, userHandle, key }
}

export async function sendSignIn(gql: Gql, { nonce, device, assertion, userHandle }: SignInSent): Promise<SignedIn> {
  const input = { nonce, device, assertion, userHandle }
  const document = `mutation($input: SignInInput!) { signIn(input: $input) { ${SIGNED_IN} } }`
  return (await gql<{ signIn: SignedIn }>(null, document, { input })).signIn
}

/** In a browser that nobody has paired. */
export async function signsIn(
  gql: Gql,
  who: { authenticator: Authenticator; userHandle: string },
  how: SignInHow = {},
): Promise<SignedIn & { key: Key }> {
  const input = await signInInput(gql, who, how)
  const signedIn = await sendSignIn(gql, input)
  signsAs(signedIn.token, { id: signedIn.deviceId, keys: input.key.keys })
  return { ...signedIn, key: input.key }
}

/** A fresh passkey for one act. */
export async function confirms(
  gql: Gql,
  by: { token: string; deviceId: string },
  authenticator: Authenticator,
  act: string,
  as: Said = {},
): Promise<{ nonce: string; assertion: object }> {
  const document = 'mutation($origin: String!) { beginConfirmation(origin: $origin) { nonce } }'
  const { beginConfirmation } = await gql<{ beginConfirmation: { nonce: string } }>(by.token, document, {
    origin: PAGE,
  })
  const { nonce } = beginConfirmation
  const bytes = confirmBytes({ nonce, origin: PAGE, deviceId: by.deviceId, act })
  return { nonce, assertion: authenticator.get(await challengeOf(bytes), as) }
}

/** The code of an invitation, by the first owner's device with their passkey. */
export async function invites(gql: Gql, by: Person, more: object = {}): Promise<{ code: string; id: string }> {
  const confirmation = await confirms(gql, by, by.authenticator, 'invite')
  return createsInvitation(gql, by.token, { name: 'Bob', confirmation, ...more })
}

export async function createsInvitation(
  gql: Gql,
  token: string,
  input: object,
): Promise<{ code: string; id: string; link: string | null }> {
  const document =
    'mutation($input: CreateInvitationInput!) { createInvitation(input: $input) { code link invitation { id state } } }'
  type Made = { createInvitation: { code: string; link: string | null; invitation: { id: string } } }
  const { code, link, invitation } = (await gql<Made>(token, document, { input })).createInvitation
  return { code, link, id: invitation.id }
}
