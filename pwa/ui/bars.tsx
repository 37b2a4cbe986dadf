// The bars that hold a screen: header, big title, tabs, composer frame. They place what they are given and leave room for notches.
import type { MouseEvent, ReactNode } from 'react'
import { IconButton } from './button.tsx'
import { Icon, type IconName } from './icon.tsx'

/** Back, a name and a meta line, and what can be done. `wide` puts both on one line (two panes). */
export function Header(props: {
  title: ReactNode
  meta?: ReactNode | undefined
  onBack?: (() => void) | undefined
  end?: ReactNode | undefined
  wide?: boolean | undefined
}) {
  const className = ['header', !props.onBack && 'header-no-back', props.wide && 'header-wide']
  return (
    <header className={className.filter(Boolean).join(' ')}>
      {props.onBack && <IconButton icon="back" label="Back" onClick={props.onBack} />}
      <div className="header-text">
        <h1 className="cut" {...(typeof props.title === 'string' ? { title: props.title } : {})}>
          {props.title}
        </h1>
        {props.meta !== undefined && (
          <div className="header-sub">
            {typeof props.meta === 'string' ? <span className="cut">{props.meta}</span> : props.meta}
          </div>
        )}
      </div>
      {props.end !== undefined && <div className="header-end">{props.end}</div>}
    </header>
  )
}

/** Parts of a meta line with a middle dot between them: `Live · atlas · branch`. */
export function Dotted({ children }: { children: ReactNode }) {
  return <span className="dot-list">{children}</span>
}

/** The big name of a screen, with one or two icons at its right. */
export function ScreenTitle({ children, end }: { children: ReactNode; end?: ReactNode | undefined }) {
  return (
    <header className="screen-title">
      <h1 className="type-screen">{children}</h1>
      {end !== undefined && <div className="header-end">{end}</div>}
    </header>
  )
}

/** The number of open decisions, nothing else. Zero shows nothing. */
export function Badge({ count }: { count: number }) {
  return count > 0 ? <span className="badge">{count > 99 ? '99+' : count}</span> : null
}

export type Tab = { id: string; label: string; icon: IconName; href: string; badge?: number | undefined }

/** The tabs at the bottom. Plain links: `onSelect` may prevent the event and go there by the router. */
export function Tabs(props: {
  tabs: readonly Tab[]
  current: string
  onSelect?: ((tab: Tab, event: MouseEvent<HTMLAnchorElement>) => void) | undefined
  /** The blue button at the right: an IconButton-sized element (`TabsAction`). */
  action?: ReactNode | undefined
}) {
  return (
    <nav className="tabs" aria-label="Main">
      {props.tabs.map((tab) => (
        <a
          key={tab.id}
          className="tab"
          href={tab.href}
          aria-current={tab.id === props.current ? 'page' : undefined}
          onClick={(event) => props.onSelect?.(tab, event)}
        >
          <span className="tab-icon">
            <Icon name={tab.icon} />
            <Badge count={tab.badge ?? 0} />
          </span>
          {tab.label}
        </a>
      ))}
      {props.action !== undefined && <div className="tabs-action">{props.action}</div>}
    </nav>
  )
}

/** The blue button beside the tabs. */
export function TabsAction({ icon, label, onClick }: { icon: IconName; label: string; onClick: () => void }) {
  return (
    <button type="button" aria-label={label} title={label} onClick={onClick}>
      <Icon name={icon} />
    </button>
  )
}

/**
 * The composer's frame: state and Cancel turn | plus, field, send | mode left, when right. Holds no text itself.
 * `wide` (two panes) is one framed line: plus, field, foot, send; the state is in the header there.
 */
export function ComposerFrame(props: {
  state?: ReactNode | undefined
  line: ReactNode
  foot?: ReactNode | undefined
  above?: ReactNode | undefined
  wide?: boolean | undefined
}) {
  return (
    <div className={props.wide ? 'composer composer-wide' : 'composer'}>
      {props.above}
      {props.state !== undefined && <div className="composer-state">{props.state}</div>}
      <div className="composer-line">{props.line}</div>
      {props.foot !== undefined && <div className="composer-foot">{props.foot}</div>}
    </div>
  )
}
