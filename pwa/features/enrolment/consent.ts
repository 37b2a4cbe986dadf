// Who vouches for letting a workstation in: this device's passkey, where a workstation has pinned it; else one that its person signs in with; else nobody
// here (T4). The server decides.
import { useCallback } from 'react'
import { useQuery } from 'urql'
import type { Assertion } from '../../../protocol/passkey.ts'
import { ProblemError } from '../../graphql/problem.ts'
import { problemOf, readPasskey, voucherOf } from '../../keys/passkeys.ts'
import { askAnyPasskey } from '../../keys/sign-in-passkeys.ts'
import type { Vouch } from '../pairing/handshake.ts'
import { usePasskeys } from '../passkeys/passkeys.ts'
import { OwnSignInDocument } from '../sign-in/own-documents.ts'

const toldAs =
  (asks: (challenge: string) => Promise<Assertion>): Vouch =>
  async (challenge) => {
    try {
      return await asks(challenge)
    } catch (error) {
      const { code, message } = problemOf(error)
      throw new ProblemError({ code: `PASSKEY_${code.toUpperCase()}`, message })
    }
  }

/** `consent` resolves with undefined where no passkey of this person would count: then a key press at a known workstation does. */
export function useConsent(): { consent: () => Promise<Vouch | undefined>; asks: boolean } {
  const { own, hosts } = usePasskeys()
  const [{ data }] = useQuery({ query: OwnSignInDocument })
  const pinned = own?.find(({ hostIds }) => hostIds.some((id) => hosts.some((host) => host.id === id)))
  const signsIn = data?.signInPasskeys.some(({ origin }) => origin === window.location.origin) ?? false
  const consent = useCallback(async () => {
    const kept = await readPasskey()
    if (kept !== null && kept.id === pinned?.id) return toldAs(voucherOf(kept).vouch)
    if (!signsIn) return undefined
    return toldAs(async (challenge) => (await askAnyPasskey(window.location.hostname, challenge)).assertion)
  }, [pinned?.id, signsIn])
  return { consent, asks: pinned !== undefined || signsIn }
}
