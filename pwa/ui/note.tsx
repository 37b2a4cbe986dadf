// Quiet sentences: a remark with its icon, a line between two hairlines, an empty list. One sentence, at most one button.
import type { ReactNode } from 'react'
import { Icon, type IconName } from './icon.tsx'

/** A sentence with a sign; `boxed` on sunken ground when it answers something the person did. */
export function Note({
  icon,
  boxed,
  children,
}: {
  icon?: IconName | undefined
  boxed?: boolean | undefined
  children: ReactNode
}) {
  return (
    <div className={boxed ? 'note note-boxed' : 'note'}>
      {icon && <Icon name={icon} size={18} />}
      <div>{children}</div>
    </div>
  )
}

/** Words between two hairlines: `Seen up to 14:02`, withheld history, an event of a kind this app does not know. */
export function Divider({ children }: { children: ReactNode }) {
  return <div className="divider">{children}</div>
}

/** One sentence, one button. */
export function EmptyState({ children, action }: { children: ReactNode; action?: ReactNode | undefined }) {
  return (
    <div className="empty">
      <p>{children}</p>
      {action}
    </div>
  )
}
