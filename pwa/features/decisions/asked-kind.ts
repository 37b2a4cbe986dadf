// Which sign an open decision carries. Pure.
import type { AskedKind } from '../../ui/state-glyph.tsx'
import type { Decision } from './decision-store.ts'

const files = new Set(['edit', 'delete', 'move'])

/** A change to a file has a sign of its own; every other permission is a command's. */
export function askedKind(decision: Pick<Decision, 'kind' | 'toolKind'>): AskedKind {
  if (decision.kind === 'QUESTION') return 'question'
  if (decision.kind === 'PLAN') return 'plan'
  return decision.toolKind !== null && files.has(decision.toolKind) ? 'edit' : 'permission'
}
