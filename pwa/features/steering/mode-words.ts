// Modes in words: the agent's own names, the group they belong to, and what was asked beside what is in effect (C5). Pure.

export type ModeNamed = {
  id: string
  name: string
  canonical: 'PLAN' | 'INTERACTIVE' | 'AUTOPILOT' | null
  description: string | null
}
type Rung = 'VIEW' | 'ANSWER' | 'STEER' | 'FULL'

const groups = {
  PLAN: { name: 'Plan', means: 'nothing is changed' },
  INTERACTIVE: { name: 'Interactive', means: 'asks before it acts' },
  AUTOPILOT: { name: 'Autopilot', means: 'acts without asking' },
}
const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)

/** The group in words, `Autopilot: acts without asking`; without its name where the agent's own says it already. */
export function modeGroup(mode: ModeNamed): string | null {
  if (mode.canonical === null) return mode.description
  const { name, means } = groups[mode.canonical]
  if (mode.name.toLowerCase() !== name.toLowerCase()) return `${name}: ${means}`
  return means.charAt(0).toUpperCase() + means.slice(1)
}

/** `Interactive`; `Interactive, autopilot asked` while the agent has not followed. */
export function pillWords(
  effective: Pick<ModeNamed, 'id' | 'name'>,
  asked: Pick<ModeNamed, 'id' | 'name'> | null,
): string {
  return asked !== null && asked.id !== effective.id ? `${effective.name}, ${lower(asked.name)} asked` : effective.name
}

/** What a device needs to ask for this mode (T4). */
export const modeRung = (mode: Pick<ModeNamed, 'canonical'>): Rung =>
  mode.canonical === 'AUTOPILOT' ? 'FULL' : 'STEER'
