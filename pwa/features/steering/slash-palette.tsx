// The palette above the composer while a slash command is typed. Those that need the terminal are shown and cannot be chosen (C8).
import { fitting, type SlashCommand, slashQuery } from './slash.ts'

/** Nothing when the draft is no slash command or none fits. */
export function SlashPalette(props: {
  text: string
  commands: readonly SlashCommand[]
  onChoose: (command: SlashCommand) => void
}) {
  const query = slashQuery(props.text)
  if (query === null) return null
  const found = fitting(props.commands, query)
  if (found.length === 0) return null
  return (
    <ul className="palette" aria-label="Commands of the agent">
      {found.map((command) => (
        <li key={command.name}>
          <button
            type="button"
            className="palette-item"
            disabled={command.terminalOnly}
            onClick={() => props.onChoose(command)}
          >
            <span className="palette-name">
              /{command.name}
              {command.hint !== null && <span className="ink-3"> {command.hint}</span>}
            </span>
            <span className="palette-what cut">
              {command.terminalOnly ? 'At the terminal only' : command.description}
            </span>
          </button>
        </li>
      ))}
    </ul>
  )
}
