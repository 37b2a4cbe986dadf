// Keeps a tap meant for one decision from landing on another: answers are inert for a while after they appear or change.
// Used by the sheet's footer, by answer rows in its body and by the desktop's decision panel. Knows no decision.
import { createContext, type ReactNode, useContext, useLayoutEffect, useRef } from 'react'

/** What the nearest sheet guards with; rows that answer from its body follow the same key. */
export const GuardContext = createContext<{ guardKey: string; inertMs: number }>({ guardKey: '', inertMs: 400 })

/**
 * Makes its children inert for `inertMs` after mounting and whenever `guardKey` changes. Focus that was inside is given back.
 * A press that began under one key and ends under another is swallowed, however long the finger stayed down.
 */
export function AnswerGuard(props: {
  children: ReactNode
  guardKey?: string | undefined
  inertMs?: number | undefined
  className?: string | undefined
}) {
  const around = useContext(GuardContext)
  const guardKey = props.guardKey ?? around.guardKey
  const inertMs = props.inertMs ?? around.inertMs
  const box = useRef<HTMLDivElement>(null)
  const pressedUnder = useRef<string | null>(null)

  // Before paint: there is no frame in which the new answers are shown and live.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new key is the event, though its value is not read
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    const focused = document.activeElement
    const held = focused instanceof HTMLElement && element.contains(focused) ? focused : undefined
    element.inert = true
    const timer = setTimeout(() => {
      element.inert = false
      if (held?.isConnected && (document.activeElement === document.body || !document.activeElement)) held.focus()
    }, inertMs)
    return () => {
      clearTimeout(timer)
      element.inert = false
    }
  }, [guardKey, inertMs])

  return (
    <div
      ref={box}
      className={props.className}
      onPointerDownCapture={() => {
        pressedUnder.current = guardKey
      }}
      onClickCapture={(event) => {
        // detail 0 is the keyboard or a reader: there was no press to compare with.
        if (event.detail !== 0 && pressedUnder.current !== guardKey) {
          event.preventDefault()
          event.stopPropagation()
        }
        pressedUnder.current = null
      }}
    >
      {props.children}
    </div>
  )
}
