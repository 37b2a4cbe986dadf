// The options of a permission or a plan: identified by the agent's ids, never by kind (two may share one), each with its rung (T4). Pure.
import type { meaningOf } from '../presets/modes.ts'
import type { AgentPreset } from '../presets/preset.ts'
import type { CanonicalMode, DecisionOption, Rung } from './event-body.ts'
import { fieldsOf, listOf, present, textOf, wordOf } from './json.ts'

/** Every option that has an id, in the agent's order; a repeated id is one option. `plan` is null for a permission. */
export function permissionOptions(value: unknown, plan: { preset: AgentPreset | null } | null): DecisionOption[] {
  const seen = new Set<string>()
  return listOf(value).flatMap((item) => {
    const option = fieldsOf(item)
    const id = wordOf(option.optionId)
    if (id === null || seen.has(id)) return []
    seen.add(id)
    const name = wordOf(option.name) ?? id
    const kind = wordOf(option.kind) ?? 'unknown'
    const thenMode = plan === null || isRejection(kind) ? null : modeAfterPlan(plan.preset, id, name)
    const description = textOf(option.description)
    return [{ id, name, kind, rung: rungOf(kind, plan !== null, thenMode), ...present({ thenMode, description }) }]
  })
}

export const isRejection = (kind: string): boolean => kind.startsWith('reject')

/** A kind nobody here knows may do anything: it needs all rights. */
function rungOf(kind: string, isPlan: boolean, thenMode: CanonicalMode | null): Rung {
  if (isRejection(kind)) return 'ANSWER'
  if (isPlan && thenMode !== null) return thenMode === 'AUTOPILOT' ? 'FULL' : 'STEER'
  if (kind === 'allow_once') return isPlan ? 'STEER' : 'ANSWER'
  return 'FULL'
}

const words: readonly [RegExp, CanonicalMode][] = [
  [/bypass|yolo|autopilot|unattended|full[-_ ]?access|auto(?![-_ ]?(accept|edit))/i, 'AUTOPILOT'],
  [/default|interactive|manual|ask|accept|edit|step/i, 'INTERACTIVE'],
]

/** The mode an approved plan goes on in: the option's id ends in a native mode's id, else its words tell, else null. */
export function modeAfterPlan(preset: AgentPreset | null, id: string, name: string): CanonicalMode | null {
  const native = preset?.capabilities.modes.native ?? []
  const byId = [...native]
    .sort((a, b) => b.id.length - a.id.length)
    .find((mode) => id === mode.id || new RegExp(`[^a-z0-9]${escaped(mode.id)}$`, 'i').test(id))
  if (byId) return canonical(byId.means)
  return words.find(([pattern]) => pattern.test(id))?.[1] ?? words.find(([pattern]) => pattern.test(name))?.[1] ?? null
}

export function canonical(means: ReturnType<typeof meaningOf>): CanonicalMode | null {
  if (means === 'plan') return 'PLAN'
  if (means === 'autopilot') return 'AUTOPILOT'
  return means === 'interactive' ? 'INTERACTIVE' : null
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
