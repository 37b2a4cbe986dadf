/** The names under which sessions and decisions refer to each other; their fields stand in files of their own. */
import type { Decision as DecisionValue } from '../store/decisions.ts'
import type { SessionRow } from '../store/sessions.ts'
import { builder, type SessionKey } from './builder.ts'

export const Session = builder.objectRef<SessionRow>('Session')
export const Decision = builder.objectRef<DecisionValue>('Decision')

export const sessionKey = (row: SessionRow): SessionKey => ({
  ownerId: row.ownerId,
  hostId: row.hostId,
  sessionId: row.id,
})
