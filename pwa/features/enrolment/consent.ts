// Who vouches for letting a workstation in: this device's passkey, where a workstation has pinned it; else nobody here (T4). The server decides.
import { useCallback } from 'react'
import { ProblemError } from '../../graphql/problem.ts'
import { problemOf, readPasskey, voucherOf } from '../../keys/passkeys.ts'
import type { Vouch } from '../pairing/handshake.ts'
import { usePasskeys } from '../passkeys/passkeys.ts'

/** Undefined where no passkey of this device would count: then a key press at a known workstation does. */
export function useConsent(): () => Promise<Vouch | undefined> {
  const { own, hosts } = usePasskeys()
  return useCallback(async () => {
    const kept = await readPasskey()
    const known = own?.find(({ id }) => id === kept?.id)
    const counts = known?.hostIds.some((id) => hosts.some((host) => host.id === id)) ?? false
    if (kept === null || !counts) return undefined
    return async (challenge) => {
      try {
        return await voucherOf(kept).vouch(challenge)
      } catch (error) {
        const { code, message } = problemOf(error)
        throw new ProblemError({ code: `PASSKEY_${code.toUpperCase()}`, message })
      }
    }
  }, [own, hosts])
}
