/** Which proxy the environment of a machine names for an address: the same words for host and server. Knows no request. */

export type Environment = Readonly<Record<string, string | undefined>>

/** The proxy's address, or null for the straight road. Throws RangeError when the environment names what is none. */
export function proxyFor(url: URL, env: Environment): string | null {
  const said = (name: string) => env[name.toLowerCase()] || env[name] || null
  const scheme = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  const named = said(scheme) ?? said('ALL_PROXY')
  if (named === null || isDirect(url, said('NO_PROXY') ?? '')) return null
  const text = named.includes('://') ? named : `http://${named}`
  let proxy: URL
  try {
    proxy = new URL(text)
  } catch {
    throw new RangeError(`${scheme} names no address of a proxy. Correct it, or unset it.`)
  }
  if (proxy.protocol === 'http:' || proxy.protocol === 'https:') return proxy.href
  throw new RangeError(
    `${scheme} names a proxy of the kind ${proxy.protocol}//; only http:// and https:// are spoken. Correct it, or unset it.`,
  )
}

/** Names and their subdomains, addresses, `host:port`, `*`. */
function isDirect({ hostname, port, protocol }: URL, list: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase()
  if (host === 'localhost' || host === '::1' || /^127\./.test(host)) return true
  const at = port || (protocol === 'https:' ? '443' : '80')
  return list.split(/[\s,]+/).some((entry) => {
    if (entry === '*') return true
    const [, name = '', wanted] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? []
    const bare = name.replace(/^\[|\]$/g, '').replace(/^\*?\./, '')
    return bare !== '' && (wanted === undefined || wanted === at) && (host === bare || host.endsWith(`.${bare}`))
  })
}
