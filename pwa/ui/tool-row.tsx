// Tools in the transcript: one row each, opening in place, edge to edge in the group that a run of them shares. And the folded thought.
import { type ReactNode, useId, useState } from 'react'
import { Icon, type IconName } from './icon.tsx'

export type ToolState = 'running' | 'asks' | 'done' | 'failed' | 'lost'

const marks: Record<ToolState, IconName> = {
  running: 'working',
  asks: 'clock',
  done: 'tick',
  failed: 'cross',
  lost: 'offline',
}
const spoken: Record<ToolState, string> = {
  running: 'running',
  asks: 'waiting for you',
  done: 'done',
  failed: 'failed',
  lost: 'not known',
}

/**
 * One tool call: icon of kind | verb + argument in mono | result and mark. With `children` it opens; a failed, running or asking one
 * is open until the person says otherwise. Put several in one <Group flush>.
 */
export function ToolRow(props: {
  icon: IconName
  verb: string
  /** A <PathText/> or words; one line. */
  argument?: ReactNode | undefined
  result?: ReactNode | undefined
  state: ToolState
  children?: ReactNode | undefined
}) {
  const [chosen, setChosen] = useState<boolean>()
  const id = useId()
  const open = chosen ?? (props.state !== 'done' && props.state !== 'lost')
  const inside = (
    <>
      <Icon name={props.icon} size={18} />
      <span className="tool-what">
        <span className={props.argument === undefined ? undefined : 'tool-verb'}>{props.verb}</span>
        {props.argument !== undefined && <span className="tool-argument cut">{props.argument}</span>}
      </span>
      <span className="tool-result">
        {props.result}
        <Icon name={marks[props.state]} size={16} label={spoken[props.state]} />
      </span>
    </>
  )
  return (
    <div className={`tool tool-${props.state}`}>
      {props.children === undefined ? (
        <div className="tool-row">{inside}</div>
      ) : (
        <button
          type="button"
          className="tool-row"
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setChosen(!open)}
        >
          {inside}
        </button>
      )}
      {props.children !== undefined && open && (
        <div className="tool-inside" id={id}>
          {props.children}
        </div>
      )}
    </div>
  )
}

/** A heading over a part of its own in a group, with a fold: `Patch, 2 files  +10 −1`. */
export function FoldRow(props: {
  icon?: IconName | undefined
  title: ReactNode
  result?: ReactNode | undefined
  startsOpen?: boolean | undefined
  children: ReactNode
}) {
  const [open, setOpen] = useState(props.startsOpen ?? false)
  return (
    <div className="tool">
      <button type="button" className="tool-row" aria-expanded={open} onClick={() => setOpen(!open)}>
        {props.icon && <Icon name={props.icon} size={18} />}
        <span className="tool-what">{props.title}</span>
        <span className="tool-result">
          {props.result}
          <Icon name={open ? 'chevron-down' : 'chevron-right'} size={16} />
        </span>
      </button>
      {open && <div className="tool-inside">{props.children}</div>}
    </div>
  )
}

/** `Thought for 14 s`, folded; plain text inside. */
export function ThoughtFold({ title, children }: { title: ReactNode; children: ReactNode }) {
  const [open, setOpen] = useState(false)
  return (
    <div className="thought">
      <button type="button" className="thought-toggle" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name="think" size={18} />
        <span>{title}</span>
        <Icon name={open ? 'chevron-down' : 'chevron-right'} size={16} />
      </button>
      {open && <div className="thought-text">{children}</div>}
    </div>
  )
}
