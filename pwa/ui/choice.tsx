// Choosing: radio and checkbox rows, segments, the pill that opens a choice. Real inputs underneath, so keys and readers work.
import { type ReactNode, type Ref, useId } from 'react'
import { Icon, type IconName } from './icon.tsx'

/** A row with a radio or checkbox. `children` is shown under it (a field for one's own words). */
export function ChoiceRow(props: {
  kind: 'radio' | 'checkbox'
  name: string
  value: string
  checked: boolean
  onChange: (checked: boolean) => void
  title: ReactNode
  detail?: ReactNode | undefined
  disabled?: boolean | undefined
  /** Draws a hairline above even the first row. */
  ruled?: boolean | undefined
  children?: ReactNode | undefined
}) {
  const row = (
    <label
      className={['choice', props.ruled && 'choice-ruled', props.disabled && 'choice-off'].filter(Boolean).join(' ')}
    >
      <input
        className="choice-mark"
        type={props.kind}
        name={props.name}
        value={props.value}
        checked={props.checked}
        disabled={props.disabled}
        onChange={(event) => props.onChange(event.target.checked)}
      />
      <span className="choice-text">
        <span className="choice-title">{props.title}</span>
        {props.detail !== undefined && <span className="choice-detail">{props.detail}</span>}
      </span>
    </label>
  )
  return props.children === undefined ? (
    row
  ) : (
    <div className="choice-wrap">
      {row}
      <div className="choice-below">{props.children}</div>
    </div>
  )
}

/** A few words of which one is chosen. `bar` stretches over the width. */
export function Segmented<Value extends string>(props: {
  label: string
  options: readonly { value: Value; label: ReactNode; disabled?: boolean | undefined }[]
  value: Value
  onChange: (value: Value) => void
  bar?: boolean | undefined
}) {
  const name = useId()
  return (
    <fieldset className={props.bar ? 'segmented segmented-bar' : 'segmented'}>
      <legend className="sr-only">{props.label}</legend>
      {props.options.map((option) => (
        <label key={option.value} className="segment">
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === props.value}
            disabled={option.disabled}
            onChange={() => props.onChange(option.value)}
          />
          {option.label}
        </label>
      ))}
    </fieldset>
  )
}

/** The outlined word that opens a choice: the mode. Drawn 32 high, 44 to the finger. */
export function Pill(props: {
  children: ReactNode
  onClick?: (() => void) | undefined
  icon?: IconName | undefined
  label?: string | undefined
  disabled?: boolean | undefined
  ref?: Ref<HTMLButtonElement> | undefined
}) {
  return (
    <button
      type="button"
      ref={props.ref}
      className="pill"
      aria-label={props.label}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      {props.icon && <Icon name={props.icon} size={16} />}
      <span className="cut">{props.children}</span>
      <Icon name="chevron-up-down" size={16} />
    </button>
  )
}
