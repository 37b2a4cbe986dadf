// Where a reason or a comment goes: ACP has no field for either (D7). Steered into the running turn where that works, else the next prompt.
import type { AgentPreset } from '../agent/presets/preset.ts'
import type { DecisionKind, WordsGo } from '../agent/translate/event-body.ts'
import type { Answered } from './decisions.ts'

/** A turn that a refusal ends cannot be steered: words for it would be lost. */
export function wordsGo(kind: DecisionKind, canSteer: boolean, preset: AgentPreset | null): WordsGo {
  if (!canSteer) return 'NEXT_PROMPT'
  const refused = kind === 'PLAN' ? preset?.capabilities.planRefused : preset?.capabilities.permissionRefused
  return refused === 'cancelled' || refused === 'endTurn' ? 'NEXT_PROMPT' : 'SAME_TURN'
}

/** The words as the agent reads them, with what they are about. */
export function saidOf({ decision, isRejected, words }: Answered): string {
  const about =
    decision.kind === 'PLAN' ? 'the plan' : decision.kind === 'QUESTION' ? 'your question' : `“${decision.title}”`
  const verdict = isRejected ? `I said no to ${about}` : `I agreed to ${about}, with a comment`
  return `${verdict}:\n\n${words ?? ''}`
}
