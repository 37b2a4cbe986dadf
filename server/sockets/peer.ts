/** One WebSocket of a client: what is kept of it for as long as it is open, and how it is closed. Knows no operation. */
import type { WebSocket } from 'ws'
import { CutOff, type Identity } from '../auth/trust.ts'
import { isRefused } from '../store/refused.ts'

/** 4401 no credential, 4403 a revoked or unknown one: then do not come back with it. 1013: come back later. 4409: two subscriptions of one id. */
export const CLOSE = { none: 4401, refused: 4403, taken: 4409, later: 1013, going: 1001 } as const

export type Peer = {
  socket: WebSocket
  /** As the limits count it. */
  address: string
  /** Once it has said who it is. */
  held: { identity: Identity; unwatch: () => void; authorization: unknown } | null
  /** Operations under way, by their ids, with their ends; made by the first. */
  operations: Map<string, () => void> | null
  /** Rounds since anything came from it. */
  quiet: number
}

/** One device has one socket per open page, and a page follows a handful of things. */
export const MAX_OPERATIONS = 50

export function close(socket: WebSocket, code: number, reason: string): false {
  socket.close(code, reason)
  return false
}

export function closeFor(socket: WebSocket, why: unknown): false {
  if (isRefused(why)) return close(socket, CLOSE.refused, why.code)
  return close(socket, CLOSE.later, why instanceof CutOff ? why.message : 'Try again later.')
}

/** Ends one operation, as often as it is called. */
export function endOperation(peer: Peer, id: string): void {
  const end = peer.operations?.get(id)
  peer.operations?.delete(id)
  end?.()
}
