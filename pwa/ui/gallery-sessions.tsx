// Gallery: the list of sessions, waiting first, then by workstation and repository.
import { Age, At } from './age.tsx'
import { Dotted, ScreenTitle, Tabs, TabsAction } from './bars.tsx'
import { IconButton } from './button.tsx'
import { time } from './gallery-time.ts'
import { LinkState } from './link-state.tsx'
import { Group, GroupHeading, GroupLabel, Row } from './row.tsx'
import { type AskedKind, DecisionTile, StateGlyph } from './state-glyph.tsx'

const waiting: { title: string; ask: string; kind: AskedKind; since: number }[] = [
  { title: 'Webhook retries', ask: 'Which retry policy? · atlas', kind: 'question', since: time(13, 54) },
  { title: 'Split the zsh config', ask: 'Approve this plan? · macbook, offline', kind: 'plan', since: time(14, 0) },
  { title: 'Idempotent invoices', ask: 'Run this command? · atlas', kind: 'permission', since: time(14, 2) },
  { title: 'Upgrade Vite to 8', ask: 'Run this command? · atlas', kind: 'permission', since: time(14, 5) },
]

export function SessionList({ chosen }: { chosen?: string }) {
  return (
    <>
      <GroupHeading aside="longest first">Waiting for you</GroupHeading>
      <Group waiting label="Waiting for you">
        {waiting.map((row) => (
          <Row
            key={row.title}
            tone="waiting"
            lead={<DecisionTile kind={row.kind} />}
            leadKind="tile"
            title={row.title}
            detail={row.ask}
            age={<Age since={row.since} />}
            chosen={row.title === chosen}
            href="#"
          />
        ))}
      </Group>
      <GroupHeading
        icon="monitor"
        aside={
          <Dotted>
            <LinkState link={{ kind: 'live' }} />
            <span>awake while busy</span>
          </Dotted>
        }
      >
        atlas
      </GroupHeading>
      <GroupLabel>acme/billing</GroupLabel>
      <Group>
        <Row
          lead={<StateGlyph state="working" />}
          title="Fix the flaky login test"
          detail="Working · Claude Code, autopilot"
          age={<Age since={time(14, 5) + 22_000} />}
          href="#"
        />
      </Group>
      <GroupLabel>acme/web</GroupLabel>
      <Group>
        <Row
          lead={<StateGlyph state="idle" />}
          title="Dark mode for receipts"
          detail="Idle · 6 files changed, tests pass"
          age={<Age since={time(12, 2)} />}
          href="#"
        />
        <Row
          lead={<StateGlyph state="stopped" />}
          title="Rename the plans page"
          detail={
            <>
              <strong className="row-bad">Stopped</strong> · usage limit until 16:00
            </>
          }
          age={<At at={time(13, 31)} />}
          href="#"
        />
      </Group>
      <GroupHeading icon="monitor" aside="Offline since 14:02">
        macbook
      </GroupHeading>
      <GroupLabel>dotfiles</GroupLabel>
      <Group>
        <Row
          tone="muted"
          lead={<StateGlyph state="offline" />}
          title="Neovim LSP update"
          detail="Was working when it went offline"
          age={<At at={time(14, 2)} />}
          href="#"
        />
      </Group>
    </>
  )
}

export function MainTabs({ current }: { current: string }) {
  return (
    <Tabs
      current={current}
      tabs={[
        { id: 'sessions', label: 'Sessions', icon: 'sessions', href: '#sessions' },
        { id: 'inbox', label: 'Inbox', icon: 'inbox', href: '#inbox', badge: 4 },
        { id: 'settings', label: 'Settings', icon: 'sliders', href: '#settings' },
      ]}
      action={<TabsAction icon="plus" label="New session" onClick={() => {}} />}
    />
  )
}

export function SessionsScreen() {
  return (
    <div className="screen">
      <ScreenTitle end={<IconButton icon="search" label="Search" />}>Sessions</ScreenTitle>
      <main className="screen-middle">
        <SessionList />
      </main>
      <MainTabs current="sessions" />
    </div>
  )
}
