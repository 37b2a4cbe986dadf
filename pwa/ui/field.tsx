// Fields: one line, or lines that grow with what is written. 16 px, or a phone zooms in.
import { type ComponentProps, type ReactNode, useCallback, useEffect, useId, useLayoutEffect, useRef } from 'react'

type Around = {
  label: string
  /** Spoken only; the place already says it. */
  hideLabel?: boolean | undefined
  hint?: ReactNode | undefined
  /** Replaces the hint, in red, and is announced. */
  error?: ReactNode | undefined
}

function Wrapped(props: Around & { id: string; children: ReactNode }) {
  const below = props.error ?? props.hint
  return (
    <div className={props.error === undefined ? 'field' : 'field field-bad'}>
      <label className={props.hideLabel ? 'sr-only' : 'field-label'} htmlFor={props.id}>
        {props.label}
      </label>
      {props.children}
      {below !== undefined && (
        <span className="field-hint" id={`${props.id}-hint`} role={props.error === undefined ? undefined : 'alert'}>
          {below}
        </span>
      )}
    </div>
  )
}

type Value = { value: string; onChange: (value: string) => void }

/** One line. Other attributes of an input pass through. */
export function Field(props: Around & Value & Omit<ComponentProps<'input'>, keyof (Around & Value) | 'className'>) {
  const id = useId()
  const { label, hideLabel, hint, error, onChange, ...input } = props
  return (
    <Wrapped label={label} hideLabel={hideLabel} hint={hint} error={error} id={id}>
      <input
        {...input}
        id={id}
        className="field-input"
        aria-invalid={error !== undefined || undefined}
        aria-describedby={(error ?? hint) === undefined ? undefined : `${id}-hint`}
        onChange={(event) => onChange(event.target.value)}
      />
    </Wrapped>
  )
}

function growToText(element: HTMLTextAreaElement, maxRows: number): void {
  element.style.height = 'auto'
  const style = getComputedStyle(element)
  const frame = Number.parseFloat(style.borderTopWidth) * 2
  const padding = Number.parseFloat(style.paddingTop) + Number.parseFloat(style.paddingBottom)
  const most = Number.parseFloat(style.lineHeight) * maxRows + padding + frame
  const wanted = element.scrollHeight + frame
  element.style.height = `${Math.min(wanted, most)}px`
  element.style.overflowY = wanted > most ? 'auto' : 'hidden'
}

/** Lines that grow from `rows` to `maxRows`, then scroll. `round` is the composer's shape. */
export function TextArea(
  props: Around &
    Value &
    Omit<ComponentProps<'textarea'>, keyof (Around & Value) | 'className' | 'ref'> & {
      round?: boolean | undefined
      maxRows?: number | undefined
      /** Gives the element to the owner (to focus it, to read the caret). */
      elementRef?: ((element: HTMLTextAreaElement | null) => void) | undefined
    },
) {
  const id = useId()
  const { label, hideLabel, hint, error, onChange, round, rows = 1, maxRows = 8, elementRef, ...area } = props
  const own = useRef<HTMLTextAreaElement>(null)
  const grow = useCallback(() => {
    if (own.current) growToText(own.current, maxRows)
  }, [maxRows])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text is what makes it grow
  useLayoutEffect(grow, [props.value, grow])
  // A turned phone or a sheet that has just opened changes the width, and with it the lines.
  useEffect(() => {
    const element = own.current
    if (!element) return
    let width = 0
    const watch = new ResizeObserver(() => {
      if (element.clientWidth === width) return
      width = element.clientWidth
      grow()
    })
    watch.observe(element)
    return () => watch.disconnect()
  }, [grow])
  return (
    <Wrapped label={label} hideLabel={hideLabel} hint={hint} error={error} id={id}>
      <textarea
        {...area}
        id={id}
        rows={rows}
        ref={(element) => {
          own.current = element
          elementRef?.(element)
        }}
        className={round ? 'field-input field-round' : 'field-input'}
        aria-invalid={error !== undefined || undefined}
        aria-describedby={(error ?? hint) === undefined ? undefined : `${id}-hint`}
        onChange={(event) => onChange(event.target.value)}
      />
    </Wrapped>
  )
}
