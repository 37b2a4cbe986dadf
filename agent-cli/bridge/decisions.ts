// Open decisions of this session: each is answered once, by whoever is first at this machine or through a proposal (D3); losers are told who.
// Knows what was asked and how to answer it; does not know who asks or who looks.
import { evidenceDigest } from '../../protocol/pairing.ts'
import { accepted, answerText, cancelled, declined, misfit, selected, type Value } from '../agent/translate/answers.ts'
import type { DecisionOutcome, DecisionSettled, Origin, WordsGo } from '../agent/translate/event-body.ts'
import { isRejection } from '../agent/translate/options.ts'
import type { AskedDecision } from '../agent/translate/permission.ts'
import { BridgeError, type DecisionAnswer } from './contract.ts'
import { limits } from './limits.ts'
import { mintId } from './mint.ts'
import type { Publishing } from './publishing.ts'
import { settlementOf } from './transcript.ts'
import type { CanonicalMode, Settlement } from './view.ts'

export type Answered = {
  decision: AskedDecision
  isRejected: boolean
  /** A deny's reason or a plan's comments, to be said to the agent (D7); null for none. */
  words: string | null
  thenMode: CanonicalMode | null
  origin: Origin
}

export type Decisions = {
  /** Opens a decision and resolves with what the agent is to be answered. `signal` closes it: cancelled here, or withdrawn by the agent. */
  ask(asked: AskedDecision, wordsGo: WordsGo, signal: AbortSignal): Promise<unknown>
  /**
   * `mine` is false when another answer was first. The agent gets the one that stands once that is `told`: in the journal, or the journal has failed.
   * `seen.evidenceDigest` is what the person was shown, null for somebody who sits here; checked in the same step that settles, for all
   * but a rejection (D1, D5). Throws BridgeError NOT_FOUND, OPTION_NOT_OFFERED, BAD_INPUT.
   */
  answer(
    decisionId: string,
    answer: DecisionAnswer,
    origin: Origin,
    seen?: { epoch: number; evidenceDigest: string | null },
  ): { settlement: Settlement; mine: boolean; told: Promise<void> }
  /** What an answer would be, without giving it. Null when it is settled or unknown. */
  find(decisionId: string): AskedDecision | null
  settlementOf(decisionId: string): Settlement | null
}

type Open = { asked: AskedDecision; digest: string; resolve: (result: unknown) => void }

export function createDecisions(options: {
  publishing: Pick<Publishing, 'record' | 'breakText' | 'outside'>
  epoch: number
  cwd: string
  /** Called after the agent's answer is on its way. */
  onAnswered: (answered: Answered) => void
  /** True when the turn was cancelled here: then what it asked ends CANCELLED, else WITHDRAWN. */
  isCancelling: () => boolean
}): Decisions {
  const { publishing, epoch, cwd } = options
  const open = new Map<string, Open>()
  const settled = new Map<string, { settlement: Settlement; told: Promise<void> }>()

  function settle(
    decisionId: string,
    outcome: DecisionOutcome,
    origin: Origin,
    rest: Partial<DecisionSettled>,
  ): { settlement: Settlement; told: Promise<void> } {
    const body: DecisionSettled = { decisionId, outcome, origin, ...rest }
    open.delete(decisionId)
    const settlement = settlementOf(body, new Date().toISOString())
    const known = { settlement, told: publishing.record({ decisionSettled: body }) }
    settled.set(decisionId, known)
    const [oldest] = settled.keys()
    if (settled.size > limits.settledDecisions && oldest !== undefined) settled.delete(oldest)
    return known
  }

  return {
    async ask(asked, wordsGo, signal) {
      const decisionId = mintId('dec')
      // Of what leaves this machine: that is what a device shows and signs.
      const digest = await evidenceDigest(publishing.outside(asked.evidence))
      if (signal.aborted) return cancelled(asked.form)
      const { kind, title, evidence, options: choices, questions, paths, plan, toolCallId, toolKind } = asked
      const facts = { toolCallId, toolKind, cwd, plan, paths, questions, options: choices, wordsGo }
      void publishing.record({
        decisionOpened: { decisionId, kind, title, evidence, evidenceDigest: digest, ...facts },
      })
      return new Promise((resolve) => {
        open.set(decisionId, { asked, digest, resolve })
        signal.addEventListener(
          'abort',
          () => {
            if (!open.has(decisionId)) return
            const isOurs = options.isCancelling()
            settle(decisionId, isOurs ? 'CANCELLED' : 'WITHDRAWN', { surface: isOurs ? 'HOST' : 'AGENT' }, {})
            resolve(cancelled(asked.form))
          },
          { once: true },
        )
      })
    },
    answer(decisionId, answer, origin, seen) {
      const earlier = settled.get(decisionId)
      if (earlier) return { ...earlier, mine: false }
      const waiting = open.get(decisionId)
      // Another epoch's decision is never this one (D4), whatever its id says.
      if (!waiting || (seen !== undefined && seen.epoch !== epoch)) {
        throw new BridgeError(
          'NOT_FOUND',
          'This question is no longer open: the session was restarted or it was answered long ago.',
          'D4',
        )
      }
      const { result, rest, answered } = resultOf(waiting.asked, answer, origin)
      const shown = seen?.evidenceDigest ?? null
      if (shown !== null && shown !== waiting.digest && !answered.isRejected) throw otherEvidence()
      const { settlement, told } = settle(decisionId, 'ANSWERED', origin, rest)
      // A crash may lose an answer that the agent has not got, never the record of one that it has (D3).
      void told.then(() => {
        waiting.resolve(result)
        options.onAnswered(answered)
      })
      return { settlement, mine: true, told }
    },
    find: (decisionId) => open.get(decisionId)?.asked ?? null,
    settlementOf: (decisionId) => settled.get(decisionId)?.settlement ?? null,
  }
}

