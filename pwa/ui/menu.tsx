// A menu that hangs from its button. A native popover: the platform closes it on Escape, back and a press elsewhere.
import { type KeyboardEvent, type ReactNode, type Ref, useId, useRef, useState } from 'react'
import { Icon, type IconName } from './icon.tsx'

export type MenuItem = {
  id: string
  label: ReactNode
  detail?: ReactNode | undefined
  icon?: IconName | undefined
  /** Shows a tick: the chosen one of several. */
  chosen?: boolean | undefined
  destructive?: boolean | undefined
  disabled?: boolean | undefined
  onSelect: () => void
}

/** What the trigger must pass on to its button. */
export type MenuTrigger = { onClick: () => void; ref: Ref<HTMLButtonElement>; open: boolean }

/** Draws `trigger` and, when it is pressed, the items under or over it, inside the window. Arrows move, Enter chooses. */
export function Menu(props: {
  label: string
  items: readonly MenuItem[]
  trigger: (trigger: MenuTrigger) => ReactNode
}) {
  const button = useRef<HTMLButtonElement>(null)
  const panel = useRef<HTMLDivElement>(null)
  const [open, setOpen] = useState(false)
  const id = useId()

  const show = () => {
    const from = button.current?.getBoundingClientRect()
    const element = panel.current
    if (!from || !element) return
    if (open) return element.hidePopover()
    element.showPopover()
    const size = element.getBoundingClientRect()
    const below = from.bottom + 4 + size.height < window.innerHeight
    const left = Math.min(Math.max(12, from.right - size.width), window.innerWidth - size.width - 12)
    element.style.top = `${below ? from.bottom + 4 : Math.max(12, from.top - size.height - 4)}px`
    element.style.left = `${from.left + size.width < window.innerWidth - 12 ? Math.max(12, from.left) : left}px`
    const items = [...element.querySelectorAll<HTMLElement>('.menu-item:not(:disabled)')]
    ;(items.find((item) => item.getAttribute('aria-checked') === 'true') ?? items[0])?.focus()
  }
  const move = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step === undefined || !panel.current) return
    event.preventDefault()
    const items = [...panel.current.querySelectorAll<HTMLElement>('.menu-item:not(:disabled)')]
    const focused = document.activeElement
    const at = focused instanceof HTMLElement ? items.indexOf(focused) : -1
    items[(at + step + items.length) % items.length]?.focus()
  }

  return (
    <>
      {props.trigger({ onClick: show, ref: button, open })}
      <div
        ref={panel}
        id={id}
        className="menu"
        popover="auto"
        role="menu"
        tabIndex={-1}
        aria-label={props.label}
        onKeyDown={move}
        onToggle={(event) => setOpen(event.newState === 'open')}
      >
        {props.items.map((item) => (
          // biome-ignore lint/a11y/useAriaPropsSupportedByRole: the role is menuitemradio whenever aria-checked is set
          <button
            key={item.id}
            type="button"
            role={item.chosen === undefined ? 'menuitem' : 'menuitemradio'}
            aria-checked={item.chosen}
            disabled={item.disabled}
            className={item.destructive ? 'menu-item menu-destructive' : 'menu-item'}
            onClick={() => {
              panel.current?.hidePopover()
              item.onSelect()
            }}
          >
            {item.icon && <Icon name={item.icon} />}
            <span className="menu-text">
              {item.label}
              {item.detail !== undefined && <span className="menu-detail">{item.detail}</span>}
            </span>
            {item.chosen && <Icon name="tick" size={16} />}
          </button>
        ))}
      </div>
    </>
  )
}
