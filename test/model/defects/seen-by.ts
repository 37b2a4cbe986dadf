// Which invariants speak for a rule. Knows no defect.
import type { Invariant } from '../pure/invariants.ts'

/** Which invariants say that a rule is broken: another one that fails under a defect has found something else, or a busy machine. */
export const seenBy: Record<string, readonly Invariant[]> = {
  E1: ['prefix', 'acknowledged', 'dense', 'converges'],
  E2: ['prefix', 'acknowledged', 'dense', 'converges'],
  E3: ['prefix', 'acknowledged', 'dense'],
  E4: ['prefix', 'dense'],
  E5: ['converges'],
  L2: ['converges', 'losersTold'],
  L3: ['converges', 'viewerPrefix', 'losersTold'],
  L6: ['viewerPrefix'],
  C1: ['onceOnly', 'losersTold'],
  C2: ['losersTold', 'onceOnly'],
  C3: ['onceOnly', 'losersTold', 'answered'],
  C4: ['losersTold', 'answered', 'onceOnly'],
  C5: ['losersTold', 'onceOnly', 'answered', 'oneEffect'],
  D1: ['converges', 'oneEffect'],
  D2: ['answered', 'oneEffect', 'converges'],
  D3: ['oneEffect', 'losersTold', 'answered'],
  T3: ['silence'],
}
