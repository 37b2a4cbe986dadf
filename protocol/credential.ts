/** What a host signs to be given a short-lived credential (T2). */
import { type Bytes, lines } from './bytes.ts'

/** Canonical bytes. `sessionId` null asks for the host's own credential, else for one good for that session alone. */
export const credentialBytes = (request: { hostId: string; nonce: string; sessionId: string | null }): Bytes =>
  lines('offdesk/credential/1', request.hostId, request.sessionId ?? '-', request.nonce)
