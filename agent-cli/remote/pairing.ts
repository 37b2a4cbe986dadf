// One pairing seen from the host that opened it: waits for the joiner, pins it, reveals, shows the match code, and trusts on a key press
// (decision 0001). Any process of this machine may drive it from its file. Knows no screen.
import { fromBase64Url } from '../../protocol/bytes.ts'
import { principalId } from '../../protocol/keys.ts'
import { joinMac, matchCode } from '../../protocol/pairing.ts'
import type { Caller } from './credentials.ts'
import { codeOf, isPassing, RemoteError } from './failure.ts'
import type { Identity } from './identity.ts'
import { dropPairing, type Joiner, type PairingFile, pinJoiner, readPairing } from './pairing-files.ts'
import {
  ConfirmPairing,
  RefusePairing,
  RevealPairing,
  type WatchedPairing,
  WatchPairing,
} from './pairing-operations.ts'
import { createBackoff, pause } from './pause.ts'
import type { Roster } from './roster.ts'

export type PairingProgress = {
  readonly state: 'OPEN' | 'CLAIMED' | 'JOINED' | 'REVEALED' | 'CONFIRMED' | 'REFUSED' | 'EXPIRED' | 'FAILED'
  readonly joinerName: string | null
  readonly matchCode: string | null
  readonly readTheQr: boolean
  readonly reason: string | null
}

export type Pairing = {
  readonly file: PairingFile
  progress(): PairingProgress
  subscribe(listener: () => void): () => void
  /** Both sides show the same code: trusts the pinned joiner and tells the server. Throws RemoteError PAIRING_STATE before REVEALED. */
  confirm(): Promise<void>
  refuse(): Promise<void>
  /** Trusts the pinned joiner without telling the server: for an enrolment, which the joiner itself confirms. Resolves with its id. */
  trustJoiner(): Promise<string>
  /** Stops watching. The pairing goes on. */
  close(): Promise<void>
}

const over: ReadonlySet<string> = new Set(['CONFIRMED', 'REFUSED', 'EXPIRED', 'FAILED'])

