// The mode in effect, what was asked beside it, and the menu to ask for another. The agent is the authority (C5).

import { Pill } from '../../ui/choice.tsx'
import { Menu } from '../../ui/menu.tsx'
import { type Rung, reaches, rungName } from '../devices/rung-words.ts'
import { isSettled } from './command-fields.ts'
import { type ModeNamed, modeGroup, modeRung, pillWords } from './mode-words.ts'
import { useCommands, useSteering } from './steering.tsx'

/** The mode that was asked for last and is not yet in effect: a command on its way, else what the host told. */
export function useAskedMode(modes: readonly ModeNamed[], requested: ModeNamed | null): ModeNamed | null {
  const commands = useCommands()
  const last = commands.findLast((command) => command.__typename === 'SetMode' && !isSettled(command))
  if (last?.__typename !== 'SetMode') return requested
  return modes.find((mode) => mode.id === last.modeId) ?? requested
}

export function ModePill(props: {
  mode: ModeNamed
  modes: readonly ModeNamed[]
  asked: ModeNamed | null
  rung: Rung
  disabled: boolean
}) {
  const { mode, modes, asked, rung } = props
  const { send } = useSteering()
  const words = pillWords(mode, asked)
  return (
    <Menu
      label="Mode"
      trigger={(t) => (
        <Pill ref={t.ref} onClick={t.onClick} label={`Mode: ${words}`} disabled={props.disabled || modes.length === 0}>
          {words}
        </Pill>
      )}
      items={modes.map((one) => {
        const needs = modeRung(one)
        const may = reaches(rung, needs)
        const group = modeGroup(one)
        return {
          id: one.id,
          label: one.name,
          ...(may
            ? group === null
              ? {}
              : { detail: group }
            : { detail: `Needs ${rungName[needs]}; this device may less` }),
          chosen: one.id === mode.id,
          disabled: !may,
          onSelect: () =>
            void send('setMode', { modeId: one.id }, `Mode: ${one.name}`, { modeName: one.name, rung: needs }),
        }
      })}
    />
  )
}

/** One tap back while what was asked is not in effect. */
export function ModeBack({ mode, asked }: { mode: ModeNamed; asked: ModeNamed | null }) {
  const { send } = useSteering()
  if (asked === null || asked.id === mode.id) return null
  return (
    <p className="composer-asked">
      {asked.name} was asked for, {mode.name} is in effect.{' '}
      <button
        type="button"
        className="text-link"
        onClick={() =>
          void send('setMode', { modeId: mode.id }, `Mode: ${mode.name}`, { modeName: mode.name, rung: modeRung(mode) })
        }
      >
        Keep {mode.name}
      </button>
    </p>
  )
}
