// Addresses to screens. Each screen is its own chunk; the service worker keeps them all for when there is no network.
import { lazy, type ReactNode, Suspense } from 'react'
import { Redirect, Route, Switch, useLocation, useSearchParams } from 'wouter'
import { showsNoSession } from '../features/looking/looking.ts'
import { useLooking } from '../features/looking/looking-context.tsx'
import { VerifyToLook } from '../features/looking/VerifyToLook.tsx'
import { useWide } from '../ui/wide.ts'
import { Shell } from './shell.tsx'

const SessionsScreen = lazy(() => import('../screens/SessionsScreen.tsx'))
const SessionScreen = lazy(() => import('../screens/SessionScreen.tsx'))
const InboxScreen = lazy(() => import('../screens/InboxScreen.tsx'))
const SettingsScreen = lazy(() => import('../screens/SettingsScreen.tsx'))
const PolicyScreen = lazy(() => import('../screens/PolicyScreen.tsx'))
const PasskeysScreen = lazy(() => import('../screens/PasskeysScreen.tsx'))
const AdminScreen = lazy(() => import('../screens/AdminScreen.tsx'))
const AdminPolicyScreen = lazy(() => import('../screens/AdminPolicyScreen.tsx'))
const AdminMembersScreen = lazy(() => import('../screens/AdminMembersScreen.tsx'))
const AdminMemberScreen = lazy(() => import('../screens/AdminMemberScreen.tsx'))
const AdminAuditScreen = lazy(() => import('../screens/AdminAuditScreen.tsx'))
const AdminSignOnScreen = lazy(() => import('../screens/AdminSignOnScreen.tsx'))
const AdminTokensScreen = lazy(() => import('../screens/AdminTokensScreen.tsx'))
const AdminWebhooksScreen = lazy(() => import('../screens/AdminWebhooksScreen.tsx'))
const DevicesScreen = lazy(() => import('../screens/DevicesScreen.tsx'))
const SignInSettingsScreen = lazy(() => import('../screens/SignInSettingsScreen.tsx'))
const SignInScreen = lazy(() => import('../screens/SignInScreen.tsx'))
const OidcReturnScreen = lazy(() => import('../screens/OidcReturnScreen.tsx'))
export const PairScreen = lazy(() => import('../screens/PairScreen.tsx'))

const late = (screen: ReactNode) => <Suspense fallback={null}>{screen}</Suspense>

function SessionRoute({ id }: { id: string }) {
  const [search] = useSearchParams()
  const decisionId = search.get('d') ?? undefined
  return <SessionScreen key={id} id={id} {...(decisionId === undefined ? {} : { decisionId })} />
}

/** Administration needs a token of its own and no pairing; `onLeave` is null where there is nothing else to go to. */
export function AdminRoutes({ onLeave }: { onLeave: (() => void) | null }) {
  return (
    <Switch>
      <Route path="/admin">{late(<AdminScreen onLeave={onLeave} />)}</Route>
      <Route path="/admin/:id/policy">{({ id }) => late(<AdminPolicyScreen scopeId={id} />)}</Route>
      <Route path="/admin/:id/members">{({ id }) => late(<AdminMembersScreen scopeId={id} />)}</Route>
      <Route path="/admin/:id/members/:person">
        {({ id, person }) => late(<AdminMemberScreen scopeId={id} ownerId={person} />)}
      </Route>
      <Route path="/admin/:id/audit">{({ id }) => late(<AdminAuditScreen scopeId={id} />)}</Route>
      <Route path="/admin/:id/webhooks">{({ id }) => late(<AdminWebhooksScreen scopeId={id} />)}</Route>
      <Route path="/admin/:id/sign-on">{({ id }) => late(<AdminSignOnScreen scopeId={id} />)}</Route>
      <Route path="/admin/tokens">{late(<AdminTokensScreen />)}</Route>
      <Route>
        <Redirect to="/admin" replace />
      </Route>
    </Switch>
  )
}

/** Signing in needs nobody to be anybody; it stands outside the app also where somebody is. */
export function SignInRoutes() {
  return (
    <Switch>
      <Route path="/sign-in/oidc/:organisation">{late(<OidcReturnScreen />)}</Route>
      <Route>{late(<SignInScreen />)}</Route>
    </Switch>
  )
}

/** The app of a paired device. */
export function Routes() {
  const wide = useWide()
  const [location, go] = useLocation()
  const looking = useLooking()
  if (looking.kind === 'due' && !showsNoSession(location)) return <VerifyToLook state={looking} />
  return (
    <Switch>
      <Route path="/admin/*?">
        <Shell tab="settings">
          <AdminRoutes onLeave={() => go('/settings')} />
        </Shell>
      </Route>
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
      <Route path="/settings/passkeys">
        <Shell tab="settings">{late(<PasskeysScreen />)}</Shell>
      </Route>
      <Route path="/settings/policy">
        <Shell tab="settings">{late(<PolicyScreen />)}</Shell>
      </Route>
      <Route path="/settings/devices">
        <Shell tab="settings">{late(<DevicesScreen />)}</Shell>
      </Route>
      <Route path="/login">
        <Shell tab="settings">{late(<DevicesScreen enrols />)}</Shell>
      </Route>
      <Route path="/settings/sign-in">
        <Shell tab="settings">{late(<SignInSettingsScreen />)}</Shell>
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
