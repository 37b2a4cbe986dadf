/** `--reach`: the public HTTPS address a phone uses, given or set up with Tailscale Serve; says exactly what is missing. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Mistake } from './mistake.ts'

const run = promisify(execFile)

export const HOW_TO_REACH =
  'A phone needs an HTTPS address: plain http on a network has no encryption keys, no installable page and no notifications. Start with --reach tailscale (Tailscale Serve gives a real certificate) or --reach https://… (your own reverse proxy to this port).'

/** The public address for the server on `port`, without a slash at its end. Throws Mistake. */
export async function reach(wanted: string, port: number): Promise<string> {
  if (wanted === 'tailscale') return tailscale(port)
  const url = parse(wanted)
  if (!url || (url.protocol !== 'https:' && !isLoopback(url))) {
    throw new Mistake(`--reach takes “tailscale” or an https address, not “${wanted}”. ${HOW_TO_REACH}`)
  }
  return url.origin
}

/** The HTTPS address Tailscale Serve already gives to this port, or null. Changes nothing and never throws. */
export async function detectTailscale(port: number): Promise<string | null> {
  try {
    return served(JSON.parse((await run('tailscale', ['serve', 'status', '--json'], { timeout: 3000 })).stdout), port)
  } catch {
    return null
  }
}

async function tailscale(port: number): Promise<string> {
  const existing = await detectTailscale(port)
  if (existing) return existing
  const status = await ask(['status', '--json'])
  if (status === null)
    throw new Mistake(
      'Tailscale is not installed on this machine. Install it from https://tailscale.com/download, run “tailscale up”, and start again.',
    )
  const { BackendState, Self } = JSON.parse(status) as { BackendState?: string; Self?: { DNSName?: string } }
  if (BackendState !== 'Running')
    throw new Mistake(
      `Tailscale is installed but not connected (${BackendState ?? 'state unknown'}). Run “tailscale up”, sign in, and start again.`,
    )
  if (!Self?.DNSName)
    throw new Mistake(
      'This tailnet gives the machine no DNS name. Turn on MagicDNS and HTTPS certificates in the Tailscale admin console (DNS page), and start again.',
    )
  try {
    await run('tailscale', ['serve', '--bg', String(port)], { timeout: 20_000 })
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim().split('\n')[0] ?? 'it gave no reason'
    throw new Mistake(
      `Tailscale Serve could not be turned on: ${said}. HTTPS certificates must be enabled in the admin console (DNS page); on Linux “sudo tailscale set --operator=$USER” lets you change Serve without root.`,
    )
  }
  return (await detectTailscale(port)) ?? `https://${Self.DNSName.replace(/\.$/, '')}`
}

async function ask(args: string[]): Promise<string | null> {
  try {
    return (await run('tailscale', args, { timeout: 5000 })).stdout
  } catch (error) {
    return (error as { code?: string }).code === 'ENOENT'
      ? null
      : ((error as { stdout?: string }).stdout ?? '{}') || '{}'
  }
}

type ServeStatus = { Web?: Record<string, { Handlers?: Record<string, { Proxy?: string }> }> }

function served(status: ServeStatus, port: number): string | null {
  for (const [address, { Handlers = {} }] of Object.entries(status.Web ?? {})) {
    const isOurs = Handlers['/']?.Proxy && new URL(Handlers['/'].Proxy).port === String(port)
    if (isOurs && address.endsWith(':443')) return `https://${address.slice(0, -4)}`
  }
  return null
}

function parse(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}

/** Browsers treat loopback as secure, so it works for a browser on this machine. */
const isLoopback = (url: URL) => url.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)
