// This device's own answers, from the tap to what the host said. An answer that cannot be sent is kept with its key and sent when
// the server is back; sending twice is one answer (C1). Knows no screen.
import { randomText } from '../../../protocol/bytes.ts'
import { validSeconds } from '../../../protocol/command.ts'
import type { Problem } from '../../graphql/problem.ts'
import type { AnswerCommand, AnswerInput } from './answer-documents.ts'

export type Answer = AnswerInput & {
  key: string
  /** As the person saw it: the option's name, "Decline", "your answer". */
  what: string
  /** What is signed beside the input: whose session it is, and the option's name. */
  seen: { hostId: string; optionName: string | null }
  /** Denies, declines and rejections: they may replace an allow, and need no freshness (D2, D5). */
  isDeny: boolean
  /** Milliseconds since 1970. */
  saidAtMs: number
  /** Made at the tap where a passkey vouches for it; else it is signed each time it goes. */
  proof?: string
}

/** An answer before it has its key and its time. */
export type Saying = AnswerInput & Pick<Answer, 'what' | 'isDeny' | 'seen'>

export type AnswerState =
  /** The person is asked for their passkey. */
  | { kind: 'vouching' }
  | { kind: 'sending' }
  /** Not sent: the server is out of reach. An allow is dropped after `untilMs`. */
  | { kind: 'kept'; untilMs: number | null }
  | { kind: 'sent'; command: AnswerCommand }
  /** The server did not take it. */
  | { kind: 'refused'; problem: Problem }
  /** Kept too long to be sent: what was allowed may no longer be what is asked. */
  | { kind: 'stale' }

export type Said = { answer: Answer; state: AnswerState }
export type Outcome = { command: AnswerCommand } | { problem: Problem }

/** Asks the passkey for this very answer. */
export type Prove = (answer: Answer) => Promise<{ proof: string } | { problem: Problem }>

export type Answers = {
  /** What this device last said to a decision. */
  of(decisionId: string): Said | undefined
  say(answer: Saying, prove?: Prove): void
  /** What the server knows of a sent answer now: the decision is open again, or somebody else won. */
  update(key: string, command: AnswerCommand): void
  /** Tries what is kept. */
  wake(): void
  subscribe(onChange: () => void): () => void
  close(): void
}

/** How long an allow written offline may wait: after that the person looks again. */
export const ALLOW_VALID_MS = validSeconds.answer * 1000
/** And where a passkey vouches for it. */
export const PROVEN_VALID_MS = validSeconds.full * 1000

export type KeptAnswers = { read(): Promise<readonly Answer[]>; write(answers: readonly Answer[]): Promise<void> }

const comesBack = new Set(['OFFLINE', 'INTERNAL', 'RATE_LIMITED'])

export const decisionOf = (answer: AnswerInput): string => answer.input.decisionId

export function createAnswers(options: {
  send(answer: Answer): Promise<Outcome>
  store: KeptAnswers
  now?: () => number
}): Answers {
  const now = options.now ?? Date.now
  const said = new Map<string, Said>()
  const listeners = new Set<() => void>()
  let closed = false

  const changed = () => {
    for (const listener of listeners) listener()
  }
  const keep = () => {
    const kept = [...said.values()].filter(({ state }) => state.kind === 'kept' || state.kind === 'sending')
    // A store that fails (private browsing, a full disk) must not stop what can still be sent.
    options.store.write(kept.map(({ answer }) => answer)).catch(() => undefined)
  }
  const put = (answer: Answer, state: AnswerState) => {
    const last = said.get(decisionOf(answer))
    // A late result of an answer that was replaced says nothing about the one that replaced it.
    if (last && last.answer.key !== answer.key && last.answer.saidAtMs > answer.saidAtMs) return
    said.set(decisionOf(answer), { answer, state })
    keep()
    changed()
  }
  const untilMs = (answer: Answer) =>
    answer.isDeny ? null : answer.saidAtMs + (answer.proof === undefined ? ALLOW_VALID_MS : PROVEN_VALID_MS)

  const send = async (answer: Answer) => {
    const until = untilMs(answer)
    if (until !== null && now() > until) return put(answer, { kind: 'stale' })
    put(answer, { kind: 'sending' })
    const outcome = await options.send(answer)
    if (closed) return
    if ('command' in outcome) put(answer, { kind: 'sent', command: outcome.command })
    else if (comesBack.has(outcome.problem.code)) put(answer, { kind: 'kept', untilMs: until })
    else put(answer, { kind: 'refused', problem: outcome.problem })
  }
  const wake = () => {
    for (const { answer, state } of [...said.values()]) if (state.kind === 'kept') void send(answer)
  }

  options.store.read().then(
    (kept) => {
      for (const answer of kept) {
        if (said.has(decisionOf(answer))) continue
        said.set(decisionOf(answer), { answer, state: { kind: 'kept', untilMs: untilMs(answer) } })
      }
      changed()
      wake()
    },
    () => undefined,
  )

  return {
    of: (decisionId) => said.get(decisionId),
    say(given, prove) {
      const answer: Answer = { ...given, key: randomText(16), saidAtMs: now() }
      if (!prove) return void send(answer)
      put(answer, { kind: 'vouching' })
      void prove(answer).then((outcome) => {
        // A Deny that was said meanwhile stands.
        if (closed || said.get(decisionOf(answer))?.answer.key !== answer.key) return
        if ('proof' in outcome) void send({ ...answer, proof: outcome.proof })
        else put(answer, { kind: 'refused', problem: outcome.problem })
      })
    },
    update(key, command) {
      for (const { answer, state } of said.values())
        if (answer.key === key && state.kind === 'sent') put(answer, { kind: 'sent', command })
    },
    wake,
    subscribe(onChange) {
      listeners.add(onChange)
      return () => listeners.delete(onChange)
    },
    close() {
      closed = true
    },
  }
}
