/** A paired device: sends each tap until the server has it, by the same key, and writes down what it was shown of it (C1, C5). */
import { type Bytes, randomText, sha256Hex } from '../../protocol/bytes.ts'
import { nextCounter } from '../../protocol/command.ts'
import { proofFor, type Seen } from '../../protocol/command-input.ts'
import { type KeyPair, sign } from '../../protocol/keys.ts'
import { ask, Refusal } from '../kit/ask.ts'
import type { Cable } from './cable.ts'
import { createLive, type Live } from './live.ts'
import { passes } from './process.ts'

export type Tap = {
  readonly key: string
  readonly device: string
  readonly kind: 'sendPrompt' | 'setMode' | 'answerPermission'
  readonly sessionId: string
  readonly input: { text?: string; modeId?: string; decisionId?: string; optionId?: string; epoch?: number }
  /** What stood there when it was tapped. */
  readonly seen: Seen & { evidence?: string }
  readonly sentAt: number
  /** Ids of its row: more than one only when a dump without it was put back. */
  readonly ids: string[]
  isAccepted: boolean
  refusedWith: string | null
  shown: string | null
  shownAt: number
  /** When it was first shown as settled, by the clock of this process. */
  settledAt: number | null
  winner: string | null
}

export type OpenDecision = {
  id: string
  sessionId: string
  epoch: number
  evidence: string
  options: { id: string; name: string; rung: string }[]
}
export const settledStates = ['APPLIED', 'REFUSED', 'SUPERSEDED', 'EXPIRED', 'UNKNOWN'] as const
export const isSettled = (state: string | null): boolean => settledStates.some((one) => one === state)

export type Phone = {
  readonly id: string
  readonly name: string
  readonly token: string
  readonly cable: Cable
  readonly taps: readonly Tap[]
  tap(kind: Tap['kind'], sessionId: string, input: Tap['input'], seen?: Tap['seen']): Tap
  /** Watches what becomes of the taps at that session. */
  follow(sessionId: string): void
  /** What was not shown settled is sent again: the server may have forgotten it. */
  sendAgain(): void
  /** Asks for each tap whose end was not shown. */
  catchUp(): Promise<void>
  close(): void
}

const TYPES = { sendPrompt: 'SendPromptInput', setMode: 'SetModeInput', answerPermission: 'AnswerPermissionInput' }
const COMMAND = 'id key state winner { optionId origin { surface } }'
type Shown = { id: string; key: string; state: string; winner: { optionId: string | null } | null }
const COMMANDS = `subscription($sessionId: ID!) { commandsChanged(sessionId: $sessionId) { commands { ${COMMAND} } } }`
const DECISIONS =
  'subscription { decisionsChanged { decisions { id epoch state evidence session { id } options { id name rung } } } }'
type Decisions = {
  decisionsChanged: {
    decisions: (Omit<OpenDecision, 'sessionId'> & { state: string; session: { id: string } })[]
  }
}

/** A refusal that will be the same however often it is asked. */
const FINAL = new Set([
  'NOT_FOUND',
  'SESSION_ENDED',
  'OPTION_NOT_OFFERED',
  'BAD_INPUT',
  'RUNG_TOO_LOW',
  'PASSKEY_REQUIRED',
  'POLICY',
  'TOO_LARGE',
])

/** As browsers do: so many requests of one device at once, and the others wait for their turn. */
const REQUESTS_AT_ONCE = 6