export function watchPairing(options: {
  file: PairingFile
  hostDir: string
  identity: Identity
  roster: Roster
  call: Caller
}): Pairing {
  const { hostDir, identity, roster, call } = options
  let file = options.file
  const ended = new AbortController()
  const listeners = new Set<() => void>()
  let progress: PairingProgress = { state: 'OPEN', joinerName: null, matchCode: null, readTheQr: false, reason: null }

  function become(change: Partial<PairingProgress>): void {
    progress = { ...progress, ...change }
    if (over.has(progress.state)) void dropPairing(hostDir, file.id)
    for (const listener of listeners) listener()
  }

  function handshake(joiner: Joiner) {
    const { purpose, nonce: openerNonce } = file
    const openerPublicKey = identity.publicKey
    return { purpose, openerPublicKey, openerNonce, joinerPublicKey: joiner.publicKey, joinerNonce: joiner.nonce }
  }

  /** What is wrong with a joiner, or null. The server is not believed: it may have swapped any of it. */
  async function wrongWith(joiner: Joiner, deviceId: string | null): Promise<string | null> {
    try {
      const id = await principalId('dev', joiner.publicKey)
      if (deviceId !== null && deviceId !== id) return 'The joining device’s id does not belong to its key.'
      if (fromBase64Url(joiner.nonce).byteLength !== 32) return 'The joining device sent a malformed nonce.'
      if (joiner.mac !== null && joiner.mac !== (await joinMac(file.secret, handshake(joiner)))) {
        return 'The proof of the QR does not fit: what was scanned is not what arrived here. Start again.'
      }
      return null
    } catch {
      return 'The joining device sent a malformed key.'
    }
  }

  async function take(seen: WatchedPairing): Promise<void> {
    if (seen.state === 'JOINED' || seen.state === 'REVEALED') {
      const { joinerPublicKey, joinerNonce } = seen
      if (joinerPublicKey === null || joinerNonce === null)
        return become({ state: 'FAILED', reason: 'The server shows no joiner.' })
      const given = {
        publicKey: joinerPublicKey,
        nonce: joinerNonce,
        name: seen.joinerName ?? 'a device',
        mac: seen.mac,
      }
      // Revealed without a pin of ours means that somebody else opened the commitment.
      const joiner =
        seen.state === 'JOINED'
          ? await pinJoiner(hostDir, file.id, given)
          : (await readPairing(hostDir, file.id))?.joiner
      if (!joiner) return become({ state: 'FAILED', reason: 'This pairing is no longer open here.' })
      file = { ...file, joiner }
      const problem = await wrongWith(joiner, seen.deviceId)
      if (problem !== null) return fail(problem)
      const readTheQr = joiner.mac !== null
      if (seen.state === 'JOINED') {
        become({ state: 'JOINED', joinerName: joiner.name, readTheQr })
        await call(RevealPairing, { id: file.id, nonce: file.nonce }, { signal: ended.signal })
      } else {
        become({ state: 'REVEALED', joinerName: joiner.name, readTheQr, matchCode: await matchCode(handshake(joiner)) })
      }
      return
    }
    // A confirmation may be the first that is seen after the reveal: the code must be there to be compared.
    const code = file.joiner === null ? null : await matchCode(handshake(file.joiner))
    become({ state: seen.state, joinerName: seen.joinerName ?? progress.joinerName, matchCode: code })
  }

  async function fail(reason: string): Promise<void> {
    become({ state: 'FAILED', reason })
    await call(RefusePairing, { id: file.id }).catch(() => undefined)
  }

  async function watch(
    knownState: WatchedPairing['state'] | null,
    waitSeconds: number,
  ): Promise<WatchedPairing | null> {
    const asked = { id: file.id, knownState, waitSeconds }
    const { pairing } = await call(WatchPairing, asked, { signal: ended.signal, timeoutSeconds: 40 })
    return pairing
  }

  async function run(): Promise<void> {
    const backoff = createBackoff()
    let known: WatchedPairing['state'] | null = null
    while (!ended.signal.aborted && !over.has(progress.state)) {
      try {
        const waitSeconds: number = known === null ? 0 : 25
        const pairing = await watch(known, waitSeconds)
        if (pairing === null) return become({ state: 'EXPIRED' })
        if (pairing.state !== known) await take(pairing)
        known = pairing.state
        backoff.reset()
      } catch (error) {
        if (ended.signal.aborted) return
        const code = codeOf(error)
        if (code === 'PAIRING_EXPIRED' || code === 'NOT_FOUND') return become({ state: 'EXPIRED' })
        if (error instanceof RemoteError && !isPassing(error) && code !== 'PAIRING_STATE') {
          return become({ state: 'FAILED', reason: error.message })
        }
        known = null
        await pause(backoff.next(), ended.signal).catch(() => undefined)
      }
    }
  }

  async function trust(joiner: Joiner): Promise<string> {
    const id = await principalId('dev', joiner.publicKey)
    const addedAt = new Date().toISOString()
    await roster.add({ id, name: joiner.name, publicKey: joiner.publicKey, rung: file.rung, via: 'paired', addedAt })
    return id
  }

  const running = run()
  return {
    get file() {
      return file
    },
    progress: () => progress,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    async confirm() {
      if (progress.state === 'CONFIRMED') return
      const { joiner } = file
      if (progress.state !== 'REVEALED' || joiner === null) {
        throw new RemoteError(
          'PAIRING_STATE',
          'There is no match code to confirm yet: scan the QR or type the code on the device first.',
        )
      }
      // First here, then there: the device may send a command the moment the server lets it.
      const id = await trust(joiner)
      try {
        await call(ConfirmPairing, { id: file.id })
      } catch (error) {
        if (error instanceof RemoteError && !isPassing(error)) await roster.remove(id)
        throw error
      }
      become({ state: 'CONFIRMED' })
    },
    async refuse() {
      if (over.has(progress.state)) return
      become({ state: 'REFUSED' })
      await call(RefusePairing, { id: file.id }).catch(() => undefined)
    },
    async trustJoiner() {
      if (file.joiner === null) throw new RemoteError('PAIRING_STATE', 'Nobody has joined this enrolment yet.')
      return trust(file.joiner)
    },
    async close() {
      ended.abort()
      await running
    },
  }
}
