// The road to a server: straight, or through the proxy that this machine's environment names, trusting its own authorities besides the usual ones.
// Knows no request. Node 20 reads no proxy variables by itself.
import { readFileSync } from 'node:fs'
import { type ClientRequestArgs, Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { rootCertificates } from 'node:tls'
import { urlToHttpOptions } from 'node:url'
import { HttpsProxyAgent } from 'https-proxy-agent'
import { type Environment, proxyFor } from '../../protocol/proxy.ts'

export { type Environment, proxyFor }

type Way = ClientRequestArgs & { agent: HttpAgent | HttpsAgent; isTunnel: boolean; ca?: string[] }

export type Road = {
  /**
   * Where a request goes, the connection's agent, kept open and shared by all who go to the same place, and what a request over TLS trusts. Found out once for one
   * and the same object: it is asked for every event.
   */
  optionsFor(url: URL): Way
  /** Between requests nothing is left open. */
  close(): void
}

/**
 * `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` in capitals or small letters, small ones first as curl has it; this machine itself is never behind a proxy.
 * `ca` is a file in PEM. `NODE_EXTRA_CA_CERTS` Node obeys by itself. Throws with a sentence when the proxy is no address or the file cannot be read.
 */
export function openRoad(env: Environment = process.env, ca: string | null = null): Road {
  const trusted = ca === null ? {} : { ca: [...rootCertificates, ...extra(env), readCertificates(ca)] }
  const plain = new HttpAgent({ keepAlive: true })
  const secure = new HttpsAgent({ keepAlive: true, ...trusted })
  const tunnels = new Map<string, HttpsProxyAgent<string>>()

  function tunnel(proxy: string): HttpsProxyAgent<string> {
    const known = tunnels.get(proxy)
    if (known !== undefined) return known
    const made = new HttpsProxyAgent(proxy, { keepAlive: true, ...trusted })
    tunnels.set(proxy, made)
    return made
  }

  function find(url: URL): Way {
    const proxy = proxyFor(url, env)
    const straight = url.protocol === 'https:' ? secure : plain
    const agent = proxy === null ? straight : tunnel(proxy)
    return { ...urlToHttpOptions(url), agent, isTunnel: proxy !== null, ...trusted }
  }

  const found = new WeakMap<URL, Way>()
  return {
    optionsFor(url) {
      const known = found.get(url)
      if (known !== undefined) return known
      const way = find(url)
      found.set(url, way)
      return way
    },
    close() {
      for (const agent of [plain, secure, ...tunnels.values()]) agent.destroy()
    },
  }
}

const extra = (env: Environment): string[] => {
  try {
    return env.NODE_EXTRA_CA_CERTS ? [readFileSync(env.NODE_EXTRA_CA_CERTS, 'utf8')] : []
  } catch {
    // Node has said so at its start.
    return []
  }
}

function readCertificates(path: string): string {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const { code = 'no reason given' } = error as NodeJS.ErrnoException
    throw new RangeError(
      `The certificates of this machine’s administrator, ${path}, cannot be read (${code}). Ask them.`,
    )
  }
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text
  throw new RangeError(
    `The certificates of this machine’s administrator, ${path}, hold no certificate in PEM. Ask them.`,
  )
}
