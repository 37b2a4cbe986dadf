/** The peer's address as the limits count it. Behind a proxy on this machine it is what that proxy says; nobody else is believed. */
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

export function peerAddress(request: IncomingMessage): string {
  const direct = request.socket.remoteAddress ?? 'unknown'
  if (!/^(::ffff:)?127\.|^::1$/.test(direct)) return direct
  const forwarded = [request.headers['x-forwarded-for']].flat().join(',').split(',').at(-1)?.trim() ?? ''
  return isIP(forwarded) ? forwarded : direct
}