/** What the person saw must be what is asked: else the yes is for something else (D1). */
const otherEvidence = () =>
  new BridgeError('BAD_INPUT', 'What the device showed is not what the agent asked. Nothing was approved.', 'D1')

type Result = { result: unknown; rest: Partial<DecisionSettled>; answered: Answered }

/** Throws BridgeError when the answer does not fit what was asked (D6). */
function resultOf(decision: AskedDecision, answer: DecisionAnswer, origin: Origin): Result {
  if (answer.is === 'option') return chosen(decision, answer, origin)
  if (decision.kind !== 'QUESTION')
    throw new BridgeError('BAD_INPUT', 'This is answered by choosing one of its options.', 'D6')
  const allow = decision.options.find((option) => !isRejection(option.kind))?.id ?? null
  const reject = decision.options.find((option) => isRejection(option.kind))?.id ?? null
  if (answer.is === 'decline') {
    const words = answer.reason?.trim() || null
    const rest = { answer: 'Declined', reason: words }
    return {
      result: declined(decision.form, reject),
      rest,
      answered: { decision, isRejected: true, words, thenMode: null, origin },
    }
  }
  const values = new Map<string, Value>(answer.values.map(({ name, value }) => [name, value]))
  const problem = misfit(decision.questions, values)
  if (problem !== null) throw new BridgeError('BAD_INPUT', problem)
  const result = accepted(decision.form, decision.questions, values, allow)
  const rest = { answer: answerText(decision.questions, values) || 'Accepted' }
  return { result, rest, answered: { decision, isRejected: false, words: null, thenMode: null, origin } }
}

function chosen(decision: AskedDecision, answer: DecisionAnswer & { is: 'option' }, origin: Origin): Result {
  const option = decision.options.find((each) => each.id === answer.optionId)
  if (!option || decision.kind === 'QUESTION') {
    throw new BridgeError('OPTION_NOT_OFFERED', 'The agent did not offer this option.', 'D6')
  }
  const comments = (answer.comments ?? []).map(({ part, text }) => (part ? `On “${part}”: ${text}` : text))
  const words = [answer.reason?.trim() ?? '', ...comments].filter((each) => each !== '').join('\n\n') || null
  const isRejected = isRejection(option.kind)
  // The option's own mode is the agent's affair; only where it has none the person's choice is ours to carry out.
  const thenMode = isRejected || option.thenMode ? null : (answer.thenMode ?? null)
  const rest = { optionId: option.id, optionName: option.name, reason: words }
  return { result: selected(option.id), rest, answered: { decision, isRejected, words, thenMode, origin } }
}
