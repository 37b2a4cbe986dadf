// Carries out a device's commands, each once: intent, act, result, told (C3). What this host does not allow is refused with its rule.

import type { Ledger } from '../journal/ledger.ts'
import type { HostCommand } from '../remote/host-operations.ts'
import type { Roster, Rung } from '../remote/roster.ts'
import type { Standing } from '../rules/rules.ts'
import { createVouched } from '../trust/step-up.ts'
import { type Verdict, verifyCommand } from '../trust/verify.ts'
import { BridgeError, type DecisionAnswer, type FieldValue } from './contract.ts'
import type { Decisions } from './decisions.ts'
import type { Facts, Refused } from './facts.ts'
import type { Modes } from './modes.ts'
import { device } from './origin.ts'
import type { Queue } from './queue.ts'
import { askingOf, firstRefusal, isExpired, mayEnterMode } from './rights.ts'
import type { Runner } from './runner.ts'
import type { CommandResult, Settlements } from './settlements.ts'
import type { Turns } from './turns.ts'

export type Commands = {
  /** `isInDoubt`: another attachment took it before. What the ledger does not know of it is UNKNOWN, and not done (C4). */
  take(command: HostCommand, isInDoubt: boolean): void
  close(): Promise<void>
}

type Outcome = { state: CommandResult; refusal?: Refused }
const applied: Outcome = { state: 'APPLIED' }

