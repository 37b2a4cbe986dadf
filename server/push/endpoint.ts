/** Which addresses this server will speak to for somebody else: public https ones, so that a subscription cannot make it call its own network. */
import { lookup as systemLookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { fromBase64Url } from '../../protocol/bytes.ts'
import { refuse } from '../store/refused.ts'

/** Plain http to loopback only, for tests with a push service of their own. */
export type EndpointRule = {
  allowLoopback: boolean
  /** The server's operator vouches for whom it is: any network, https, and plain http on this machine. */
  allowPrivate?: boolean
  /** Tests: names of their own. */
  resolve?: Resolve
}
export type Resolve = (
  hostname: string,
  options: { all: true },
  callback: (error: Error | null, found: { address: string; family: number }[]) => void,
) => void

export type PushSubscription = { endpoint: string; p256dh: string; auth: string }

// One list for each family: a list of both would look an IPv4 address up among the IPv6 ranges as well.
const PRIVATE_4 = new BlockList()
for (const range of (
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.168.0.0/16 ' +
  '198.18.0.0/15 224.0.0.0/3'
).split(' ')) {
  const [net = '', bits] = range.split('/')
  PRIVATE_4.addSubnet(net, Number(bits), 'ipv4')
}
// All that is not global unicast (mapped IPv4 among it), and what tunnels IPv4 or is for documents.
const PRIVATE_6 = new BlockList()
for (const range of '::/3 4000::/2 8000::/1 2001::/32 2002::/16 2001:db8::/32'.split(' ')) {
  const [net = '', bits] = range.split('/')
  PRIVATE_6.addSubnet(net, Number(bits), 'ipv6')
}

export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !PRIVATE_4.check(address, 'ipv4')
  return isIP(address) === 6 && !PRIVATE_6.check(address, 'ipv6')
}

/** Throws BAD_INPUT for an endpoint this server would not call, or keys that are none. */
export function parsePushSubscription(asked: PushSubscription, rule: EndpointRule): PushSubscription {
  const url = URL.canParse(asked.endpoint) && asked.endpoint.length <= 2048 ? new URL(asked.endpoint) : null
  if (!url || !isEndpoint(url, rule)) {
    throw refuse('BAD_INPUT', 'A push endpoint is an https address of a public push service.', { level: 'server' })
  }
  if (!isKey(asked.p256dh, 65) || !isKey(asked.auth, 16)) {
    throw refuse('BAD_INPUT', "The keys are not those of a browser's push subscription.", { level: 'server' })
  }
  return { endpoint: url.href, p256dh: asked.p256dh, auth: asked.auth }
}

/** Https, no credentials, no private address or name; loopback where the rule says so. */
export function isEndpoint(url: URL, rule: EndpointRule): boolean {
  const name = url.hostname.replace(/^\[|\]$/g, '')
  if (url.username || url.password) return false
  if (rule.allowPrivate)
    return url.protocol === 'https:' || (url.protocol === 'http:' && /^(127\.0\.0\.1|localhost|::1)$/.test(name))
  if (rule.allowLoopback && (name === '127.0.0.1' || name === 'localhost')) return /^https?:$/.test(url.protocol)
  if (url.protocol !== 'https:') return false
  if (isIP(name)) return isPublicAddress(name)
  return name.includes('.') && !/(^|\.)(localhost|local|internal|home\.arpa)\.?$/i.test(name)
}

/** For the socket itself: what a name means is looked at when it is called, not only when it was subscribed. */
export const publicLookup =
  (rule: EndpointRule): LookupFunction =>
  (hostname, options, callback) => {
    const resolve = rule.resolve ?? systemLookup
    resolve(hostname, { ...options, all: true }, (error, found) => {
      const [first] = found ?? []
      if (error || !first) return callback(error ?? new Error(`no address for ${hostname}`), '', 0)
      const refused =
        rule.allowLoopback || rule.allowPrivate ? undefined : found.find((one) => !isPublicAddress(one.address))
      if (refused) return callback(new Error(`${hostname} is not a public address`), '', 0)
      return options.all ? callback(null, found) : callback(null, first.address, first.family)
    })
  }

function isKey(text: string, count: number): boolean {
  try {
    return fromBase64Url(text.replace(/=+$/, '')).length === count
  } catch {
    return false
  }
}
