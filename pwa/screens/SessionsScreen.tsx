// All sessions: needs-me first, then by workstation and repository. A screen on a phone, the side pane on a desktop.
import './sessions.css'
import { type PointerEvent, type ReactNode, type TouchEvent, useMemo, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { useDecisions } from '../features/decisions/decisions.tsx'
import { useEffectivePolicy } from '../features/policy/effective.ts'
import { whoseWords } from '../features/policy/setting-words.ts'
import { SessionMenu } from '../features/session/session-menu.tsx'
import { useArchived } from '../features/sessions/archived.ts'
import { BulkBar } from '../features/sessions/bulk-bar.tsx'
import { type Layout, layOut, matching } from '../features/sessions/grouping.ts'
import { useMoves } from '../features/sessions/moves.ts'
import { usePutAway } from '../features/sessions/put-away.tsx'
import { type RowHandling, SessionList } from '../features/sessions/session-list.tsx'
import { useNow, useSessions } from '../features/sessions/sessions.ts'
import type { Waiting } from '../features/sessions/state-words.ts'
import { AwaitsTrust } from '../features/sign-in/awaits-trust.tsx'
import { useLink } from '../graphql/connection-context.tsx'
import { At } from '../ui/age.tsx'
import { ScreenTitle } from '../ui/bars.tsx'
import { Button, IconButton, TextLink } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { Menu } from '../ui/menu.tsx'
import { Divider, EmptyState } from '../ui/note.tsx'
import { Typed } from '../ui/typed.tsx'
import { useWide } from '../ui/wide.ts'

/** The newest value while no finger is down; the one before it until the finger is lifted: rows never move under a finger. */
function useSteady<Value>(value: Value) {
  const [pressed, setPressed] = useState(false)
  const shown = useRef(value)
  if (!pressed) shown.current = value
  const up = () => setPressed(false)
  // A finger that begins to scroll is no pointer any more, but it is still there: its end is told by touches alone.
  const lifted = (event: TouchEvent) => event.touches.length === 0 && up()
  const hands = {
    onPointerDown: () => setPressed(true),
    onPointerUp: (event: PointerEvent) => event.pointerType !== 'touch' && up(),
    onPointerCancel: (event: PointerEvent) => event.pointerType !== 'touch' && up(),
    onTouchEnd: lifted,
    onTouchCancel: lifted,
  }
  return [shown.current, hands] as const
}

/** The oldest open decision of each session. */
function useWaiting(): (sessionId: string) => Waiting | null {
  const decisions = useDecisions()
  return useMemo(() => {
    const first = new Map<string, Waiting>()
    for (const decision of decisions) if (!first.has(decision.session.id)) first.set(decision.session.id, decision)
    return (sessionId) => first.get(sessionId) ?? null
  }, [decisions])
}

export default function SessionsScreen({ activeId }: { activeId?: string }) {
  const wide = useWide()
  const link = useLink()
  const now = useNow()
  const [, go] = useLocation()
  const state = useSessions()
  const waitingOf = useWaiting()
  const [query, setQuery] = useState<string | null>(null)
  const [view, setView] = useState<'live' | 'archived'>('live')
  const [selected, setSelected] = useState<ReadonlySet<string> | null>(null)
  const archived = useArchived(view === 'archived', String(state.seenAt))

  const put =
    view === 'archived'
      ? archived.sessions
      : state.sessions.filter((one) => one.archivedAt === null || waitingOf(one.id) !== null)
  const found = matching(put, query ?? '')
  const laidOut = useMemo(
    () => layOut({ sessions: found, waitingOf, now, aheadMs: state.aheadMs }),
    [found, waitingOf, now, state.aheadMs],
  )
  const [layout, press] = useSteady(laidOut)
  const { swipe, bar } = usePutAway(view === 'archived')
  const list = useRef<HTMLDivElement>(null)
  useMoves(list, orderOf(layout), query !== null || view === 'archived')

  const handling: RowHandling = {
    activeId,
    selected,
    onOpen(address, event) {
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
      event.preventDefault()
      go(address)
    },
    onToggle(id) {
      const next = new Set(selected)
      if (!next.delete(id)) next.add(id)
      setSelected(next)
    },
    swipe,
    menu: ({ session }) => <SessionMenu session={session} onStop={null} />,
  }
  const title = view === 'archived' ? 'Archive' : 'Sessions'
  const tools = (
    <>
      <IconButton
        icon="search"
        label="Search"
        pressed={query !== null}
        onClick={() => setQuery(query === null ? '' : null)}
      />
      <Menu
        label="Sessions"
        trigger={(t) => <IconButton icon="more" label="More" ref={t.ref} onClick={t.onClick} />}
        items={[
          {
            id: 'select',
            label: 'Select',
            icon: 'tick',
            disabled: put.length === 0,
            onSelect: () => setSelected(new Set()),
          },
          {
            id: 'view',
            label: view === 'live' ? 'Show the archive' : 'Show sessions',
            icon: view === 'live' ? 'archive' : 'sessions',
            onSelect: () => {
              setSelected(null)
              setView(view === 'live' ? 'archived' : 'live')
            },
          },
        ]}
      />
    </>
  )
  const away = link.kind === 'offline' || link.kind === 'reconnecting' || state.source === 'kept'
  return (
    <div className={wide ? 'sessions sessions-pane' : 'sessions'}>
      {wide ? (
        <div className="sessions-tools">
          <span className="type-strong">{title}</span>
          {tools}
        </div>
      ) : (
        <ScreenTitle end={tools}>{title}</ScreenTitle>
      )}
      {query !== null && (
        <div className="sessions-search">
          <Field
            label="Search by title, repository or workstation"
            hideLabel
            type="search"
            autoFocus
            placeholder="Title, repository, workstation"
            value={query}
            onChange={setQuery}
            onKeyDown={(event) => event.key === 'Escape' && setQuery(null)}
          />
        </div>
      )}
      <AwaitsTrust />
      <div className="sessions-list" ref={list} {...press}>
        <SessionList layout={layout} handling={handling} />
        <Nothing
          {...{ view, query }}
          count={found.length}
          known={view === 'archived' ? archived.loaded : state.source !== 'opening'}
        >
          {view === 'live' && state.problem?.message}
        </Nothing>
        {view === 'archived' && archived.more && (
          <p className="sessions-more">
            <TextLink onClick={archived.more}>Show more</TextLink>
          </p>
        )}
        {away && state.seenAt !== null && (
          <Divider>
            <span>
              Seen up to <At at={link.kind === 'live' ? state.seenAt : Math.min(state.seenAt, link.sinceMs)} />
            </span>
          </Divider>
        )}
      </div>
      {selected === null && bar}
      {selected !== null && (
        <BulkBar ids={[...selected]} archived={view === 'archived'} onDone={() => setSelected(null)} />
      )}
    </div>
  )
}

/** Which rows stand where, as one text. */
const orderOf = ({ waiting, hosts }: Layout): string =>
  [
    ...waiting.map((placed) => placed.session.id),
    ...hosts.flatMap(({ repositories }) =>
      repositories.flatMap(({ name, rows }) => [name, ...rows.map((placed) => placed.session.id)]),
    ),
  ].join(' ')

/** One sentence and what to do, when there is nothing to list. */
function Nothing(props: {
  view: 'live' | 'archived'
  query: string | null
  count: number
  known: boolean
  children: ReactNode
}) {
  if (props.count > 0 || !props.known) return null
  if (props.query) return <EmptyState>No session fits “{props.query}”.</EmptyState>
  if (props.view === 'archived') return <EmptyState>Nothing is archived.</EmptyState>
  return <NoSession>{props.children}</NoSession>
}

/** Nothing is listed while remote control is off, and nothing could be started: then that is said, and whose word it is (F3). */
function NoSession({ children }: { children: ReactNode }) {
  const [, go] = useLocation()
  const policy = useEffectivePolicy()
  const rule = policy?.remoteControl === 'OFF' && policy.settings.find(({ name }) => name === 'remoteControl')
  if (rule && !children)
    return (
      <EmptyState
        action={
          <Button kind="quiet" onClick={() => go('/settings/policy')}>
            What holds for you
          </Button>
        }
      >
        Remote control is off, so no session is shown here. Agents go on at their terminals. {whoseWords(rule)}
      </EmptyState>
    )
  return (
    <EmptyState>
      {children || (
        <>
          No session yet. On the workstation, start one with <Typed>offdesk run claude --remote</Typed>; it appears here
          by itself.
        </>
      )}
    </EmptyState>
  )
}