export function createCommands(given: {
  hostId: string
  sessionId: string
  ledger: Ledger
  settlements: Settlements
  roster: Roster
  ceiling: () => Rung
  rules: () => Standing
  /** Why the session may not be remote at all, or null. */
  sessionRefusal: () => Refused | null
  /** A rule has refused something: whoever sits here is told. */
  onRuledOut: (refusal: Refused, command: HostCommand) => void
  decisions: Decisions
  modes: Modes
  queue: Queue
  runner: Runner
  turns: Turns
  /** Ends the session after its command is told. */
  stop: (reason: string) => void
  now?: () => number
}): Commands {
  const { ledger, settlements, decisions, modes, queue, runner, turns, now = Date.now } = given
  /** One after another up to the act, so that two prompts stay in their order; the acts themselves may wait on their own (peer 2). */
  let intake: Promise<unknown> = Promise.resolve()
  const acting = new Set<Promise<unknown>>()
  const vouched = createVouched()

  async function begin(command: HostCommand, isInDoubt: boolean): Promise<void> {
    const before = ledger.lookup(command.id)
    // Noted by this process it is being done; noted by an earlier one it was made UNKNOWN when the session was opened.
    if (before !== undefined || settlements.isUnnoted(command.id)) return settlements.repeat(command.id)
    const seen = await factsFor(command)
    const { refused, counter, isVouched } = await trusted(command, seen)
    const facts = { ...seen, isVouched }
    const refusal = firstRefusal(command, facts, refused)
    const use = counter === null || facts.device === null ? undefined : { deviceId: facts.device.id, counter }
    try {
      if (!(await ledger.intend(command.id, command.__typename, use)).fresh) return
    } catch (error) {
      // Done without an intent on the disk it could be done twice (C3).
      return settlements.settle(command.id, 'REFUSED', unnotable(error))
    }
    if (isInDoubt) return settlements.settle(command.id, 'UNKNOWN', inDoubt)
    if (isExpired(command, now())) return settlements.settle(command.id, 'EXPIRED')
    if (refusal !== null) {
      if (refusal.code === 'POLICY') given.onRuledOut(refusal, command)
      return settlements.settle(command.id, 'REFUSED', refusal)
    }
    const doing = finish(command, facts).finally(() => acting.delete(doing))
    acting.add(doing)
  }

  /** Who asks is asked first: before anything is looked at that only a known device may have done (T5). */
  async function trusted(command: HostCommand, facts: Facts): Promise<Verdict> {
    // An answer to what is not open any more changes nothing: it is told who was first (D3).
    const isLate = 'decisionId' in command && facts.decision === null
    if (facts.device === null || isLate) return { refused: null, counter: null, isVouched: false }
    const own = {
      option: (id: string, optionId: string) =>
        decisions.find(id)?.options.find((option) => option.id === optionId)?.name ?? null,
      mode: (modeId: string) => modes.list.find((mode) => mode.id === modeId)?.name ?? null,
    }
    const { hostId, sessionId } = given
    const steppingUp = { stepUp: facts.rules.stepUp.value, vouched }
    const verifying = { hostId, sessionId, counters: ledger.counters, own, now, ...steppingUp }
    return verifyCommand(command, facts.device, askingOf(command, facts), verifying)
  }

  async function factsFor(command: HostCommand): Promise<Facts> {
    const found = command.deviceId === null ? null : await given.roster.find(command.deviceId)
    const decision = 'decisionId' in command ? decisions.find(command.decisionId) : null
    const meaningOf = (modeId: string) => modes.list.find((mode) => mode.id === modeId)?.canonical ?? null
    const modeId = command.__typename === 'EditPrompt' ? (queue.find(command.promptId)?.modeId ?? null) : null
    const promptMode = modeId === modes.effective?.id ? null : modeId
    const standingMode = modes.effective?.id ?? null
    const rules = {
      device: found,
      ceiling: given.ceiling(),
      rules: given.rules(),
      sessionRefusal: given.sessionRefusal(),
    }
    return { ...rules, decision, meaningOf, promptMode, standingMode, isVouched: false }
  }

  async function finish(command: HostCommand, facts: Facts): Promise<void> {
    const { state, refusal } = await act(command, facts).catch(refusedBy)
    await settlements.settle(command.id, state, refusal)
    if (command.__typename === 'StopSession') given.stop(`Stopped from ${command.deviceName ?? 'a device'}.`)
  }

  async function act(command: HostCommand, facts: Facts): Promise<Outcome> {
    const origin = device(command)
    // Not open when it came, it was not verified either: whatever has happened since, it changes nothing (D3, T5).
    if ('decisionId' in command && facts.decision === null) return { state: 'SUPERSEDED' }
    switch (command.__typename) {
      case 'SendPrompt': {
        const { text, delivery, promptModeId, promptId, attachments } = command
        const modeId = promptModeId ?? (modes.requested ?? modes.effective)?.id ?? null
        const raises = modeId === null || mayEnterMode(command, facts, modeId)
        await runner.send(text, { origin, delivery, promptId, attachments, modeId, mayEnterMode: raises })
        return applied
      }
      case 'EditPrompt':
        await queue.edit(command.promptId, { text: command.newText, delivery: command.newDelivery })
        if (command.newDelivery === 'NOW') await runner.hurry()
        return applied
      case 'WithdrawPrompt':
        await queue.withdraw(command.promptId)
        return applied
      case 'ReleaseQueue':
        queue.release()
        runner.kick()
        return applied
      case 'SetMode':
        await modes.set(command.modeId, origin)
        return applied
      case 'CancelTurn':
        if (command.turnId !== null && turns.current?.id !== command.turnId) {
          throw new BridgeError('NOT_FOUND', 'That turn has ended already.', 'D4')
        }
        if (turns.current !== null || !runner.stopStarting()) await turns.cancel()
        return applied
      case 'AnswerPermission':
        return answer(command, {
          is: 'option',
          optionId: command.optionId,
          ...(command.reason && { reason: command.reason }),
        })
      case 'DecidePlan': {
        const comments = command.comments.map(({ part, text }) => (part === null ? { text } : { part, text }))
        const thenMode = command.thenMode ? { thenMode: command.thenMode } : {}
        return answer(command, { is: 'option', optionId: command.optionId, comments, ...thenMode })
      }
      case 'AnswerQuestion': {
        const declined: DecisionAnswer = { is: 'decline', ...(command.reason && { reason: command.reason }) }
        return answer(
          command,
          command.accepted ? { is: 'accept', values: command.values.flatMap(fieldValue) } : declined,
        )
      }
      case 'StopSession':
        return applied
      default:
        throw new BridgeError(
          'BAD_INPUT',
          'This version of Offdesk does not know this command. Update it on this machine.',
        )
    }
  }

  async function answer(
    command: HostCommand & { decisionId: string; epoch: number; evidenceDigest: string | null },
    given: DecisionAnswer,
  ): Promise<Outcome> {
    try {
      const { mine, told } = decisions.answer(command.decisionId, given, device(command), command)
      // Else a crash could leave an APPLIED answer to a decision that nobody is recorded to have answered.
      await told
      return { state: mine ? 'APPLIED' : 'SUPERSEDED' }
    } catch (error) {
      if (error instanceof BridgeError && error.code === 'NOT_FOUND') return { state: 'SUPERSEDED' }
      throw error
    }
  }

  return {
    take(command, isInDoubt) {
      intake = intake.then(() => begin(command, isInDoubt)).catch(() => undefined)
    },
    async close() {
      await intake
    },
  }
}

const inDoubt: Refused = {
  code: 'INTERNAL',
  message:
    'An earlier process of this session took this and cannot say what became of it. Look before you send it again.',
  rule: 'C4',
}

function unnotable(error: unknown): Refused {
  const why = error instanceof Error ? error.message : String(error)
  return { code: 'INTERNAL', message: `Nothing was done, for the workstation cannot note it. ${why}`, rule: 'C3' }
}

function refusedBy(error: unknown): Outcome {
  const message = error instanceof Error ? error.message : String(error)
  if (!(error instanceof BridgeError)) return { state: 'REFUSED', refusal: { code: 'INTERNAL', message, rule: '' } }
  return { state: 'REFUSED', refusal: { code: error.code, message, rule: error.rule ?? '' } }
}

function fieldValue(given: {
  name: string
  text: string | null
  number: number | null
  boolean: boolean | null
  choices: string[] | null
}): FieldValue[] {
  const value = given.text ?? given.number ?? given.boolean ?? given.choices
  return value === null ? [] : [{ name: given.name, value }]
}
