// The joiner's side of the pairing handshake: claim, check, join, wait for the reveal, check again, show the match code, wait for
// the key press. Trusts nothing the server says about keys (0001). Knows no screen; the server is reached through `ask`.
import { randomText } from '../../../protocol/bytes.ts'
import { commandChallenge } from '../../../protocol/command.ts'
import { principalId } from '../../../protocol/keys.ts'
import {
  admissionBytes,
  commitment,
  joinMac,
  matchCode,
  type PairingLink,
  type PairingPurpose,
  type Handshake as Seen,
} from '../../../protocol/pairing.ts'
import type { Assertion } from '../../../protocol/passkey.ts'
import { type AskOptions, ask } from '../../graphql/ask.ts'
import { type Problem, ProblemError } from '../../graphql/problem.ts'
import {
  ClaimPairingDocument,
  ConfirmPairingDocument,
  JoinPairingDocument,
  type Pairing,
  PairingDocument,
  RefusePairingDocument,
} from './documents.ts'

export type Failure =
  /** What the server or the network said: its code, see pairing-words. */
  | { kind: 'problem'; problem: Problem }
  /** The server showed another key than the QR or its own id: somebody stands between. */
  | { kind: 'key-mismatch' }
  /** The opener's nonce does not fit its commitment, or there was none before we sent ours. */
  | { kind: 'commitment-broken' }
  | { kind: 'wrong-purpose'; purpose: PairingPurpose }
  | { kind: 'refused-there' }
  | { kind: 'refused-here' }
  | { kind: 'expired' }

export type Step =
  | { kind: 'claiming'; sinceMs: number }
  | { kind: 'revealing'; sinceMs: number; pairing: Pairing; untilMs: number }
  | { kind: 'matching'; sinceMs: number; pairing: Pairing; untilMs: number; code: string; still: Still }
  | { kind: 'done'; pairing: Pairing; token: string }
  | { kind: 'failed'; failure: Failure }

/** What a consent (ENROL_HOST) waits for besides: `terminal`, a key press at a workstation that is known already; or the passkey once more. */
export type Still = 'terminal' | { message: string } | null

/** Asks this device's passkey; throws ProblemError with a code of PASSKEY_…. */
export type Vouch = (challenge: string) => Promise<Assertion>

export type Handshake = {
  /** Says "the codes differ": ends the pairing on both sides. */
  refuse(): void
  /** Only as the confirmer of a new host (ENROL_HOST): the person has compared and agrees. Without `vouch` the server asks for a key press elsewhere. */
  confirm(vouch?: Vouch): void
  close(): void
}

export type HandshakeRequest = {
  code: string
  /** From a QR: its host id binds the key, its secret proves that we have read it. Null when the code was typed. */
  link: PairingLink | null
  purpose: PairingPurpose
  deviceName: string
  key: { publicKey: string }
  /** A paired device claims and joins with its own token when it enrols a host. */
  ownToken?: string
  onStep(step: Step): void
  ask?: Pick<AskOptions, 'fetch' | 'url'>
  now?: () => number
}

const WAIT_SECONDS = 20
const RETRY_MS = 1_500
const CODE_LIFE_MS = 300_000

/** The server's instant on this device's clock, which may be wrong: never more than a code's life away, never already past. */
export const localDeadline = (expiresAt: string, nowMs: number): number => {
  const until = Date.parse(expiresAt)
  return until > nowMs && until - nowMs <= CODE_LIFE_MS ? until : nowMs + CODE_LIFE_MS
}

class Failed extends Error {
  readonly failure: Failure
  constructor(failure: Failure) {
    super(failure.kind)
    this.failure = failure
  }
}

