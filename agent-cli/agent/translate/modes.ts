// The modes a session offers and the steps that reach each: the agent's own, plus Offdesk's for what its table reaches otherwise. Pure.
import { meaningOf, stepsFor } from '../presets/modes.ts'
import type { AgentPreset, Mode as Meaning, ModeStep } from '../presets/preset.ts'
import type { CanonicalMode, ConfigOption, Mode } from './event-body.ts'
import { fieldsOf, listOf, present, textOf, wordOf } from './json.ts'
import { canonical } from './options.ts'

/** Autopilot by answering permissions at this machine, for agents without an unattended mode. */
export const hostAutopilotId = 'offdesk:autopilot'

/** A step with everything resolved: what to send to the agent. */
export type Step = { by: 'setMode'; modeId: string } | { by: 'configOption'; configId: string; value: string | boolean }

export type ModeTable = {
  /** Native modes in the agent's order, then Offdesk's own (`offdesk:…`). */
  readonly list: readonly Mode[]
  /** What the agent said it is in, a native id; null if it has not said. */
  readonly nativeId: string | null
  /** The option that carries the mode where the agent has no session/set_mode. */
  readonly configId: string | null
}

const labels: readonly [CanonicalMode, Meaning, string][] = [
  ['PLAN', 'plan', 'Plan'],
  ['INTERACTIVE', 'interactive', 'Interactive'],
  ['AUTOPILOT', 'autopilot', 'Autopilot'],
]

/** The table of a session from the answer to session/new (or load) and the options as they stand. Takes anything. */
export function modeTable(modes: unknown, options: readonly ConfigOption[], preset: AgentPreset | null): ModeTable {
  const given = fieldsOf(modes)
  const option = options.find((each) => each.category === 'mode' && (each.choices ?? []).length > 0)
  const named = listOf(given.availableModes).flatMap((item) => {
    const mode = fieldsOf(item)
    const id = wordOf(mode.id)
    return id === null ? [] : [native(preset, id, wordOf(mode.name), textOf(mode.description))]
  })
  const chosen = (option?.choices ?? []).map((choice) =>
    native(preset, choice.value, choice.name, choice.description ?? null),
  )
  const byMode = named.length > 0
  const list = byMode ? named : chosen
  const nativeId = byMode ? wordOf(given.currentModeId) : (wordOf(option?.currentValue) ?? null)
  const configId = byMode || option === undefined ? null : option.id
  const table = { list, nativeId, configId }
  return { ...table, list: [...list, ...ownModes(table, options, preset)] }
}

function native(preset: AgentPreset | null, id: string, name: string | null, description: string | null): Mode {
  return { id, name: name ?? id, ...present({ description, canonical: canonical(meaningOf(preset, id)) }) }
}

function ownModes(table: ModeTable, options: readonly ConfigOption[], preset: AgentPreset | null): Mode[] {
  return labels.flatMap(([mode, meaning, name]) => {
    if (table.list.some((each) => each.canonical === mode)) return []
    const id = `offdesk:${meaning}`
    if (resolve(stepsFor(preset, meaning, idsOf(table)), table, options) !== null)
      return [{ id, name, canonical: mode }]
    if (mode !== 'AUTOPILOT') return []
    const description = 'Offdesk answers the permissions at this machine: this agent has no unattended mode.'
    return [{ id, name, canonical: mode, description }]
  })
}

/** Steps to a mode of the list; `host` where Offdesk itself answers permissions; null for a mode that is not in the list. */
export function stepsTo(
  table: ModeTable,
  modeId: string,
  options: readonly ConfigOption[],
  preset: AgentPreset | null,
): readonly Step[] | 'host' | null {
  const mode = table.list.find((each) => each.id === modeId)
  if (!mode) return null
  const meaning = labels.find(([each]) => each === mode.canonical)?.[1]
  const base = meaning === undefined ? null : resolve(stepsFor(preset, meaning, idsOf(table)), table, options)
  if (modeId.startsWith('offdesk:')) return base ?? (modeId === hostAutopilotId ? 'host' : null)
  const direct = setNative(table, modeId)
  if (base === null || base.every((step) => isSame(step, direct))) return [direct]
  // The table's steps reach the mode of that meaning; another native mode of the same meaning takes the place of the last word.
  const others = base.filter((step) => step.by === 'configOption' && step.configId !== table.configId)
  return [...others, direct]
}

/** The mode in force: an `offdesk:` mode whose every step holds, else the agent's own. Null before the agent has said. */
export function effectiveMode(
  table: ModeTable,
  options: readonly ConfigOption[],
  preset: AgentPreset | null,
  hostAutopilot: boolean,
): Mode | null {
  if (hostAutopilot) return table.list.find((each) => each.id === hostAutopilotId) ?? null
  for (const mode of table.list) {
    if (!mode.id.startsWith('offdesk:')) continue
    const steps = stepsTo(table, mode.id, options, preset)
    if (Array.isArray(steps) && steps.length > 0 && steps.every((step) => holds(step, table, options))) return mode
  }
  if (table.nativeId === null) return null
  const known = table.list.find((each) => each.id === table.nativeId)
  return known ?? native(preset, table.nativeId, null, null)
}

/** The table after the agent has said its mode. */
export const inMode = (table: ModeTable, nativeId: string): ModeTable => ({ ...table, nativeId })

/** The native mode that options tell, where they carry one. */
export function modeInOptions(table: ModeTable, options: readonly ConfigOption[]): string | null {
  const option = options.find(
    (each) => each.category === 'mode' && table.list.some((mode) => mode.id === each.currentValue),
  )
  return option?.currentValue ?? null
}

const idsOf = (table: ModeTable) => table.list.filter((mode) => !mode.id.startsWith('offdesk:')).map((mode) => mode.id)
const setNative = (table: ModeTable, id: string): Step =>
  table.configId === null ? { by: 'setMode', modeId: id } : { by: 'configOption', configId: table.configId, value: id }
const isSame = (a: Step, b: Step) => JSON.stringify(a) === JSON.stringify(b)

/** Null when a step needs an option this agent does not have here. */
function resolve(
  steps: readonly ModeStep[] | null,
  table: ModeTable,
  options: readonly ConfigOption[],
): readonly Step[] | null {
  if (steps === null) return null
  const resolved: Step[] = []
  for (const step of steps) {
    if (step.by === 'setMode') {
      resolved.push(setNative(table, step.id))
      continue
    }
    const option = options.find((each) =>
      step.id === undefined ? each.category === step.category : each.id === step.id,
    )
    if (option === undefined) return null
    resolved.push({ by: 'configOption', configId: option.id, value: step.value })
  }
  return resolved
}

function holds(step: Step, table: ModeTable, options: readonly ConfigOption[]): boolean {
  if (step.by === 'setMode') return table.nativeId === step.modeId
  return options.find((option) => option.id === step.configId)?.currentValue === String(step.value)
}
