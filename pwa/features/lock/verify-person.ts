// Asks the person behind this device to show that it is they: their fingerprint, face or PIN, by a passkey of this device.
// The answer stays here. It opens a screen, so it is read here; what moves a workstation is verified there (T4).
import { fromBase64Url, toBase64Url } from '../../../protocol/bytes.ts'

export type Verified = 'verified' | 'cancelled' | 'not-verified' | 'impossible'

const USER_VERIFIED = 0x04
const ASK_MS = 60_000

export const passkeysArePossible = (): boolean => typeof PublicKeyCredential !== 'undefined'

/** Never throws. `not-verified`: an authenticator answered without knowing who touched it. */
export async function verifyPerson(passkeyIds: readonly string[]): Promise<Verified> {
  if (!passkeysArePossible() || passkeyIds.length === 0) return 'impossible'
  const challenge = crypto.getRandomValues(new Uint8Array(32))
  try {
    const given = await navigator.credentials.get({
      publicKey: {
        challenge,
        allowCredentials: passkeyIds.map((id) => ({ type: 'public-key' as const, id: fromBase64Url(id) })),
        userVerification: 'required',
        timeout: ASK_MS,
      },
    })
    if (!(given instanceof PublicKeyCredential)) return 'cancelled'
    if (!(given.response instanceof AuthenticatorAssertionResponse)) return 'cancelled'
    const said: unknown = JSON.parse(new TextDecoder().decode(given.response.clientDataJSON))
    const asked = typeof said === 'object' && said !== null && 'challenge' in said ? said.challenge : null
    const flags = new Uint8Array(given.response.authenticatorData)[32] ?? 0
    return asked === toBase64Url(challenge) && (flags & USER_VERIFIED) !== 0 ? 'verified' : 'not-verified'
  } catch (error) {
    // The standard gives one name to a refusal, a time-out and an authenticator that cannot verify.
    return error instanceof DOMException && error.name === 'NotAllowedError' ? 'cancelled' : 'not-verified'
  }
}
