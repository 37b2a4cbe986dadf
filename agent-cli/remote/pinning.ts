// A device's wish to have its passkey pinned at this host: who asks is checked by the device's own key, and a person at this terminal or a passkey that is
// pinned already says yes (T4, T5). The server is not believed.
import { commandChallenge } from '../../protocol/command.ts'
import { verify } from '../../protocol/keys.ts'
import { type Assertion, passkeyHost, pinningBytes, pinningCode } from '../../protocol/passkey.ts'
import { doubtAbout, readPasskeyKey } from './assertion.ts'
import type { CommandOf } from './host-operations.ts'
import type { PinnedPasskey, Roster, TrustedDevice } from './roster.ts'

export type AskedPin = {
  readonly device: TrustedDevice
  readonly passkey: Omit<PinnedPasskey, 'via' | 'pinnedAt'>
  /** Six signs, shown here and on the device. */
  readonly code: string
  readonly assertion: Assertion | null
  /** What a passkey that was pinned before must sign. */
  readonly challenge: string
}

export type PinRefused = { readonly code: string; readonly message: string; readonly rule: string }

/** What is asked, once the device of this roster is known to have asked it. */
export async function readPinning(
  command: CommandOf<'PinPasskey'>,
  hostId: string,
  roster: Roster,
): Promise<AskedPin | { readonly refused: PinRefused }> {
  const { deviceId, passkeyId, pinnedKey: publicKey, origin, passkeyName: name, pinSignature, assertion } = command
  const device = deviceId === null ? null : await roster.find(deviceId)
  const isSigned = async (key: string, id: string) => {
    const bytes = pinningBytes({ hostId, deviceId: id, passkeyId, publicKey, origin })
    return (await verify(key, bytes, pinSignature)) ? bytes : null
  }
  try {
    if (device === null || device.publicKey === null)
      return no('REVOKED', 'This machine does not know the device.', 'T5 roster')
    const bytes = await isSigned(device.publicKey, device.id)
    if (bytes === null)
      return no('SIGNATURE_WRONG', 'The device has not signed what arrived here. Nothing was pinned.', 'T5 signature')
    if (passkeyHost(origin) === null)
      return no('BAD_INPUT', 'A passkey belongs to an HTTPS address or to localhost.', 'T4 passkey')
    readPasskeyKey(publicKey)
    const passkey = { id: passkeyId, publicKey, origin, name }
    return { device, passkey, code: await pinningCode(bytes), assertion, challenge: await commandChallenge(bytes) }
  } catch (error) {
    return no(
      'BAD_INPUT',
      `The passkey cannot be pinned: ${error instanceof Error ? error.message : error}.`,
      'T4 passkey',
    )
  }
}

/** Pins on the word of a passkey that is pinned for the same device. Null when it is done. */
export async function pinVouched(asked: AskedPin, roster: Roster, now = () => new Date()): Promise<PinRefused | null> {
  const { assertion, device, challenge } = asked
  const voucher = device.passkeys?.find(({ id }) => id === assertion?.id)
  if (assertion === null || voucher === undefined)
    return no(
      'PASSKEY_REQUIRED',
      'This machine has not pinned the passkey that vouches for the new one. Press y here: “offdesk devices pin”.',
      'T4 passkey',
    ).refused
  const doubt = doubtAbout(assertion, voucher, challenge)
  if (doubt !== null)
    return no('PASSKEY_WRONG', `The passkey does not vouch for the new one: ${doubt}.`, 'T4 passkey').refused
  return pin(asked, roster, voucher.id, now)
}

/** A person at this terminal has compared the code and pressed y. */
export const pinConfirmed = (asked: AskedPin, roster: Roster, now = () => new Date()): Promise<PinRefused | null> =>
  pin(asked, roster, 'terminal', now)

/** Nothing is left to ask: that very key stands there already. */
export const isPinned = ({ device, passkey }: AskedPin): boolean =>
  device.passkeys?.some(({ id, publicKey }) => id === passkey.id && publicKey === passkey.publicKey) ?? false

async function pin(asked: AskedPin, roster: Roster, via: string, now: () => Date): Promise<PinRefused | null> {
  const isThere = await roster.pin(asked.device.id, { ...asked.passkey, via, pinnedAt: now().toISOString() })
  return isThere ? null : no('REVOKED', 'This machine does not know the device any more.', 'T5 roster').refused
}

const no = (code: string, message: string, rule: string) => ({ refused: { code, message, rule } })