export function createPhone(given: {
  name: string
  id: string
  token: string
  keys: KeyPair
  hostId: string
  cable: Cable
  url: string
  random: () => number
  onDecision: (decision: OpenDecision & { isOpen: boolean }) => void
  onThrownOut: (why: string) => void
}): Phone {
  const { name, id, token, keys, hostId, url, random, onThrownOut } = given
  let lastCounter = 0
  const taps: Tap[] = []
  const byKey = new Map<string, Tap>()
  const proofs = new Map<string, string>()
  const lives: Live[] = []
  let isClosed = false
  let sending = 0
  const waiting: (() => void)[] = []

  async function inTurn<T>(act: () => Promise<T>): Promise<T> {
    if (sending >= REQUESTS_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve))
    else sending++
    try {
      return await act()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else sending--
    }
  }

  const live = <T>(query: string, variables: Record<string, unknown>, onData: (data: T) => void): void =>
    void lives.push(createLive<T>({ url, token, query, variables: () => variables, onData, onThrownOut, random }))

  function show({ id: commandId, key, state, winner }: Shown): void {
    const tap = byKey.get(key)
    if (tap === undefined) return
    if (!tap.ids.includes(commandId)) tap.ids.push(commandId)
    tap.shown = state
    tap.shownAt = performance.now()
    if (isSettled(state)) tap.settledAt ??= tap.shownAt
    if (winner !== null) tap.winner ??= winner.optionId
  }

  /** Signed once: what is sent again is the same word (T5). */
  async function signed({ key, kind, sessionId, seen, sentAt, ...tap }: Tap): Promise<object> {
    const { evidence } = seen
    const digest = evidence === undefined ? {} : { evidenceDigest: await sha256Hex(evidence) }
    const input = { key, sessionId, ...tap.input, ...digest }
    // Since when it was tapped, whatever it waited for: the host takes none that is too old.
    const madeAtMs = Math.round(Date.now() - (performance.now() - sentAt))
    const known = proofs.get(key)
    if (known !== undefined) return { ...input, proof: known }
    lastCounter = nextCounter(lastCounter, madeAtMs)
    const by = { deviceId: id, sign: (bytes: Bytes) => sign(keys.privateKey, bytes) }
    const proof = await proofFor(by, { mutation: kind, input, seen, hostId, counter: lastCounter, madeAtMs })
    proofs.set(key, proof)
    return { ...input, proof }
  }

  async function deliver(tap: Tap): Promise<void> {
    const document = `mutation($input: ${TYPES[tap.kind]}!) { done: ${tap.kind}(input: $input) { ${COMMAND} } }`
    const input = await signed(tap)
    while (!isClosed && !tap.isAccepted && tap.refusedWith === null) {
      try {
        const answer = await inTurn(() =>
          ask<{ done: Shown }>(url, token, document, { input }, AbortSignal.timeout(4000)),
        )
        show(answer.value().done)
        tap.isAccepted = true
      } catch (error) {
        const code = error instanceof Refusal ? error.code : null
        if (code === 'REVOKED' || code === 'UNAUTHENTICATED') onThrownOut(`a tap was answered ${code}`)
        if (code !== null && FINAL.has(code)) tap.refusedWith = code
        else await passes(100 + random() * 500)
      }
    }
  }

  live<Decisions>(DECISIONS, {}, ({ decisionsChanged }) => {
    for (const { state, session, ...decision } of decisionsChanged.decisions)
      given.onDecision({ ...decision, sessionId: session.id, isOpen: state === 'OPEN' })
  })

  return {
    ...{ id, name, token, taps, cable: given.cable },
    tap(kind, sessionId, input, seen = {}) {
      const tap: Tap = {
        ...{ key: randomText(16), device: name, kind, sessionId, input, seen, sentAt: performance.now(), ids: [] },
        ...{ isAccepted: false, refusedWith: null, shown: null, shownAt: 0, settledAt: null, winner: null },
      }
      taps.push(tap)
      byKey.set(tap.key, tap)
      void deliver(tap)
      return tap
    },
    follow: (sessionId) =>
      live<{ commandsChanged: { commands: Shown[] } }>(COMMANDS, { sessionId }, ({ commandsChanged }) => {
        for (const command of commandsChanged.commands) show(command)
      }),
    sendAgain() {
      for (const tap of taps) {
        if (!tap.isAccepted || isSettled(tap.shown)) continue
        tap.isAccepted = false
        void deliver(tap)
      }
    },
    async catchUp() {
      for (const tap of taps) {
        if (!tap.isAccepted || isSettled(tap.shown)) continue
        const query = `query($id: ID!) { command(id: $id) { ${COMMAND} } }`
        const variables = { id: tap.ids.at(-1) }
        const answer = await ask<{ command: Shown | null }>(
          url,
          token,
          query,
          variables,
          AbortSignal.timeout(4000),
        ).catch(() => null)
        const found = answer?.data?.command
        if (found) show(found)
      }
    },
    close() {
      isClosed = true
      for (const one of lives) one.close()
    },
  }
}
