// After a sign-in: who this browser is now, and where its person wanted to go.
import { useCallback } from 'react'
import { useLocation } from 'wouter'
import type { Identity } from '../../keys/identity.ts'
import { useIdentity, useIdentityStore } from '../../keys/identity-context.tsx'
import type { SignedIn } from './documents.ts'
import { takePlace } from './place.ts'

/** No workstation has brought it in: until one trusts its key it may look. */
const identityOf = (signed: SignedIn, before: Identity | null): Identity => ({
  token: signed.token,
  deviceId: signed.deviceId,
  deviceName: signed.deviceName,
  hostId: before?.hostId ?? null,
  hostName: before?.hostName ?? '',
  pairedAt: new Date().toISOString(),
})

/** Keeps who this browser is now, and goes there. */
export function useAdmitted(): (signed: SignedIn) => Promise<void> {
  const [, go] = useLocation()
  const store = useIdentityStore()
  const state = useIdentity()
  const before = state.kind === 'paired' ? state.identity : null
  return useCallback(
    async (signed: SignedIn) => {
      await store.keep(identityOf(signed, before))
      go(takePlace(), { replace: true })
    },
    [store, before, go],
  )
}
