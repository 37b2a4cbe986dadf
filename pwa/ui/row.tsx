// Groups and rows: the list of everything. A group never contains a group. Presentational; a link is an href and an onClick.
import type { MouseEvent, ReactNode } from 'react'
import { Icon, type IconName } from './icon.tsx'

/** Rows in one frame. `waiting` is the amber ground and is for what needs a person, nothing else. */
export function Group(props: {
  children: ReactNode
  waiting?: boolean | undefined
  flush?: boolean | undefined
  label?: string | undefined
}) {
  const className = ['group', props.waiting && 'group-waiting', props.flush && 'group-flush'].filter(Boolean).join(' ')
  return props.label ? (
    <section className={className} aria-label={props.label}>
      {props.children}
    </section>
  ) : (
    <div className={className}>{props.children}</div>
  )
}

/** The line above a group: a name, perhaps an icon, a quiet remark on the right. */
export function GroupHeading(props: {
  children: ReactNode
  icon?: IconName | undefined
  aside?: ReactNode | undefined
}) {
  return (
    <div className="group-heading">
      {props.icon && <Icon name={props.icon} size={18} />}
      <h2 className="cut">{props.children}</h2>
      {props.aside !== undefined && <div className="group-heading-aside">{props.aside}</div>}
    </div>
  )
}

/** The small name of a part (a repository), and the note under a group. */
export function GroupLabel({ children }: { children: ReactNode }) {
  return <h3 className="group-label">{children}</h3>
}
export function GroupNote({ children }: { children: ReactNode }) {
  return <p className="group-note">{children}</p>
}

export type RowProps = {
  title: ReactNode
  /** Second line. */
  detail?: ReactNode | undefined
  /** Glyph (18–20) or tile (32) at the left; `leadKind` sets where the hairline begins. */
  lead?: ReactNode | undefined
  leadKind?: 'glyph' | 'tile' | undefined
  /** Right of the title, on its line: an <Age/> or a clock time. */
  age?: ReactNode | undefined
  /** Right, centred on the row: a value, an icon. */
  end?: ReactNode | undefined
  chevron?: boolean | undefined
  /** Buttons beside the row, outside its link. */
  trailing?: ReactNode | undefined
  /** Under the row, inside its frame: a command, its answers. */
  below?: ReactNode | undefined
  href?: string | undefined
  onClick?: ((event: MouseEvent<HTMLElement>) => void) | undefined
  disabled?: boolean | undefined
  tone?: 'plain' | 'waiting' | 'strong' | 'muted' | 'destructive' | undefined
  chosen?: boolean | undefined
  /** Wraps long words instead of cutting them to one line. */
  wrap?: boolean | undefined
  /** Edge to edge with a hairline above, as in a sheet. */
  sheet?: boolean | undefined
}

/** One row. With `href` it is a link, with `onClick` alone a button, else plain; a router may clone it and add both. */
export function Row(props: RowProps) {
  const { tone = 'plain', leadKind = 'glyph', lead, wrap } = props
  const cut = wrap ? '' : ' cut'
  const className = [
    'row',
    lead !== undefined && `row-${leadKind}`,
    tone !== 'plain' && `row-${tone}`,
    props.chosen && 'row-chosen',
    props.sheet && 'row-sheet row-ruled',
    props.below !== undefined && 'row-has-below',
  ]
  const inside = (
    <>
      {lead !== undefined && <span className="row-lead">{lead}</span>}
      <span className="row-text">
        <span className="row-line">
          <span className={`row-title${cut}`}>{props.title}</span>
          {props.age !== undefined && <span className="row-age">{props.age}</span>}
        </span>
        {props.detail !== undefined && <span className={`row-detail${cut}`}>{props.detail}</span>}
      </span>
      {(props.end !== undefined || props.chevron) && (
        <span className="row-end">
          {props.end}
          {props.chevron && <Icon name="chevron-right" size={16} />}
        </span>
      )}
    </>
  )
  return (
    <div className={className.filter(Boolean).join(' ')}>
      {props.href !== undefined ? (
        <a
          className="row-main"
          href={props.href}
          onClick={props.onClick}
          aria-current={props.chosen ? 'page' : undefined}
        >
          {inside}
        </a>
      ) : props.onClick ? (
        <button type="button" className="row-main" onClick={props.onClick} disabled={props.disabled}>
          {inside}
        </button>
      ) : (
        <div className="row-main">{inside}</div>
      )}
      {props.trailing !== undefined && <div className="row-trailing">{props.trailing}</div>}
      {props.below !== undefined && <div className="row-below">{props.below}</div>}
    </div>
  )
}
