// The state of a session or decision in words, always with its age. Amber is for a person's turn and nothing else.
import type { ReactNode } from 'react'
import { Age, At, type Instant } from './age.tsx'
import { Icon, type IconName } from './icon.tsx'

/** A small filled label. `outline` for a rung or a mode; `amber` only when a person is needed. */
export function Chip(props: {
  children: ReactNode
  icon?: IconName | undefined
  tone?: 'quiet' | 'amber' | 'red' | 'outline' | undefined
}) {
  return (
    <span className={`chip chip-${props.tone ?? 'quiet'}`}>
      {props.icon && <Icon name={props.icon} size={16} />}
      {props.children}
    </span>
  )
}

export type SessionState =
  | { kind: 'waiting' | 'working' | 'idle' | 'offline'; since: Instant }
  | { kind: 'stopped'; reason?: string | undefined }
  | { kind: 'settled' }

/** `Waiting for you 4 min` · `Working 38 s` · `Idle 2 h` · `Stopped · usage limit until 16:00` · `Offline since 14:02` · `Settled`. */
export function StateWords({ state }: { state: SessionState }) {
  switch (state.kind) {
    case 'waiting':
      return (
        <span>
          Waiting for you <Age since={state.since} />
        </span>
      )
    case 'working':
      return (
        <span>
          Working <Age since={state.since} />
        </span>
      )
    case 'idle':
      return (
        <span>
          Idle <Age since={state.since} />
        </span>
      )
    case 'offline':
      return (
        <span>
          Offline since <At at={state.since} />
        </span>
      )
    case 'stopped':
      return <span>{state.reason ? `Stopped · ${state.reason}` : 'Stopped'}</span>
    case 'settled':
      return <span>Settled</span>
  }
}

const icons: Partial<Record<SessionState['kind'], IconName>> = {
  waiting: 'clock',
  working: 'working',
  settled: 'tick',
  offline: 'offline',
  stopped: 'cross',
}

/** The words in a chip, with their sign unless `plain`. */
export function StateChip({ state, plain }: { state: SessionState; plain?: boolean | undefined }) {
  const icon = plain ? undefined : icons[state.kind]
  const tone = state.kind === 'waiting' ? 'amber' : state.kind === 'stopped' ? 'red' : 'quiet'
  return (
    <Chip tone={tone} icon={icon}>
      <StateWords state={state} />
    </Chip>
  )
}
