/** What an authenticator gives, checked as the standard asks, with its person verified. The library is loaded with the first passkey that is looked at. */
import { type Assertion, passkeyHost } from '../../protocol/passkey.ts'

/** All base64url, as the browser gives it. */
export type Attested = {
  id: string
  clientData: string
  attestationObject: string
  transports?: readonly string[] | null | undefined
}

export type Made = {
  id: string
  publicKey: string
  isSynced: boolean /** Of its uses; 0 where it does not count. */
  counter: number
}

const loaded = () => import('@simplewebauthn/server')

type Page = { challenge: string; origin: string }

/** Null for whatever is wrong with it: a stranger learns no more. */
export async function madeWith({ id, clientData, attestationObject }: Attested, page: Page): Promise<Made | null> {
  try {
    if (isFramed(clientData)) return null
    const { verifyRegistrationResponse } = await loaded()
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: {
        ...{ id, rawId: id, type: 'public-key', clientExtensionResults: {} },
        response: { clientDataJSON: clientData, attestationObject },
      },
      ...expected(page),
      requireUserVerification: true,
    })
    if (!verified || registrationInfo === undefined) return null
    const { credential, credentialBackedUp } = registrationInfo
    const publicKey = Buffer.from(credential.publicKey).toString('base64url')
    return { id: credential.id, publicKey, isSynced: credentialBackedUp, counter: credential.counter }
  } catch {
    return null
  }
}

/** Whether this very passkey has signed this very challenge on its own page, with its person verified. Never throws. */
export const isVouched = async (
  assertion: Assertion,
  passkey: { id: string; publicKey: string; origin: string },
  challenge: string,
): Promise<boolean> => (await countOf(assertion, passkey, challenge)) !== null

/** The same, with what the authenticator says of how often it was used; null when it is not good. Nothing is compared with that count here. */
export async function countOf(
  assertion: Assertion,
  passkey: { id: string; publicKey: string; origin: string },
  challenge: string,
): Promise<number | null> {
  if (assertion.id !== passkey.id || isFramed(assertion.clientData)) return null
  try {
    const { verifyAuthenticationResponse } = await loaded()
    const { id, authenticatorData, clientData, signature } = assertion
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: {
        ...{ id, rawId: id, type: 'public-key', clientExtensionResults: {} },
        response: { authenticatorData, clientDataJSON: clientData, signature },
      },
      ...expected({ challenge, origin: passkey.origin }),
      // For commands no count is compared: the challenge is used once, and pages and workers of one person overtake each other.
      credential: { id, publicKey: Buffer.from(passkey.publicKey, 'base64url'), counter: 0 },
      requireUserVerification: true,
    })
    return verified ? authenticationInfo.newCounter : null
  } catch {
    return null
  }
}

const expected = ({ challenge, origin }: Page) => ({
  expectedChallenge: challenge,
  expectedOrigin: origin,
  expectedRPID: passkeyHost(origin) ?? '',
})

/** The page was shown inside another site's: the library lets that pass unless it is told of that site. Unreadable is for the library to refuse. */
function isFramed(clientData: string): boolean {
  try {
    return JSON.parse(Buffer.from(clientData, 'base64url').toString('utf8')).crossOrigin === true
  } catch {
    return false
  }
}
