// How a deny stands that was said without looking: what this page knows of it, and what the server says became of it. Knows no screen.
import type { Said } from '../decisions/answers.ts'
import type { Deniable } from './documents.ts'

/** `waits`: it is under way, and nothing is left to press. `said`: in words; null where there is nothing to say. */
export type DenyState = { waits: 'Sending' | 'Sent' | null; said: string | null }

const ENDED: Partial<Record<NonNullable<Deniable['said']>['state'], string>> = {
  REFUSED: 'The workstation refused it. It still waits.',
  EXPIRED: 'It came too late for the workstation. It still waits.',
  UNKNOWN: 'Nobody knows whether it arrived. It still waits.',
  SUPERSEDED: 'Another answer came first. It still waits.',
}

/** A button is done when the host has said so, and what a host has refused can be said again (C5, D2). An allow of before, wherever it is, holds no deny back (D5). */
export function denyState(here: Said | undefined, there: Deniable['said']): DenyState {
  if (!here?.answer.isDeny) return { waits: null, said: null }
  const { state, answer } = here
  switch (state.kind) {
    case 'refused':
      return { waits: null, said: ['Not sent.', state.problem.message, state.problem.remedy].filter(Boolean).join(' ') }
    case 'stale':
      return { waits: null, said: 'Not sent.' }
    case 'kept':
      return { waits: 'Sending', said: 'Not sent yet: it goes when the server is back.' }
    case 'vouching':
    case 'sending':
      return { waits: 'Sending', said: null }
    case 'sent': {
      const ended = ENDED[there?.key === answer.key ? there.state : state.command.state]
      return ended ? { waits: null, said: ended } : { waits: 'Sent', said: null }
    }
  }
}
