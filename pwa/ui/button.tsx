// Buttons: the answer button, the round icon button, the word that acts. They know how they look, not what they do.
import type { MouseEvent, ReactNode, Ref } from 'react'
import { Icon, type IconName } from './icon.tsx'

type Press = (event: MouseEvent<HTMLButtonElement>) => void

export type ButtonProps = {
  children: ReactNode
  onClick?: Press | undefined
  /** quiet is the second answer (Deny is quiet, never red); destructive stops or deletes. */
  kind?: 'primary' | 'quiet' | 'destructive' | undefined
  /** 52 high, for the fixed answers of a sheet; otherwise 44. */
  tall?: boolean | undefined
  block?: boolean | undefined
  /** Takes the larger share beside another answer. */
  wide?: boolean | undefined
  icon?: IconName | undefined
  /** A single letter shown as a key; the screen listens for it. */
  shortcut?: string | undefined
  type?: 'button' | 'submit' | undefined
  form?: string | undefined
  disabled?: boolean | undefined
  /** Keeps the button in the tab order but says it does nothing now (a sent answer that waits for the host). */
  waiting?: boolean | undefined
  ref?: Ref<HTMLButtonElement> | undefined
}

/** One button with its verb. `waiting` ignores presses and keeps focus; `disabled` gives focus up. */
export function Button(props: ButtonProps) {
  const { kind = 'primary', tall, block, wide, icon, shortcut, waiting, children } = props
  const className = ['button', `button-${kind}`, tall && 'button-tall', block && 'button-block', wide && 'button-wide']
  return (
    <button
      type={props.type ?? 'button'}
      form={props.form}
      ref={props.ref}
      className={className.filter(Boolean).join(' ')}
      disabled={props.disabled}
      aria-disabled={waiting || undefined}
      aria-keyshortcuts={shortcut}
      onClick={(event) => {
        if (waiting) event.preventDefault()
        else props.onClick?.(event)
      }}
    >
      {icon && <Icon name={icon} size={icon === 'stop' ? 16 : 20} />}
      <span>{children}</span>
      {shortcut && <kbd className="key-hint">{shortcut}</kbd>}
    </button>
  )
}

/** A 44×44 icon with a spoken label. primary is the filled send button. */
export function IconButton(props: {
  icon: IconName
  label: string
  onClick?: Press | undefined
  kind?: 'plain' | 'primary' | undefined
  type?: 'button' | 'submit' | undefined
  disabled?: boolean | undefined
  pressed?: boolean | undefined
  ref?: Ref<HTMLButtonElement> | undefined
}) {
  return (
    <button
      type={props.type ?? 'button'}
      ref={props.ref}
      className={props.kind === 'primary' ? 'icon-button icon-button-primary' : 'icon-button'}
      aria-label={props.label}
      aria-pressed={props.pressed}
      title={props.label}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
    </button>
  )
}

/** A word that acts: Edit, Withdraw, Why?. Drawn small, 44 high to the finger. */
export function TextLink(props: {
  children: ReactNode
  onClick?: Press | undefined
  href?: string | undefined
  icon?: IconName | undefined
  tone?: 'accent' | 'ink' | undefined
  disabled?: boolean | undefined
}) {
  const className = props.tone === 'ink' ? 'text-link text-link-ink' : 'text-link'
  const inside = (
    <>
      {props.icon && <Icon name={props.icon} size={props.icon === 'stop' ? 16 : 18} />}
      {props.children}
    </>
  )
  if (props.href !== undefined)
    return (
      <a className={className} href={props.href}>
        {inside}
      </a>
    )
  return (
    <button type="button" className={className} disabled={props.disabled} onClick={props.onClick}>
      {inside}
    </button>
  )
}

/** Longer than this (characters) an answer would stand in three lines beside another. */
const LONG_ANSWER = 22

/**
 * The answers side by side: quiet left, primary right. One under the other where one of `names` is long; what a button says after it
 * was pressed is none of them, so that nothing moves under a finger.
 */
export function Answers({ children, names = [] }: { children: ReactNode; names?: readonly string[] | undefined }) {
  const stacked = names.some((name) => name.length > LONG_ANSWER)
  return <div className={stacked ? 'answers answers-stacked' : 'answers'}>{children}</div>
}
