// Gives screens the decisions: `useDecisions()`, `useSessionDecisions(id)`, `useDecision(id)`.
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { useConnection } from '../../graphql/connection-context.tsx'
import { readVault, writeVault } from '../../keys/vault.ts'
import { createDecisionStore, type Decision, type DecisionStore } from './decision-store.ts'

const NAME = 'open-decisions'
const Context = createContext<DecisionStore | null>(null)

/** Follows the server's decisions for as long as the app is connected. */
export function DecisionsProvider({ children }: { children: ReactNode }) {
  const { live } = useConnection()
  const [store] = useState(createDecisionStore)
  useEffect(() => {
    const over = new AbortController()
    readVault(NAME).then(
      // Written below alone; a list of anything else is none.
      (kept) => !over.signal.aborted && Array.isArray(kept) && store.recall(kept as Decision[]),
      () => undefined,
    )
    store.follow(live, over.signal)
    let last = store.open()
    const stop = store.subscribe(() => {
      if (store.open() === last || !store.isLoaded()) return
      last = store.open()
      writeVault(NAME, last).catch(() => undefined)
    })
    return () => {
      stop()
      over.abort()
    }
  }, [store, live])
  return <Context value={store}>{children}</Context>
}

/** Throws outside the provider: a mistake of the programmer. */
export function useDecisionStore(): DecisionStore {
  const store = useContext(Context)
  if (!store) throw new Error('DecisionsProvider is missing')
  return store
}

/** Every open decision, longest waiting first. */
export function useDecisions(): readonly Decision[] {
  const store = useDecisionStore()
  return useSyncExternalStore(store.subscribe, store.open)
}

/** False until the server has said once what is open. */
export function useDecisionsLoaded(): boolean {
  const store = useDecisionStore()
  return useSyncExternalStore(store.subscribe, store.isLoaded)
}

/** The open decisions of one session, longest waiting first. */
export function useSessionDecisions(sessionId: string): readonly Decision[] {
  const all = useDecisions()
  return useMemo(() => all.filter((decision) => decision.session.id === sessionId), [all, sessionId])
}

/** The settled ones known here, newest first. */
export function useSettledDecisions(): readonly Decision[] {
  const store = useDecisionStore()
  return useSyncExternalStore(store.subscribe, store.settled)
}

/** One decision, open or settled; undefined when it was never seen here. */
export function useDecision(id: string | undefined): Decision | undefined {
  const store = useDecisionStore()
  const read = () => (id === undefined ? undefined : store.get(id))
  return useSyncExternalStore(store.subscribe, read)
}
