// Opens a pairing at the server and keeps it in its file. Picks the secrets; shows none.
import { randomText } from '../../protocol/bytes.ts'
import { commitment } from '../../protocol/pairing.ts'
import type { Caller } from './credentials.ts'
import type { Identity } from './identity.ts'
import { keepPairing, type PairingFile } from './pairing-files.ts'
import { OpenPairing } from './pairing-operations.ts'
import type { Rung } from './roster.ts'

/** Rejects like `ask`. */
export async function openPairing(options: {
  call: Caller
  identity: Identity
  hostDir: string
  server: string
  rung: Rung
  sessionId: string | null
  signal?: AbortSignal
}): Promise<PairingFile> {
  const { call, identity, hostDir, server, rung, sessionId, signal } = options
  const nonce = randomText(32)
  const secret = randomText(16)
  const committed = await commitment('PAIR_DEVICE', identity.publicKey, nonce)
  const input = { hostId: identity.hostId, commitment: committed, rung, sessionId }
  const { openPairing } = await call(OpenPairing, { input }, { signal })
  const file: PairingFile = {
    id: openPairing.pairing.id,
    server,
    purpose: 'PAIR_DEVICE',
    code: openPairing.code,
    nonce,
    secret,
    rung,
    sessionId,
    expiresAt: openPairing.pairing.expiresAt,
    openedBy: process.pid,
    joiner: null,
    token: null,
  }
  await keepPairing(hostDir, file)
  return file
}
