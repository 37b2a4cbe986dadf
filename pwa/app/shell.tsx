// The frame around a screen: tabs at the bottom of a phone, two panes from 900 px on. Knows the addresses, no screen's content.
import { lazy, type MouseEvent, type ReactNode, Suspense } from 'react'
import { useLocation } from 'wouter'
import { useDecisions } from '../features/decisions/decisions.tsx'
import { useViewer } from '../features/devices/viewer.ts'
import { LockKeeper } from '../features/lock/lock-keeper.tsx'
import { useLooking } from '../features/looking/looking-context.tsx'
import { AppMark } from '../ui/app-mark.tsx'
import { Badge, Tabs } from '../ui/bars.tsx'
import { Icon } from '../ui/icon.tsx'
import { useWide } from '../ui/wide.ts'
import { OfflineBanner } from './offline-banner.tsx'
import { UpdatePrompt } from './update-prompt.tsx'

const SessionsScreen = lazy(() => import('../screens/SessionsScreen.tsx'))

/** A plain click goes by the router; a new tab stays the browser's. */
export function useGo(): (href: string, event: MouseEvent<HTMLElement>) => void {
  const [, go] = useLocation()
  return (href, event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    go(href)
  }
}

export function Shell(props: {
  children: ReactNode
  tab: 'sessions' | 'inbox' | 'settings' | null
  activeId?: string
}) {
  const wide = useWide()
  return wide ? <TwoPanes {...props} /> : <Phone {...props} />
}

function Phone(props: { children: ReactNode; tab: string | null }) {
  const go = useGo()
  const waiting = useDecisions().length
  // A session's own header says how the link stands; there a second line would say it twice.
  const ownHeader = props.tab === null
  return (
    <div className="phone">
      <UpdatePrompt />
      {!ownHeader && <OfflineBanner />}
      <LockKeeper />
      <main className="phone-screen">{props.children}</main>
      {!ownHeader && (
        <Tabs
          current={props.tab ?? ''}
          tabs={[
            { id: 'sessions', label: 'Sessions', icon: 'sessions', href: '/' },
            { id: 'inbox', label: 'Inbox', icon: 'inbox', href: '/inbox', badge: waiting },
            { id: 'settings', label: 'Settings', icon: 'sliders', href: '/settings' },
          ]}
          onSelect={(tab, event) => go(tab.href, event)}
        />
      )}
    </div>
  )
}

function TwoPanes(props: { children: ReactNode; tab: string | null; activeId?: string }) {
  const go = useGo()
  const waiting = useDecisions().length
  const viewer = useViewer()
  const looking = useLooking()
  return (
    <div className="panes">
      <aside className="pane-side" aria-label="Sessions">
        <div className="pane-brand">
          <AppMark size={20} />
          <span className="type-bar">Offdesk</span>
        </div>
        <a
          className="pane-inbox"
          href="/inbox"
          aria-current={props.tab === 'inbox' ? 'page' : undefined}
          onClick={(event) => go('/inbox', event)}
        >
          <Icon name="inbox" />
          <span>Inbox</span>
          <Badge count={waiting} />
        </a>
        <div className="pane-list">
          {/* Beside the settings of a device that must be verified first. */}
          <Suspense fallback={null}>
            {looking.kind !== 'due' && (
              <SessionsScreen {...(props.activeId === undefined ? {} : { activeId: props.activeId })} />
            )}
          </Suspense>
        </div>
        <a
          className="pane-foot"
          href="/settings"
          aria-label="Settings"
          aria-current={props.tab === 'settings' ? 'page' : undefined}
          onClick={(event) => go('/settings', event)}
        >
          <span className="cut">{viewer?.principal.name ?? 'Settings'}</span>
          <Icon name="sliders" />
        </a>
      </aside>
      <div className="pane-main">
        <UpdatePrompt />
        {props.tab !== null && <OfflineBanner />}
        <LockKeeper />
        <main className="pane-screen">{props.children}</main>
      </div>
    </div>
  )
}
