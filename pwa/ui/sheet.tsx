// The sheet: a native modal dialog that comes from below. The dialog traps focus and takes Escape and the platform's back;
// this room adds motion, the drag, the fixed answers and their guard. Closing decides nothing: it only calls onClose.
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { AnswerGuard, GuardContext } from './answer-guard.tsx'
import { followDrag } from './sheet-drag.ts'

const outMs = 200
/** Where the focus goes when that sheet has closed. */
const returns = new WeakMap<Element, Element | null>()

export type SheetProps = {
  open: boolean
  /** Asked for by Escape, back, the scrim, the grip or a drag. The owner sets `open` to false. */
  onClose: () => void
  /** What a screen reader calls it: the question. */
  label: string
  children: ReactNode
  /** The answers: fixed at the bottom, never scrolled away, inert while the guard holds. */
  footer?: ReactNode | undefined
  /** Names what is being decided; a change makes the answers inert again. */
  guardKey?: string | undefined
  inertMs?: number | undefined
}

/** Shows its children above everything while `open`; keeps the last of them on screen during the 200 ms of leaving. */
export function Sheet(props: SheetProps) {
  const [mounted, setMounted] = useState(props.open)
  if (props.open && !mounted) setMounted(true)
  const last = useRef(props)
  if (props.open) last.current = props

  useEffect(() => {
    if (props.open || !mounted) return
    const timer = setTimeout(() => setMounted(false), outMs)
    return () => clearTimeout(timer)
  }, [props.open, mounted])

  return mounted ? <OpenSheet {...last.current} open={props.open} onClose={props.onClose} /> : null
}

function OpenSheet({ open, onClose, label, children, footer, guardKey = '', inertMs = 400 }: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const panel = useRef<HTMLDivElement>(null)
  const guard = useMemo(() => ({ guardKey, inertMs }), [guardKey, inertMs])
  const ask = useRef(onClose)
  useEffect(() => {
    ask.current = onClose
  }, [onClose])

  useEffect(() => {
    const element = dialog.current
    if (!element) return
    // From a sheet that is leaving, and will not be there any more, to where that one would have led back.
    const leaving = document.activeElement?.closest('dialog.sheet-closing')
    const returnTo = leaving ? (returns.get(leaving) ?? null) : document.activeElement
    returns.set(element, returnTo)
    const over = new AbortController()
    const { signal } = over
    element.showModal()
    // The question is read first; otherwise the grip, its first button, would take the focus.
    element.focus()
    element.addEventListener(
      'cancel',
      (event) => {
        if (event.target !== element) return
        event.preventDefault()
        ask.current()
      },
      { signal },
    )
    // The platform may close it without asking (a second back in a row): the owner still hears of it.
    element.addEventListener('close', (event) => event.target === element && ask.current(), { signal })
    // A keyboard shrinks the visual viewport and, on some phones, nothing else.
    const view = window.visualViewport
    const fitView = () => {
      // Pinched in is reading, not typing: leave the sheet where it is.
      const shrunk = view && view.scale < 1.01 && view.height < window.innerHeight - 1
      element.style.height = shrunk ? `${view.height}px` : ''
      element.style.top = shrunk ? `${view.offsetTop}px` : ''
    }
    fitView()
    view?.addEventListener('resize', fitView, { signal })
    view?.addEventListener('scroll', fitView, { signal })
    return () => {
      over.abort()
      // A sheet that was opened while this one was leaving has the focus, and closing would take it away from there.
      const { activeElement } = document
      const next = element.contains(activeElement) || activeElement === document.body ? returnTo : activeElement
      element.close()
      if (next instanceof HTMLElement && next.isConnected) next.focus({ preventScroll: true })
    }
  }, [])

  const dragging = useRef<AbortController>(undefined)
  useEffect(() => () => dragging.current?.abort(), [])

  return (
    <dialog ref={dialog} tabIndex={-1} className={open ? 'sheet' : 'sheet sheet-closing'} aria-label={label}>
      <div className="sheet-scrim" onPointerUp={() => ask.current()} />
      <div className="sheet-panel" ref={panel}>
        <button
          type="button"
          className="sheet-grip"
          aria-label="Close"
          onClick={(event) => event.detail === 0 && ask.current()}
          onPointerDown={(event) => {
            if (!panel.current || event.button !== 0) return
            dragging.current?.abort()
            dragging.current = new AbortController()
            // A tap, or a drag past its mark; the click that follows a pointer is not a second wish.
            followDrag(panel.current, event.nativeEvent, () => ask.current(), dragging.current.signal)
          }}
        />
        <GuardContext value={guard}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keyboard */}
          <section className="sheet-body" tabIndex={0} aria-label="Details">
            {children}
          </section>
          {footer !== undefined && <AnswerGuard className="sheet-footer">{footer}</AnswerGuard>}
        </GuardContext>
      </div>
    </dialog>
  )
}

/** A padded part of a sheet's body; rows go edge to edge and need none. */
export function SheetPart({ children }: { children: ReactNode }) {
  return <div className="sheet-part">{children}</div>
}

/** Chip and remark, the question, and who asks where. */
export function SheetTitle(props: {
  chip?: ReactNode | undefined
  aside?: ReactNode | undefined
  title: ReactNode
  who?: ReactNode | undefined
}) {
  return (
    <div className="sheet-part">
      {(props.chip !== undefined || props.aside !== undefined) && (
        <div className="sheet-head">
          {props.chip ?? <span />}
          {props.aside !== undefined && <span className="type-second">{props.aside}</span>}
        </div>
      )}
      <h2 className="type-sheet">{props.title}</h2>
      {props.who !== undefined && <p className="sheet-who">{props.who}</p>}
    </div>
  )
}
