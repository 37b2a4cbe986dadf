// Which app there is: none yet, not paired, paired, revoked. A connection lives as long as its token.
import { type ReactNode, Suspense, useEffect, useState } from 'react'
import { Route, Switch, useLocation } from 'wouter'
import { AnswersProvider } from '../features/decisions/answers-context.tsx'
import { DecisionsProvider } from '../features/decisions/decisions.tsx'
import { LockGate } from '../features/lock/lock-context.tsx'
import { LookingProvider } from '../features/looking/looking-context.tsx'
import { AppBadge } from '../features/push/app-badge.tsx'
import { createConnection } from '../graphql/connection.ts'
import { ConnectionProvider } from '../graphql/connection-context.tsx'
import type { IdentityStore } from '../keys/identity.ts'
import { IdentityProvider, useIdentity, useIdentityStore } from '../keys/identity-context.tsx'
import { ErrorBoundary } from './error-boundary.tsx'
import { NotPaired, Revoked } from './gates.tsx'
import { OpenFromWorker } from './open-from-worker.tsx'
import { AdminRoutes, PairScreen, Routes, SignInRoutes } from './routes.tsx'

function Connected({ token, children }: { token: string; children: ReactNode }) {
  const identity = useIdentityStore()
  const [connection] = useState(() =>
    createConnection({ token, origin: window.location.origin, onRevoked: () => void identity.markRevoked() }),
  )
  useEffect(() => () => connection.close(), [connection])
  return (
    <ConnectionProvider connection={connection}>
      <DecisionsProvider>
        <AnswersProvider>
          <LookingProvider>{children}</LookingProvider>
        </AnswersProvider>
      </DecisionsProvider>
    </ConnectionProvider>
  )
}

function Gate() {
  const state = useIdentity()
  const [location] = useLocation()
  if (state.kind === 'loading') return null
  if (location === '/sign-in' || location.startsWith('/sign-in/')) return <SignInRoutes />
  if (state.kind === 'paired')
    return (
      <LockGate>
        <Connected key={state.identity.token} token={state.identity.token}>
          <AppBadge />
          <OpenFromWorker />
          <Routes />
        </Connected>
      </LockGate>
    )
  return (
    <Switch>
      <Route path="/pair">
        <Suspense fallback={null}>
          <PairScreen />
        </Suspense>
      </Route>
      <Route path="/admin/*?">
        <main className="admin-alone">
          <AdminRoutes onLeave={null} />
        </main>
      </Route>
      <Route>{state.kind === 'revoked' ? <Revoked identity={state.identity} /> : <NotPaired />}</Route>
    </Switch>
  )
}

export function App({ identity }: { identity: IdentityStore }) {
  const [location] = useLocation()
  return (
    <IdentityProvider store={identity}>
      <ErrorBoundary resetKey={location}>
        <Gate />
      </ErrorBoundary>
    </IdentityProvider>
  )
}
