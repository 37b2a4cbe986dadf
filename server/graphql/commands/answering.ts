/** What the three answers share: the decision of this session, the option it offered, the rung it needs, the proposal (D2, D4, D6). */
import { write } from '../../live/write.ts'
import { requireRung } from '../../policy/allowance.ts'
import { type Rung, rungAtLeast } from '../../policy/rung.ts'
import { addAnswer } from '../../store/answers.ts'
import type { CommandKind, CommandValues } from '../../store/command-kinds.ts'
import { lockHost, sentBefore } from '../../store/commands.ts'
import { type Decision, findDecision } from '../../store/decisions.ts'
import type { DecisionOption } from '../../store/kinds/steering.ts'
import type { CanonicalMode } from '../../store/kinds/values.ts'
import { notFound, refuse } from '../../store/refused.ts'
import type { Context } from '../context.ts'
import { type ShownCommand, showMade } from './command.ts'
import { newCommand, type Steering, steerable, stillAllowed } from './steer.ts'

export const MAX_WORDS_CHARS = 10_000

/** Where the decision must be, and of which kind; another kind of answer to it is BAD_INPUT. */
export async function decisionFor(
  context: Context,
  input: { sessionId: string; decisionId: string },
  kind: Decision['kind'],
): Promise<Decision> {
  const session = await steerable(context, input.sessionId, 'ANSWER', 'Answering')
  const decision = await context.database.read((tx) => findDecision(tx, session.id, input.decisionId))
  if (!decision) throw notFound('decision')
  if (decision.kind !== kind) throw refuse('BAD_INPUT', `This decision is a ${decision.kind}; answer it as one.`)
  return decision
}

/** D6: only what the agent listed. No row is made for anything else. */
export function offered(decision: Decision, optionId: string): DecisionOption {
  const option = decision.asked?.options.find((one) => one.id === optionId)
  if (option) return option
  throw refuse('OPTION_NOT_OFFERED', 'The agent did not offer this option.', {
    rule: 'D6: only what the agent listed',
    level: 'session',
    remedy: 'Look at the decision again; it may have been replaced.',
  })
}

export const isDenying = (option: DecisionOption): boolean => option.kind.startsWith('reject')

const higher = (one: Rung, other: Rung): Rung => (rungAtLeast(one, other) ? one : other)

/** A deny needs nothing beyond not being view-only (D5). Else what the host says, and never less than the kind itself asks for (T4). */
export function rungForOption(option: DecisionOption): Rung {
  if (isDenying(option)) return 'ANSWER'
  return higher(option.rung, option.kind === 'allow_always' ? 'FULL' : 'ANSWER')
}

/**
 * Approving a plan needs STEER, and into autopilot FULL, whether the option or the person says so. Agents call the ways on from a plan
 * `allow_always` too: where the mode that follows is known, that decides and not the word.
 */
export function rungForPlan(option: DecisionOption, thenMode: CanonicalMode | null): Rung {
  if (isDenying(option)) return 'ANSWER'
  const intoAutopilot = thenMode === 'AUTOPILOT' || option.thenMode === 'AUTOPILOT'
  const least = intoAutopilot || option.thenMode === null ? rungForOption(option) : option.rung
  return higher(least, intoAutopilot ? 'FULL' : 'STEER')
}

/** Makes the answer, which is the proposal or has lost already. Safe to retry with the same key. */
export async function propose<K extends CommandKind>(
  context: Context,
  decision: Decision,
  input: Steering & { epoch: number },
  answer: { kind: K; value: CommandValues[K]; needs: Rung; isDeny: boolean },
): Promise<ShownCommand<K>> {
  requireRung(await context.allowed(decision.session), answer.needs, 'This answer')
  const wanted = await newCommand(context, decision.session, answer.kind, answer.value, {
    ...input,
    weighs: { needs: answer.needs, takesAway: answer.isDeny },
  })
  const row = await write(context, async (tx, ring) => {
    await lockHost(tx, wanted.hostId)
    const asked = { ...wanted, isDeny: answer.isDeny }
    // Together: while this host's lock is held, everybody else who answers there waits.
    const [before, allowed] = await Promise.allSettled([
      sentBefore(tx, wanted),
      stillAllowed(context, tx, asked, decision.session, answer.needs),
    ])
    if (before.status === 'rejected') throw before.reason
    // What this key made before is returned whatever has changed since (C1).
    if (before.value) return before.value
    if (allowed.status === 'rejected') throw allowed.reason
    const of = { decisionId: decision.id, epoch: input.epoch, isDeny: answer.isDeny }
    return addAnswer(tx, ring, { ...allowed.value, ...of })
  })
  return showMade(answer.kind, row)
}
