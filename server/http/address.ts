/** The peer's address as the limits count it. Knows no limit. */
import type { IncomingMessage } from 'node:http'
import { isIP, isIPv6 } from 'node:net'

/**
 * Behind a proxy on this machine it is what that proxy says: the last that it has added. Only with a public address is a proxy known to stand there; without one,
 * or from any other machine, `X-Forwarded-For` is anybody's word.
 */
export function peerAddress(request: IncomingMessage, publicUrl: string | null): string {
  const direct = request.socket.remoteAddress ?? 'unknown'
  if (publicUrl === null || !/^(::ffff:)?127\.|^::1$/.test(direct)) return direct
  const forwarded = [request.headers['x-forwarded-for']].flat().join(',').split(',').at(-1)?.trim() ?? ''
  return isIP(forwarded) ? forwarded : direct
}

/** What one peer can hold at will is one place: of IPv6 the first 64 bits. */
export function placeOf(address: string): string {
  if (!isIPv6(address)) return address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped) return mapped
  const [head = '', tail] = address.toLowerCase().replace(/%.*$/, '').split('::', 2)
  const first = head === '' ? [] : head.split(':')
  const last = tail ? tail.split(':') : []
  const zeros = tail === undefined ? 0 : 8 - first.length - last.length
  const groups = [...first, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...last]
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')
}
