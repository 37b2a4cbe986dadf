// Who this device is to the server: its bearer token and what pairing said. Survives every outage; only a person, or a
// revocation that the person has seen, clears it (an unreachable server never logs out).
import { readVault, writeVault } from './vault.ts'
import { wipeDevice } from './wipe.ts'

export type Identity = {
  token: string
  deviceId: string
  deviceName: string
  hostId: string | null
  hostName: string
  /** ISO instants. */
  pairedAt: string
  /** Set once the server has said that this device is revoked. What is kept here stays until the person acts. */
  revokedAt?: string
}

export type IdentityState =
  | { kind: 'loading' }
  | { kind: 'unpaired' }
  | { kind: 'paired' | 'revoked'; identity: Identity }

const NAME = 'identity'
/** As long as a closing connection may still be writing down what it had. */
const LAST_WRITES_MS = 1_000

const isIdentity = (value: unknown): value is Identity =>
  typeof value === 'object' && value !== null && 'token' in value && typeof value.token === 'string'

/** For the service worker, which holds no state between two events. Null when unpaired or revoked. */
export async function readIdentity(): Promise<Identity | null> {
  const kept = await readVault(NAME)
  return isIdentity(kept) && kept.revokedAt === undefined ? kept : null
}

export type IdentityStore = {
  current(): IdentityState
  subscribe(onChange: () => void): () => void
  load(): Promise<void>
  keep(identity: Identity): Promise<void>
  markRevoked(): Promise<void>
  /** Removes the identity and everything else this page keeps here. Only ever because a person said so. */
  forget(): Promise<void>
  close(): void
}

/** One per page; other tabs of this browser follow through a broadcast that carries no secret. */
export function createIdentityStore(): IdentityStore {
  let state: IdentityState = { kind: 'loading' }
  /** What is being written down. */
  let writing: Promise<void> = Promise.resolve()
  let isForgetting = false
  const listeners = new Set<() => void>()
  const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('offdesk-identity')

  const put = (next: IdentityState) => {
    state = next
    for (const listener of listeners) listener()
  }
  /** Not paired, nothing kept: also what this tab was writing down when another one ended the pairing. */
  const leave = async () => {
    put({ kind: 'unpaired' })
    await wipeDevice({ isAll: false }).catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, LAST_WRITES_MS))
    if (state.kind === 'unpaired') await wipeDevice({ isAll: false }).catch(() => undefined)
  }
  const load = async () => {
    let kept: unknown
    try {
      kept = await readVault(NAME)
    } catch {
      // Storage that cannot be read now is not an end of the pairing: nothing is removed.
      return put({ kind: 'unpaired' })
    }
    if (isIdentity(kept)) return put({ kind: kept.revokedAt === undefined ? 'paired' : 'revoked', identity: kept })
    void leave()
  }
  channel?.addEventListener('message', () => void load())

  return {
    current: () => state,
    subscribe(onChange) {
      listeners.add(onChange)
      return () => listeners.delete(onChange)
    },
    load,
    async keep(identity) {
      await writeVault(NAME, identity)
      put({ kind: 'paired', identity })
      channel?.postMessage('changed')
    },
    async markRevoked() {
      // Its own end revokes it: that is not written down where all has just been removed.
      if (state.kind !== 'paired' || isForgetting) return
      const identity = { ...state.identity, revokedAt: new Date().toISOString() }
      put({ kind: 'revoked', identity })
      writing = writeVault(NAME, identity)
      await writing
      channel?.postMessage('changed')
    },
    async forget() {
      isForgetting = true
      try {
        await writing.catch(() => undefined)
        await wipeDevice({ isAll: true })
        channel?.postMessage('changed')
        void leave()
      } finally {
        isForgetting = false
      }
    },
    close: () => channel?.close(),
  }
}
