/** What a resolver is given for one operation: who asks, until when, and the server's parts. Made by http/ and sockets/, by nobody else. */
import type { Principal } from '../policy/principal.ts'

export type Context = {
  readonly principal: Principal
  /**
   * Aborts when the request is dropped, the operation is completed, the server stops, or the principal is revoked (T3; then `reason` is the
   * `Refused` to throw). Everything that waits takes it.
   */
  readonly signal: AbortSignal
  /** Address of the peer as the limits count it. */
  readonly address: string
}
