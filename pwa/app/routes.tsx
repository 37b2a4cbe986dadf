// Addresses to screens. Each screen is its own chunk; the service worker keeps them all for when there is no network.
import { lazy, type ReactNode, Suspense } from 'react'
import { Redirect, Route, Switch, useSearchParams } from 'wouter'
import { useWide } from '../ui/wide.ts'
import { Shell } from './shell.tsx'

const SessionsScreen = lazy(() => import('../screens/SessionsScreen.tsx'))
const SessionScreen = lazy(() => import('../screens/SessionScreen.tsx'))
const InboxScreen = lazy(() => import('../screens/InboxScreen.tsx'))
const SettingsScreen = lazy(() => import('../screens/SettingsScreen.tsx'))
const DevicesScreen = lazy(() => import('../screens/DevicesScreen.tsx'))
export const PairScreen = lazy(() => import('../screens/PairScreen.tsx'))

const late = (screen: ReactNode) => <Suspense fallback={null}>{screen}</Suspense>

function SessionRoute({ id }: { id: string }) {
  const [search] = useSearchParams()
  const decisionId = search.get('d') ?? undefined
  return <SessionScreen key={id} id={id} {...(decisionId === undefined ? {} : { decisionId })} />
}

/** The app of a paired device. */
export function Routes() {
  const wide = useWide()
  return (
    <Switch>
      <Route path="/pair">{late(<PairScreen />)}</Route>
      <Route path="/s/:id">
        {({ id }) => (
          <Shell tab={null} activeId={id}>
            {late(<SessionRoute id={id} />)}
          </Shell>
        )}
      </Route>
      <Route path="/inbox">
        <Shell tab="inbox">{late(<InboxScreen />)}</Shell>
      </Route>
      <Route path="/settings/devices">
        <Shell tab="settings">{late(<DevicesScreen />)}</Shell>
      </Route>
      <Route path="/settings">
        <Shell tab="settings">{late(<SettingsScreen />)}</Shell>
      </Route>
      <Route path="/">
        <Shell tab="sessions">
          {wide ? <p className="pane-empty">Choose a session on the left.</p> : late(<SessionsScreen />)}
        </Shell>
      </Route>
      <Route>
        <Redirect to="/" replace />
      </Route>
    </Switch>
  )
}
