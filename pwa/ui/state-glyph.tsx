// The sign before a session or a step. Circles report, squares ask: a ring says how it is, a filled amber tile that a person is needed.
import { Icon, type IconName } from './icon.tsx'

export type ReportedState = 'working' | 'idle' | 'stopped' | 'offline' | 'done' | 'denied'

const glyphs: Record<ReportedState, IconName> = {
  working: 'working',
  idle: 'idle',
  stopped: 'cross',
  offline: 'offline',
  done: 'tick',
  denied: 'cross',
}

/** The 18 px sign of a state. Decorative: the words beside it say the same. */
export function StateGlyph({ state, size = 18 }: { state: ReportedState; size?: 16 | 18 | 20 | undefined }) {
  return (
    <span className={`glyph glyph-${state}`}>
      <Icon name={glyphs[state]} size={size} />
    </span>
  )
}

export type AskedKind = 'permission' | 'question' | 'plan' | 'edit'

const tiles: Record<AskedKind, IconName> = {
  permission: 'terminal',
  question: 'question',
  plan: 'list',
  edit: 'file',
}

/** The 32 px tile of an open decision; `permission` is a command, `edit` a change to a file. */
export function DecisionTile({ kind }: { kind: AskedKind }) {
  return (
    <span className="tile">
      <Icon name={tiles[kind]} size={18} />
    </span>
  )
}

/** A tile that asks for nothing: the levels of a policy. accent marks the one that decides. */
export function QuietTile({ icon, accent }: { icon: IconName; accent?: boolean | undefined }) {
  return (
    <span className={accent ? 'tile tile-accent' : 'tile tile-quiet'}>
      <Icon name={icon} size={18} />
    </span>
  )
}
