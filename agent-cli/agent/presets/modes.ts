// Translates between an agent's native modes and Offdesk's three. Pure; unknown agents are read by the names they use.
import type { AgentPreset, Mode, ModeStep } from './preset.ts'

/** What a native mode means; `unknown` if neither the preset nor its name tells. */
export function meaningOf(preset: AgentPreset | null, nativeId: string): Mode | 'unknown' {
  if (!preset) return guess(nativeId)
  const { match, native } = preset.capabilities.modes
  const known = native.find(({ id }) => (match === 'suffix' ? nativeId.endsWith(id) : nativeId === id))
  return known?.means ?? 'unknown'
}

/**
 * The steps that put an agent into `mode`, with native ids as this agent process listed them in `offeredIds`.
 * Null: the agent has no such mode here. For autopilot the host may answer permissions itself instead.
 */
export function stepsFor(
  preset: AgentPreset | null,
  mode: Mode,
  offeredIds: readonly string[],
): readonly ModeStep[] | null {
  if (!preset) {
    const id = offeredIds.find((offered) => guess(offered) === mode)
    return id === undefined ? null : [{ by: 'setMode', id }]
  }
  const { match, steps } = preset.capabilities.modes
  const resolved: ModeStep[] = []
  for (const step of steps[mode] ?? []) {
    if (step.by === 'configOption') {
      resolved.push(step)
      continue
    }
    const id = offeredIds.find((offered) => (match === 'suffix' ? offered.endsWith(step.id) : offered === step.id))
    // A mode can be missing at run time: Claude hides bypassPermissions from root.
    if (id === undefined) return null
    resolved.push({ by: 'setMode', id })
  }
  return resolved.length > 0 ? resolved : null
}

const names: readonly [RegExp, Mode][] = [
  [/plan|architect/i, 'plan'],
  [/yolo|bypass|autopilot|full[-_ ]?access|unattended/i, 'autopilot'],
  [/default|interactive|agent|build|act$|ask|code|edit/i, 'interactive'],
]

function guess(nativeId: string): Mode | 'unknown' {
  return names.find(([pattern]) => pattern.test(nativeId))?.[1] ?? 'unknown'
}