/** Starts at once. The last step is `done` or `failed`; after `close` none follows. */
export function startHandshake(request: HandshakeRequest): Handshake {
  const over = new AbortController()
  const now = request.now ?? Date.now
  const transport = { ...request.ask, signal: over.signal }
  let token = request.ownToken
  let pairingId: string | undefined
  let ended = false
  let matching: (Extract<Step, { kind: 'matching' }> & { seen: Seen }) | null = null

  const tell = (step: Step) => {
    if (ended || over.signal.aborted) return
    if (step.kind === 'done' || step.kind === 'failed') ended = true
    request.onStep(step)
  }
  const authorised = () => (token === undefined ? transport : { ...transport, token })

  const claim = async () => {
    const { claimPairing } = await ask(ClaimPairingDocument, { code: request.code }, authorised())
    token = request.ownToken ?? claimPairing.token
    const { pairing } = claimPairing
    pairingId = pairing.id
    if (pairing.purpose !== request.purpose) throw new Failed({ kind: 'wrong-purpose', purpose: pairing.purpose })
    const openerId = await principalId('hst', pairing.openerPublicKey).catch(() => null)
    const promised = request.link?.hostId ?? pairing.hostId
    if (openerId === null || (promised !== null && openerId !== promised)) throw new Failed({ kind: 'key-mismatch' })
    // Without it a server could choose the opener's nonce after it has seen ours, and search for a match.
    if (!/^[0-9a-f]{64}$/.test(pairing.commitment)) throw new Failed({ kind: 'commitment-broken' })
    return pairing
  }

  const join = async (pairing: Pairing, joinerNonce: string) => {
    const { purpose, openerPublicKey } = pairing
    const { publicKey } = request.key
    const seen = { purpose, openerPublicKey, joinerPublicKey: publicKey, joinerNonce }
    const mac = request.link ? await joinMac(request.link.secret, seen) : null
    const input = { pairingId: pairing.id, publicKey, nonce: joinerNonce, name: request.deviceName, mac }
    const joined = await ask(JoinPairingDocument, { input }, authorised())
    return { seen, state: joined.joinPairing.state }
  }

  /** The next state that differs from `known`. A silent network is asked again until the code's life is over. */
  const next = async (claimed: Pairing, known: Pairing['state'], untilMs: number): Promise<Pairing> => {
    const variables = { id: claimed.id, knownState: known, waitSeconds: WAIT_SECONDS }
    for (;;) {
      if (now() > untilMs) throw new Failed({ kind: 'expired' })
      try {
        const { pairing } = await ask(PairingDocument, variables, authorised())
        if (!pairing || pairing.state === 'EXPIRED') throw new Failed({ kind: 'expired' })
        if (pairing.state === 'REFUSED') throw new Failed({ kind: 'refused-there' })
        if (pairing.state !== known) return pairing
      } catch (error) {
        if (!(error instanceof ProblemError) || error.problem.code !== 'OFFLINE') throw error
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
        over.signal.throwIfAborted()
      }
    }
  }

  const run = async () => {
    tell({ kind: 'claiming', sinceMs: now() })
    const claimed = await claim()
    const untilMs = localDeadline(claimed.expiresAt, now())
    tell({ kind: 'revealing', sinceMs: now(), pairing: claimed, untilMs })
    const { seen, state } = await join(claimed, randomText(32))

    let latest = await next(claimed, state, untilMs)
    while (latest.openerNonce === null) {
      // A confirmation before the reveal is not one: no code was ever compared.
      if (latest.state === 'CONFIRMED') throw new Failed({ kind: 'commitment-broken' })
      latest = await next(claimed, latest.state, untilMs)
    }
    const { openerNonce } = latest
    // Key and commitment as they were claimed: what the server says of them later counts for nothing.
    const kept = await commitment(claimed.purpose, claimed.openerPublicKey, openerNonce)
    if (kept !== claimed.commitment) throw new Failed({ kind: 'commitment-broken' })
    const code = await matchCode({ ...seen, openerNonce })
    matching = {
      kind: 'matching',
      sinceMs: now(),
      pairing: claimed,
      untilMs,
      code,
      still: null,
      seen: { ...seen, openerNonce },
    }
    tell(matching)
    while (latest.state !== 'CONFIRMED') latest = await next(claimed, latest.state, untilMs)
    const { sessionId, hostId } = latest
    tell({ kind: 'done', pairing: { ...claimed, state: 'CONFIRMED', sessionId, hostId }, token: token ?? '' })
  }

  const failureOf = (error: unknown): Failure => {
    if (error instanceof Failed) return error.failure
    if (error instanceof ProblemError) return { kind: 'problem', problem: error.problem }
    return { kind: 'problem', problem: { code: 'INTERNAL', message: String(error) } }
  }
  const refuseThere = () => {
    if (pairingId === undefined || token === undefined) return
    ask(RefusePairingDocument, { id: pairingId }, { ...request.ask, token }).catch(() => undefined)
  }

  run().catch((error: unknown) => {
    if (over.signal.aborted || ended) return
    const failure = failureOf(error)
    // Both sides must stop, not only this one, when somebody stands between.
    if (failure.kind === 'key-mismatch' || failure.kind === 'commitment-broken') refuseThere()
    tell({ kind: 'failed', failure })
  })

  return {
    refuse() {
      refuseThere()
      tell({ kind: 'failed', failure: { kind: 'refused-here' } })
      over.abort()
    },
    confirm(vouch) {
      if (matching === null) return
      const { pairing, seen } = matching
      const consent = async () => {
        const assertion = vouch ? await vouch(await commandChallenge(admissionBytes(pairing.id, seen))) : null
        await ask(ConfirmPairingDocument, { id: pairing.id, assertion }, authorised())
      }
      consent().catch((error: unknown) => {
        if (over.signal.aborted || matching === null) return
        const failure = failureOf(error)
        if (failure.kind !== 'problem' || !failure.problem.code.startsWith('PASSKEY_'))
          return tell({ kind: 'failed', failure })
        // Nothing is lost: the pairing waits where it was, for the passkey or for the key press.
        const { code, message } = failure.problem
        tell({ ...matching, still: code === 'PASSKEY_REQUIRED' ? 'terminal' : { message } })
      })
    },
    close: () => over.abort(),
  }
}
