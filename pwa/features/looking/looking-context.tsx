// Gives the app what stands between it and the sessions: `useLooking()`. Follows the server for as long as the app is connected.
import './looking.css'
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react'
import { useConnection } from '../../graphql/connection-context.tsx'
import { coverWhileAway, emptyTrayWhenDue } from './away.ts'
import { createLooking, type LookingState, type LookingStore } from './looking.ts'

const Context = createContext<LookingStore | null>(null)

export function LookingProvider({ children }: { children: ReactNode }) {
  const connection = useConnection()
  const [store, setStore] = useState<LookingStore | null>(null)
  useEffect(() => {
    const made = createLooking(connection)
    setStore(made)
    const wakes = coverWhileAway(made)
    const bares = emptyTrayWhenDue(made)
    return () => {
      wakes()
      bares()
      made.close()
    }
  }, [connection])
  return store && <Context value={store}>{children}</Context>
}

/** Throws outside the provider: a mistake of the programmer. */
export function useLookingStore(): LookingStore {
  const store = useContext(Context)
  if (!store) throw new Error('LookingProvider is missing')
  return store
}

export function useLooking(): LookingState {
  const store = useLookingStore()
  return useSyncExternalStore(store.subscribe, store.current)
}
