// Gives screens the identity store. Knows no network.
import { createContext, type ReactNode, useContext, useSyncExternalStore } from 'react'
import type { IdentityState, IdentityStore } from './identity.ts'

const Context = createContext<IdentityStore | null>(null)

export function IdentityProvider(props: { store: IdentityStore; children: ReactNode }) {
  return <Context value={props.store}>{props.children}</Context>
}

/** Throws outside the provider: a mistake of the programmer. */
export function useIdentityStore(): IdentityStore {
  const store = useContext(Context)
  if (!store) throw new Error('IdentityProvider is missing')
  return store
}

/** Renders again when this device is paired, revoked or unpaired, in this tab or another. */
export function useIdentity(): IdentityState {
  const store = useIdentityStore()
  return useSyncExternalStore(store.subscribe, store.current)
}
