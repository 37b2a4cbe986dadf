// Gives features the connection: `useConnection()`, `useLink()`, `useLive(…)`, and urql's own hooks beneath it.
import { createContext, type ReactNode, useContext, useEffect, useRef, useSyncExternalStore } from 'react'
import { Provider as UrqlProvider } from 'urql'
import type { Connection } from './connection.ts'
import type { Link } from './link.ts'
import type { LiveRequest } from './live.ts'

const Context = createContext<Connection | null>(null)

export function ConnectionProvider(props: { connection: Connection; children: ReactNode }) {
  return (
    <Context value={props.connection}>
      <UrqlProvider value={props.connection.urql}>{props.children}</UrqlProvider>
    </Context>
  )
}

/** Throws outside the provider: a mistake of the programmer. */
export function useConnection(): Connection {
  const connection = useContext(Context)
  if (!connection) throw new Error('ConnectionProvider is missing')
  return connection
}

/** How the link stands; renders again when it changes. */
export function useLink(): Link {
  const { link } = useConnection()
  return useSyncExternalStore(link.subscribe, link.current)
}

/**
 * A subscription for as long as the component is there. Starts again when `subject` changes (a session's id); the newest
 * callbacks are used, so they need no memo.
 */
export function useLive<Data, Variables>(subject: string, request: Omit<LiveRequest<Data, Variables>, 'signal'>): void {
  const { live } = useConnection()
  const newest = useRef(request)
  useEffect(() => {
    newest.current = request
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: the subject is the identity of what is followed
  useEffect(() => {
    const over = new AbortController()
    live({
      document: newest.current.document,
      variables: () => newest.current.variables(),
      onData: (data: Data) => newest.current.onData(data),
      onProblem: (problem) => newest.current.onProblem?.(problem),
      signal: over.signal,
    })
    return () => over.abort()
  }, [live, subject])
}
