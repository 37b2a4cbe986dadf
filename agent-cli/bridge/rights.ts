// What a remote command needs and what its device may, as this host sees it: roster, ceiling, policy (T4, T5). The server is not believed.

import { isRejection } from '../agent/translate/options.ts'
import type { HostCommand } from '../remote/host-operations.ts'
import { isRung, lower, type Rung, reaches, type TrustedDevice } from '../remote/roster.ts'
import type { Asking } from '../trust/freshness.ts'
import type { Facts, Refused } from './facts.ts'
import { limits } from './limits.ts'
import { deviceRefusal, ruled, ruledOut } from './ruling.ts'
import type { CanonicalMode } from './view.ts'

/** Whether its sender may turn this mode on: prompting under one that stands is another thing, and needs no passkey (T4). */
export function mayEnterMode(command: HostCommand, facts: Facts, modeId: string): boolean {
  const { device, ceiling, rules, isVouched } = facts
  if (device === null) return false
  const needs = rungOfMode(facts.meaningOf(modeId))
  const may = lower(lower(granted(command, device), ceiling), rules.maxRung.value)
  if (!reaches(may, needs) || (needs === 'FULL' && !isVouched)) return false
  return rules.allowedModes.value.some((allowed) => allowed === (facts.meaningOf(modeId) ?? 'AUTOPILOT'))
}

// As people read it on the screens and write it behind --allow.
const word = (rung: Rung): string => rung.toLowerCase()

// The server may have lowered the device's rung; it cannot raise it above what was confirmed here.
const granted = (command: HostCommand, device: TrustedDevice): Rung =>
  isRung(command.rung) ? lower(device.rung, command.rung) : device.rung

/** Null when the command may be carried out. */
export function refusalOf(command: HostCommand, facts: Facts): Refused | null {
  const { device, ceiling, rules } = facts
  const ruling = ruledOut(command, facts, facts.sessionRefusal)
  if (ruling !== null) return ruling
  if (device === null) {
    const message =
      'This machine does not know the device. Pair it with this machine, or let a device that is paired vouch for it.'
    return { code: 'REVOKED', message, rule: 'T5 roster' }
  }
  const kind = deviceRefusal(rules, device)
  if (kind !== null) return kind
  const may = granted(command, device)
  const allowed = lower(may, ceiling)
  const needed = neededRung(command, facts)
  const most = rules.maxRung.value
  if (!reaches(most, needed) && !takesAway(command, facts))
    return ruled(rules, 'maxRung', `No device may go above ${word(most)} here; this needs ${word(needed)}.`, most)
  if (reaches(allowed, needed)) return null
  const isCeiling = reaches(may, needed)
  const message = isCeiling
    ? `The terminal set the ceiling of this session to ${word(ceiling)}; this needs ${word(needed)}.`
    : `The device may ${word(may)}; this needs ${word(needed)}. Pair it again with more: “offdesk devices pair --allow <rung>”.`
  return { code: 'RUNG_TOO_LOW', message, rule: isCeiling ? 'T4 ceiling' : 'T4 device' }
}

/** A rule for everybody comes before a doubt about who asks, and that before what the asker may: `doubt` is what is wrong with the signature. */
export function firstRefusal(command: HostCommand, facts: Facts, doubt: Refused | null): Refused | null {
  const refusal = refusalOf(command, facts)
  // Nobody is sent for a passkey that would not help.
  const isFirst = refusal === null || (refusal.code === 'RUNG_TOO_LOW' && doubt?.code !== 'PASSKEY_REQUIRED')
  return isFirst ? (doubt ?? refusal) : refusal
}

/** What the command asks for, as its freshness goes by. */
export function askingOf(command: HostCommand, facts: Facts): Asking {
  return { needs: neededRung(command, facts), isAnswer: 'decisionId' in command, takesAway: takesAway(command, facts) }
}

/** Denies, declines, cancels: never too late (D5). By what this host offered, not by what the server calls it. */
function takesAway(command: HostCommand, { decision }: Facts): boolean {
  switch (command.__typename) {
    case 'CancelTurn':
      return true
    case 'AnswerQuestion':
      return !command.accepted
    case 'AnswerPermission':
    case 'DecidePlan':
      return decision?.options.some(({ id, kind }) => id === command.optionId && isRejection(kind)) ?? false
    default:
      return false
  }
}

/** By the server's clock, which decides, give or take (E10). */
export const isExpired = (command: HostCommand, nowMs: number) =>
  command.expiresAt !== null && Date.parse(command.expiresAt) + limits.expirySlackMs < nowMs

/** Deny and cancel need no more than to be above view-only (D5); an option nobody offered is refused later, by its own name (D6). */
function neededRung(command: HostCommand, { decision, meaningOf, promptMode, standingMode }: Facts): Rung {
  const rungOfOption = (id: string) => decision?.options.find((option) => option.id === id)?.rung ?? 'ANSWER'
  switch (command.__typename) {
    case 'CancelTurn':
    case 'AnswerQuestion':
      return 'ANSWER'
    case 'AnswerPermission':
      return rungOfOption(command.optionId)
    case 'DecidePlan':
      return command.thenMode === 'AUTOPILOT' ? 'FULL' : rungOfOption(command.optionId)
    case 'SetMode':
      return rungOfMode(meaningOf(command.modeId))
    case 'SendPrompt':
      // The mode that stands is nobody's choice: whoever prompts under it raises nothing.
      return command.promptModeId === null || command.promptModeId === standingMode
        ? 'STEER'
        : rungOfMode(meaningOf(command.promptModeId))
    case 'EditPrompt':
      // New words under a mode that another has chosen are a prompt in that mode.
      return command.newText === null || promptMode === null ? 'STEER' : rungOfMode(meaningOf(promptMode))
    default:
      return 'STEER'
  }
}

/** A mode whose meaning nobody knows may be the unattended one. */
const rungOfMode = (mode: CanonicalMode | null): Rung => (mode === 'PLAN' || mode === 'INTERACTIVE' ? 'STEER' : 'FULL')
