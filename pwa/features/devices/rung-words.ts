// Rungs in words (T4): what a device may do, said the same everywhere.
import type { ResultOf } from '../../graphql/graphql.ts'
import type { ViewerDocument } from './viewer.ts'

export type Rung = ResultOf<typeof ViewerDocument>['viewer']['rung']

/** Lowest first. */
export const rungs: readonly Rung[] = ['VIEW', 'ANSWER', 'STEER', 'FULL']

export const rungName: Record<Rung, string> = { VIEW: 'view', ANSWER: 'answer', STEER: 'steer', FULL: 'full' }

/** Follows "this phone" or a device's name. */
export const rungSentence: Record<Rung, string> = {
  VIEW: 'may read sessions (view). It cannot answer or prompt.',
  ANSWER: 'may answer and approve once (answer). Prompts need steer.',
  STEER: 'may answer and prompt (steer). Autopilot needs full.',
  FULL: 'may do everything, always-allow and autopilot included (full).',
}

/** What choosing an option of this rung is called when it is refused. */
export const rungVerb: Record<Rung, string> = {
  VIEW: 'read',
  ANSWER: 'answer and approve once',
  STEER: 'send prompts and approve a plan',
  FULL: 'allow always or use autopilot',
}

/** Whether a device on `held` may do what needs `needed`. */
export const reaches = (held: Rung, needed: Rung): boolean => rungs.indexOf(held) >= rungs.indexOf(needed)
