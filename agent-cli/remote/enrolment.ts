// Makes this machine known to a server: by the setup code it printed, or by the confirmation of a device that is paired already.
import { hostname } from 'node:os'
import { randomText } from '../../protocol/bytes.ts'
import { commitment, normaliseCode } from '../../protocol/pairing.ts'
import { type Caller, createCaller } from './credentials.ts'
import { type AskOptions, ask, type Endpoint } from './graphql-http.ts'
import { AskViewer } from './host-operations.ts'
import type { Identity } from './identity.ts'
import { type Pairing, type PairingProgress, watchPairing } from './pairing.ts'
import { keepPairing, type PairingFile } from './pairing-files.ts'
import { EnrolHost, RequestEnrolment, TrustDevice } from './pairing-operations.ts'
import type { Roster, Rung } from './roster.ts'
import { rememberServer } from './servers.ts'

type At = { endpoint: Endpoint; identity: Identity; hostDir: string; name?: string; signal?: AbortSignal }

/** Enrols with the code a server printed at its first start. Rejects like `ask` (CODE_WRONG, RATE_LIMITED …). */
export async function enrolWithSetupCode(at: At & { setupCode: string }): Promise<{ name: string }> {
  const name = at.name ?? hostname()
  const input = {
    name,
    platform: process.platform,
    publicKey: at.identity.publicKey,
    setupCode: normaliseCode(at.setupCode),
  }
  const { enrolHost } = await ask(at.endpoint, EnrolHost, { input }, at.signal ? { signal: at.signal } : {})
  await remember(at, enrolHost.host.name)
  return { name: enrolHost.host.name }
}

/** True when the server knows this machine's key already. Rejects when it cannot be asked. */
export async function isEnrolled(at: At): Promise<boolean> {
  const call = createCaller({ endpoint: at.endpoint, identity: at.identity, sessionId: null })
  try {
    const { viewer } = await call(AskViewer, {}, at.signal ? { signal: at.signal } : {})
    await remember(at, viewer.name)
    return true
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'NOT_FOUND' || code === 'UNAUTHENTICATED' || code === 'REVOKED') return false
    throw error
  }
}

export type Enrolment = {
  readonly code: string
  readonly expiresAt: string
  /** `confirm` is the device's part, so it is not to be called here. */
  readonly pairing: Pairing
  /**
   * Waits for the end of the pairing. `compare` is asked once, when there is a match code; only its yes makes the device trusted here,
   * whatever the server says meanwhile (T5). Rejects with what `compare` rejects with.
   */
  finish(compare: (joiner: { name: string; matchCode: string }) => Promise<boolean>): Promise<Finished>
}

/** `isTrusted` is true only for CONFIRMED and a yes at this machine. */
export type Finished = { readonly final: PairingProgress; readonly isTrusted: boolean }

/** Asks to be let in by a device of its person, which types the code and confirms; `rung` is what that device may do here from then on (FULL). */
export async function requestEnrolment(at: At & { roster: Roster; rung?: Rung }): Promise<Enrolment> {
  const nonce = randomText(32)
  const { identity, endpoint, hostDir, roster } = at
  const name = at.name ?? hostname()
  const committed = await commitment('ENROL_HOST', identity.publicKey, nonce)
  const input = { commitment: committed, name, platform: process.platform, publicKey: identity.publicKey }
  const { requestEnrolment } = await ask(endpoint, RequestEnrolment, { input }, at.signal ? { signal: at.signal } : {})
  const file: PairingFile = {
    id: requestEnrolment.pairing.id,
    server: endpoint.url,
    purpose: 'ENROL_HOST',
    code: requestEnrolment.code,
    nonce,
    secret: randomText(16),
    rung: at.rung ?? 'FULL',
    sessionId: null,
    expiresAt: requestEnrolment.pairing.expiresAt,
    openedBy: process.pid,
    joiner: null,
    token: requestEnrolment.token,
  }
  await keepPairing(hostDir, file)
  const call: Caller = (document, variables, options: Omit<AskOptions, 'token'> = {}) =>
    ask(endpoint, document, variables, { ...options, token: file.token ?? undefined })
  const pairing = watchPairing({ file, hostDir, identity, roster, call })
  return {
    code: file.code,
    expiresAt: file.expiresAt,
    pairing,
    async finish(compare) {
      let asked: Promise<boolean> | null = null
      const final = await ending(pairing, ({ joinerName, matchCode }) => {
        if (matchCode === null || asked !== null) return
        asked = compare({ name: joinerName ?? 'a device', matchCode })
        const refuse = () => void pairing.refuse()
        asked.then((isSame) => isSame || refuse(), refuse)
      })
      if (final.state !== 'CONFIRMED') return { final, isTrusted: false }
      // A server can say CONFIRMED before the person here has looked: their answer is waited for.
      const isTrusted = asked !== null && (await asked)
      if (isTrusted) {
        const id = await pairing.trustJoiner()
        await remember(at, name)
        // Now as the host that it has become. What the server was not told, “offdesk devices trust” tells it.
        const asHost = createCaller({ endpoint, identity, sessionId: null })
        await asHost(TrustDevice, { id, rung: file.rung }).catch(() => undefined)
      }
      return { final, isTrusted }
    },
  }
}

function ending(pairing: Pairing, onProgress: (progress: PairingProgress) => void): Promise<PairingProgress> {
  return new Promise((resolve) => {
    const look = () => {
      const progress = pairing.progress()
      onProgress(progress)
      if (['CONFIRMED', 'REFUSED', 'EXPIRED', 'FAILED'].includes(progress.state)) resolve(progress)
    }
    pairing.subscribe(look)
    look()
  })
}

function remember(at: At, name: string) {
  return rememberServer(at.hostDir, { url: at.endpoint.url, name, enrolledAt: new Date().toISOString() })
}
