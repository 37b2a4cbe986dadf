// The passkey that a person signs in with: theirs, not this device's. Made from a link, asked for at a sign-in and for one act. Both sign the same words: the
// device's key and the passkey. Knows no network and no screen.
import { startAuthentication, startRegistration } from '@simplewebauthn/browser'
import type { Bytes } from '../../protocol/bytes.ts'
import type { Assertion } from '../../protocol/passkey.ts'
import { challengeOf, confirmBytes, signInBytes } from '../../protocol/sign-in.ts'
import { ensureDeviceKey } from './device-key.ts'

const WAIT_MS = 2 * 60_000

export type NewDevice = { name: string; publicKey: string; signature: string }
export type MadePasskey = { id: string; clientData: string; attestationObject: string }
export type Making = { nonce: string; rpId: string; userId: string; userName: string; excludeIds: readonly string[] }

/** The words for a sign-in with that nonce, and this device with its signature over them. Makes the device's key on first use. */
export async function signInWords(nonce: string, name: string): Promise<{ bytes: Bytes; device: NewDevice }> {
  const key = await ensureDeviceKey()
  const bytes = signInBytes({ nonce, origin: location.origin, deviceId: key.id })
  return { bytes, device: { name, publicKey: key.publicKey, signature: await key.sign(bytes) } }
}

/** Any passkey of this server that the browser offers. Throws what the browser throws; `problemOf` has the words. */
export const askSignIn = async (rpId: string, bytes: Bytes) => askAnyPasskey(rpId, await challengeOf(bytes))

/** As `askSignIn`, over a challenge that others have made. */
export async function askAnyPasskey(
  rpId: string,
  challenge: string,
): Promise<{ assertion: Assertion; userHandle: string | null }> {
  const { id, response } = await startAuthentication({
    optionsJSON: { challenge, rpId, userVerification: 'required', timeout: WAIT_MS },
  })
  const { authenticatorData, clientDataJSON: clientData, signature, userHandle } = response
  return { assertion: { id, authenticatorData, clientData, signature }, userHandle: userHandle ?? null }
}

/** Asks the person to make one, over these words. Throws what the browser throws. */
export async function makeSignInPasskey(
  { rpId, userId, userName, excludeIds }: Making,
  bytes: Bytes,
): Promise<MadePasskey> {
  const { id, response } = await startRegistration({
    optionsJSON: {
      ...{
        challenge: await challengeOf(bytes),
        rp: { id: rpId, name: 'Offdesk' },
        user: { id: userId, name: userName, displayName: userName },
      },
      pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: 'public-key', alg })),
      authenticatorSelection: { userVerification: 'required', residentKey: 'required' },
      excludeCredentials: excludeIds.map((known) => ({ type: 'public-key', id: known })),
      ...{ attestation: 'none', timeout: WAIT_MS },
    },
  })
  return { id, clientData: response.clientDataJSON, attestationObject: response.attestationObject }
}

/** The person says yes to one act, with a passkey that they sign in with. Throws what the browser throws. */
export async function confirmAct(
  act: string,
  begun: { nonce: string; rpId: string },
): Promise<{ nonce: string; assertion: Assertion }> {
  const key = await ensureDeviceKey()
  const { nonce, rpId } = begun
  const bytes = confirmBytes({ nonce, origin: location.origin, deviceId: key.id, act })
  return { nonce, assertion: (await askSignIn(rpId, bytes)).assertion }
}
