// The agent's plan as the strip draws it, from the newest of what the row and the events say. Pure.
import type { PlanStep } from '../../ui/plan-strip.tsx'
import type { PlanEntry } from '../transcript/items/shape.ts'

const states: Record<string, PlanStep['state']> = { completed: 'done', in_progress: 'working' }

/** `told` is what the events read so far say; null while none of them did. */
export function planSteps(told: readonly PlanEntry[] | null, row: readonly PlanEntry[]): PlanStep[] {
  return (told ?? row).map((entry, index) => ({
    id: String(index),
    words: entry.content,
    state: states[entry.status] ?? 'todo',
  }))
}
