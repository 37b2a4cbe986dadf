// This device's passkey: made once, asked for what needs the upper rungs (T4). What it has signed goes out with the command. Knows no network and no screen.
// A worker cannot ask one: there, what needs it is left to the page.
import {
  browserSupportsWebAuthn,
  platformAuthenticatorIsAvailable,
  startAuthentication,
  startRegistration,
  WebAuthnError,
} from '@simplewebauthn/browser'
import { sha256, toBase64Url } from '../../protocol/bytes.ts'
import type { Voucher } from '../../protocol/command-input.ts'
import { type Assertion, passkeyHost, pinningBytes, pinningCode } from '../../protocol/passkey.ts'
import { readDeviceKey } from './device-key.ts'
import { readVault, writeVault } from './vault.ts'

/** What the page keeps of it: none of this is secret. */
export type KeptPasskey = {
  /** Credential id. */
  id: string
  /** SubjectPublicKeyInfo in base64url: a host is asked to pin this, not what a server says of it. */
  publicKey: string
  origin: string
}

/** As `beginPasskey` answers. */
export type Begun = {
  challenge: string
  rpId: string
  userId: string
  userName: string
  excludeIds: readonly string[]
}

/** `cancelled`: the person closed the browser's sheet, or let it run out. `unable`: this browser or page cannot. */
export type PasskeyProblem = { code: 'cancelled' | 'unable'; message: string }

const NAME = 'passkey'
const WAIT_MS = 2 * 60_000

/** A page by its name over HTTPS, or on localhost; and a browser that knows passkeys. */
export const passkeysArePossible = (): boolean => passkeyHost(location.origin) !== null && browserSupportsWebAuthn()

/** Whether this device has a fingerprint, a face or a PIN of its own to ask; without it a security key with a PIN will do. */
export const hasOwnAuthenticator = (): Promise<boolean> => platformAuthenticatorIsAvailable().catch(() => false)

const isKept = (value: unknown): value is KeptPasskey =>
  typeof value === 'object' && value !== null && 'id' in value && 'publicKey' in value && 'origin' in value

/** The passkey that was made on this device's page; null when none was, or it was made under another address. */
export async function readPasskey(): Promise<KeptPasskey | null> {
  const kept = await readVault(NAME)
  return isKept(kept) && kept.origin === location.origin ? kept : null
}

/** Asks the person to make one. What it gives is the input of `registerPasskey` but for the name; keep it with `keepPasskey` once that has answered. */
export async function makePasskey(
  begun: Begun,
): Promise<
  | { input: { challenge: string; id: string; clientData: string; attestationObject: string }; kept: KeptPasskey }
  | { problem: PasskeyProblem }
> {
  const { challenge, rpId, userId, userName } = begun
  try {
    const { id, response } = await startRegistration({
      optionsJSON: {
        ...{
          challenge,
          rp: { id: rpId, name: 'Offdesk' },
          user: { id: userId, name: userName, displayName: userName },
        },
        pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: 'public-key', alg })),
        authenticatorSelection: { userVerification: 'required', residentKey: 'preferred' },
        excludeCredentials: begun.excludeIds.map((known) => ({ type: 'public-key', id: known })),
        ...{ attestation: 'none', timeout: WAIT_MS },
      },
    })
    if (response.publicKey === undefined) return { problem: unable }
    return {
      input: { challenge, id, clientData: response.clientDataJSON, attestationObject: response.attestationObject },
      kept: { id, publicKey: response.publicKey, origin: location.origin },
    }
  } catch (error) {
    return { problem: problemOf(error) }
  }
}

export const keepPasskey = (kept: KeptPasskey): Promise<void> => writeVault(NAME, kept)

export const forgetPasskey = (): Promise<void> => writeVault(NAME, null)

/**
 * The input of `pinPasskey`, and the code that the person compares at the terminal. `by` is one that the host has pinned before: it is asked, and then no key
 * press is needed. Null when this device has no key.
 */
export async function pinRequest(
  hostId: string,
  passkey: KeptPasskey,
  by?: KeptPasskey,
): Promise<{ input: object & PinInput; code: string } | null> {
  const key = await readDeviceKey()
  if (!key) return null
  const bytes = pinningBytes({ hostId, deviceId: key.id, passkeyId: passkey.id, ...passkey })
  const assertion = by ? await vouch(by, toBase64Url(await sha256(bytes))) : undefined
  const signature = await key.sign(bytes)
  const input = { passkeyId: passkey.id, hostId, publicKey: passkey.publicKey, signature }
  return { input: { ...input, ...(assertion && { assertion }) }, code: await pinningCode(bytes) }
}

export type PinInput = {
  passkeyId: string
  hostId: string
  publicKey: string
  signature: string
  assertion?: Assertion
}

/** For `signedInput`: the person is asked with each command. Call it from their tap: some browsers ask only then. */
export const voucherOf = (passkey: KeptPasskey): Voucher => ({
  passkeyId: passkey.id,
  vouch: (challenge) => vouch(passkey, challenge),
})

/** Throws what the browser throws; `problemOf` has the words. */
async function vouch({ id }: KeptPasskey, challenge: string): Promise<Assertion> {
  const { response } = await startAuthentication({
    optionsJSON: {
      ...{ challenge, rpId: location.hostname, userVerification: 'required', timeout: WAIT_MS },
      allowCredentials: [{ type: 'public-key', id }],
    },
  })
  const { authenticatorData, clientDataJSON: clientData, signature } = response
  return { id, authenticatorData, clientData, signature }
}

/** What to tell the person when making or asking a passkey threw. */
export function problemOf(error: unknown): PasskeyProblem {
  const { name, code } = error as { name?: string; code?: string }
  if (error instanceof WebAuthnError && code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED')
    return { code: 'unable', message: 'This device has a passkey for this server already.' }
  if (name === 'NotAllowedError' || name === 'AbortError')
    return { code: 'cancelled', message: 'The passkey was not confirmed. Nothing was sent; try again.' }
  return unable
}

const unable: PasskeyProblem = {
  code: 'unable',
  message:
    'This browser cannot use a passkey here. Open the page under its HTTPS address, in a browser with a screen lock.',
}
