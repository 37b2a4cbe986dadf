// The demo's three modes under their native ids, and the one option it offers.
import type { SessionConfigOption, SessionModeState } from '@agentclientprotocol/sdk'

export type DemoMode = 'plan' | 'default' | 'auto'

const modes: readonly { id: DemoMode; name: string; description: string }[] = [
  { id: 'plan', name: 'Plan', description: 'Reads and plans, changes nothing until you approve.' },
  { id: 'default', name: 'Interactive', description: 'Asks before each edit and each command.' },
  { id: 'auto', name: 'Autopilot', description: 'Works without asking.' },
]

export function modeNamed(id: string): DemoMode | null {
  return modes.find((mode) => mode.id === id)?.id ?? null
}

export function modeState(current: DemoMode): SessionModeState {
  return { currentModeId: current, availableModes: modes.map((mode) => ({ ...mode })) }
}

export const paces: Readonly<Record<string, number>> = { calm: 1.6, normal: 1, brisk: 0.3 }

export function paceOption(current: string): SessionConfigOption {
  return {
    id: 'pace',
    name: 'Pace',
    description: 'How fast the demo speaks.',
    type: 'select',
    currentValue: current,
    options: [
      { value: 'calm', name: 'Calm' },
      { value: 'normal', name: 'Normal' },
      { value: 'brisk', name: 'Brisk' },
    ],
  }
}
