// A pairing as the bridge's callers see it: with the links for phone and local browser, and errors they can show.
import { pairingLink } from '../../protocol/pairing.ts'
import { RemoteError } from '../remote/failure.ts'
import type { Pairing } from '../remote/pairing.ts'
import { BridgeError, type OpenPairing } from './contract.ts'

const linkHelp =
  'A phone needs an HTTPS address: start the server with --reach tailscale or --reach https://… (a reverse proxy), or type the code in a browser on this machine.'

export function bridgePairing(pairing: Pairing, hostId: string, server: string, publicUrl: string | null): OpenPairing {
  const { id, code, secret, expiresAt } = pairing.file
  const isReachable = publicUrl?.startsWith('https://') === true
  return {
    id,
    code,
    expiresAt,
    link: isReachable ? pairingLink(publicUrl, { code, secret, hostId }) : null,
    linkHelp: isReachable ? null : linkHelp,
    localLink: pairingLink(server, { code, secret, hostId }),
    view: () => pairing.progress(),
    subscribe: (listener) => pairing.subscribe(listener),
    confirm: () => pairing.confirm().catch(asBridgeError),
    refuse: () => pairing.refuse().catch(asBridgeError),
    close: () => void pairing.close(),
  }
}

/** Throws it as what callers of the bridge know. */
export function asBridgeError(error: unknown): never {
  if (error instanceof RemoteError) throw new BridgeError(error.code, error.message, error.rule ?? undefined)
  throw error
}
