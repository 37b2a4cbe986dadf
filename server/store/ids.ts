/** Ids that the server mints, and the form of those that hosts mint. 132 bits each. */
import { createHash } from 'node:crypto'
import { randomText } from '../../protocol/bytes.ts'

/** Unguessable and never reused, also after a restart or a restore. */
export const mintId = (kind: 'own' | 'pai' | 'inv' | 'ent' | 'org' | 'adm' | 'snk'): string =>
  `${kind}_${randomText(17).slice(0, 22)}`

/**
 * The same for the same sender and key: what is sent again to a server that was put back from a backup is the same command, and the host's ledger
 * knows it (C3). Others cannot have it, for a sender is who it is.
 */
export const idOfKey = (kind: 'cmd' | 'prm', sender: string, key: string): string =>
  `${kind}_${createHash('sha256').update(`${kind} ${sender} ${key}`).digest('base64url').slice(0, 22)}`

export const isSessionId = (id: string): boolean => /^ses_[A-Za-z0-9_-]{22}$/.test(id)
export const isDecisionId = (id: string): boolean => /^dec_[A-Za-z0-9_-]{22}$/.test(id)
/** What a sender chooses to make sending again harmless (C1). */
export const isCommandKey = (key: string): boolean => /^[A-Za-z0-9_-]{16,64}$/.test(key)
