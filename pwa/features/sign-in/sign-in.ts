// A person becomes a device of theirs: by a passkey, by a link, by their organisation. Each way ends with who they are, or with why not. Knows no screen.
import { randomText, sha256Hex } from '../../../protocol/bytes.ts'
import { ask } from '../../graphql/ask.ts'
import { type Problem, ProblemError } from '../../graphql/problem.ts'
import { problemOf } from '../../keys/passkeys.ts'
import { askSignIn, makeSignInPasskey, signInWords } from '../../keys/sign-in-passkeys.ts'
import {
  AcceptInvitationDocument,
  BeginOidcSignInDocument,
  BeginSignInDocument,
  FinishOidcSignInDocument,
  type OpenedInvitation,
  OpenInvitationDocument,
  type SignedIn,
  SignInDocument,
} from './documents.ts'

export type Answer<Value> = { value: Value } | { problem: Problem }

/** What a way threw, as a problem: the server's, or the browser's that would not give its passkey. */
export async function told<Value>(way: () => Promise<Value>): Promise<Answer<Value>> {
  try {
    return { value: await way() }
  } catch (error) {
    if (error instanceof ProblemError) return { problem: error.problem }
    const { code, message } = problemOf(error)
    return { problem: { code: `PASSKEY_${code.toUpperCase()}`, message } }
  }
}

/** `deviceName`: what this browser is called from then on. */
export const signInWithPasskey = (deviceName: string): Promise<Answer<SignedIn>> =>
  told(async () => {
    const { beginSignIn } = await ask(BeginSignInDocument, { origin: location.origin })
    const { bytes, device } = await signInWords(beginSignIn.nonce, deviceName)
    const input = { nonce: beginSignIn.nonce, device, ...(await askSignIn(beginSignIn.rpId, bytes)) }
    return (await ask(SignInDocument, { input })).signIn
  })

/** Uses nothing up: the link is used when it is accepted. */
export const openInvitation = (code: string): Promise<Answer<OpenedInvitation>> =>
  told(async () => (await ask(OpenInvitationDocument, { code, origin: location.origin })).openInvitation)

/** Opens the link anew for its nonce, which is good once: what was tried before and broken off leaves nothing behind. */
export const acceptInvitation = (
  code: string,
  names: { personName: string; passkeyName: string; deviceName: string },
): Promise<Answer<SignedIn>> =>
  told(async () => {
    const { openInvitation: opened } = await ask(OpenInvitationDocument, { code, origin: location.origin })
    const { bytes, device } = await signInWords(opened.nonce, names.deviceName)
    const personName = opened.kind === 'PASSKEY' ? null : names.personName
    const passkey = await makeSignInPasskey({ ...opened, userName: personName ?? opened.userName }, bytes)
    const input = { code, nonce: opened.nonce, personName, passkeyName: names.passkeyName, passkey, device }
    return (await ask(AcceptInvitationDocument, { input })).acceptInvitation
  })

const secretName = (state: string) => `offdesk-oidc:${state}`

/** Resolves with the address to go to; this tab alone can finish it. `fresh`: the provider is to ask the person again. */
export const beginOidc = (handle: string, fresh = false): Promise<Answer<string>> =>
  told(async () => {
    const secret = randomText(32)
    const bindingHash = await sha256Hex(secret)
    const input = { handle, bindingHash, origin: location.origin, fresh }
    const { beginOidcSignIn } = await ask(BeginOidcSignInDocument, { input })
    sessionStorage.setItem(secretName(beginOidcSignIn.state), secret)
    return beginOidcSignIn.authorizationUrl
  })

/** `returned`: the whole address that the provider sent this tab to. */
export const finishOidc = (returned: string, deviceName: string): Promise<Answer<SignedIn>> =>
  told(async () => {
    const state = new URL(returned).searchParams.get('state') ?? ''
    const secret = sessionStorage.getItem(secretName(state))
    sessionStorage.removeItem(secretName(state))
    if (secret === null)
      throw new ProblemError({
        code: 'SIGN_IN_STATE',
        message: 'This sign-in was begun in another window or browser.',
        remedy: 'Begin again here.',
      })
    const { device } = await signInWords(state, deviceName)
    return (await ask(FinishOidcSignInDocument, { input: { returned, secret, device } })).finishOidcSignIn
  })
