// A row with a shortcut behind it, shown by a finger that goes to the left. Never the only way, and nothing that cannot be taken back.
import { type ReactNode, useEffect, useRef } from 'react'
import { Icon, type IconName } from './icon.tsx'
import { followSwipe, putBack } from './swipe-drag.ts'

/**
 * Around one `Row`. `onAct` says when it is over: the row stays aside until then and comes back if it is still there. Without it the row
 * is only a row. The words behind are no control: the same deed stands in the row's menu.
 */
export function Swipe(props: {
  icon: IconName
  label: string
  onAct: (() => Promise<unknown>) | undefined
  children: ReactNode
}) {
  const front = useRef<HTMLDivElement>(null)
  const gone = useRef<AbortController>(undefined)
  const moved = useRef<() => boolean>(() => false)
  useEffect(() => {
    gone.current = new AbortController()
    return () => gone.current?.abort()
  }, [])
  const { onAct } = props
  const press = (event: PointerEvent) => {
    const row = front.current
    const signal = gone.current?.signal
    moved.current = () => false
    if (!row || !signal || !onAct || event.pointerType === 'mouse' || !event.isPrimary) return
    const back = () => putBack(row)
    moved.current = followSwipe(row, event, () => void onAct().then(back, back), signal)
  }
  return (
    <div className="swipe">
      {onAct && (
        <div className="swipe-behind" aria-hidden="true">
          <Icon name={props.icon} size={18} />
          {props.label}
        </div>
      )}
      <div
        ref={front}
        className={onAct ? 'swipe-front swipe-moves' : 'swipe-front'}
        onPointerDown={(event) => press(event.nativeEvent)}
        onClickCapture={(event) => {
          // The finger that moved the row did not mean its link.
          if (!moved.current()) return
          moved.current = () => false
          event.preventDefault()
          event.stopPropagation()
        }}
      >
        {props.children}
      </div>
    </div>
  )
}
