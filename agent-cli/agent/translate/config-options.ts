// The agent's configuration options (model, mode …), flat: groups become a field of their choices. Pure.
import type { ConfigChoice, ConfigOption } from './event-body.ts'
import { type Fields, fieldsOf, listOf, present, textOf, wordOf } from './json.ts'

export type ConfigOptions = readonly ConfigOption[]

/** Options that have an id, in the agent's order; anything else in the list is left out. */
export function configOptions(value: unknown): ConfigOption[] {
  return listOf(value).flatMap((item) => {
    const option = fieldsOf(item)
    const id = wordOf(option.id)
    if (id === null) return []
    const current = option.currentValue
    return [
      {
        id,
        name: textOf(option.name) ?? id,
        type: wordOf(option.type) ?? 'select',
        currentValue: typeof current === 'boolean' ? String(current) : (textOf(current) ?? ''),
        choices: choices(option),
        ...present({ category: wordOf(option.category), description: textOf(option.description) }),
      },
    ]
  })
}

function choices(option: Fields): ConfigChoice[] {
  return listOf(option.options).flatMap((item) => {
    const entry = fieldsOf(item)
    if (!Array.isArray(entry.options)) return choice(entry, null)
    const group = wordOf(entry.name) ?? wordOf(entry.group)
    return entry.options.flatMap((inner) => choice(fieldsOf(inner), group))
  })
}

function choice(entry: Fields, group: string | null): ConfigChoice[] {
  const value = textOf(entry.value)
  if (value === null) return []
  return [{ value, name: textOf(entry.name) ?? value, ...present({ description: textOf(entry.description), group }) }]
}
