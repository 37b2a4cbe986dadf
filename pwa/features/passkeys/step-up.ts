// Whether what is about to be said needs the person's passkey, whether there is one that would help, and how it is asked (T4). The server and
// the workstation decide; this only asks before they have to.
import { useCallback, useMemo } from 'react'
import type { SteeringMutation } from '../../../protocol/command-input.ts'
import type { Problem } from '../../graphql/problem.ts'
import { problemOf, readPasskey, voucherOf } from '../../keys/passkeys.ts'
import { noKeyProblem, type SeenHere, signedInput } from '../../keys/signing.ts'
import { type Rung, reaches } from '../devices/rung-words.ts'
import { type EffectivePolicy, useEffectivePolicy } from '../policy/effective.ts'
import { type OwnPasskey, usePasskeys } from './passkeys.ts'

type Rule = EffectivePolicy['stepUp']

/** `no`: say it. `ask`: the passkey first. `none` and `unpinned`: there is no passkey that would count there. */
export type Due = 'no' | 'ask' | 'none' | 'unpinned'

/** Where nobody has said anything: what gives away the terminal's own decisions. */
const personal: Rule = { from: 'FULL', viewMinutes: 720, answerMinutes: 15, steerMinutes: 15 }

/** Minutes that one passkey counts for; at FULL it counts once. */
const minutesOf = (rule: Rule, rung: Rung): number =>
  ({ VIEW: rule.viewMinutes, ANSWER: rule.answerMinutes, STEER: rule.steerMinutes, FULL: 0 })[rung]

export function dueFor(options: {
  rung: Rung
  rule: Rule | undefined
  own: readonly OwnPasskey[] | undefined
  hostId: string
  vouchedAtMs: number | null
  now: number
  /** It was refused for want of one: whatever this page believes, it is due. */
  isRefused?: boolean
}): Due {
  const { rung, rule = personal, own, vouchedAtMs, isRefused = false } = options
  if (!isRefused) {
    if (!reaches(rung, rule.from)) return 'no'
    if (vouchedAtMs !== null && options.now - vouchedAtMs < minutesOf(rule, rung) * 60_000) return 'no'
  }
  // Not known yet: said without one it is refused with what to do, which is better than to wait here.
  if (own === undefined) return 'no'
  if (own.length === 0) return 'none'
  return own.some((passkey) => passkey.hostIds.includes(options.hostId)) ? 'ask' : 'unpinned'
}

// For the minutes of a policy below FULL. Lost with the page: then it is asked for once more.
let vouchedAtMs: number | null = null

export type StepUp = {
  due(rung: Rung, hostId: string, isRefused?: boolean): Due
  /** Signs with the passkey beside the device's key: the person is asked now. The proof, or why there is none. */
  prove<Input extends object>(
    mutation: SteeringMutation,
    input: Input,
    seen: SeenHere,
    saidAtMs: number,
  ): Promise<{ proof: string } | { problem: Problem }>
}

async function prove<Input extends object>(
  mutation: SteeringMutation,
  input: Input,
  seen: SeenHere,
  saidAtMs: number,
): Promise<{ proof: string } | { problem: Problem }> {
  const kept = await readPasskey()
  if (!kept) return { problem: { code: 'PASSKEY_LOST', message: 'This page has lost its passkey. Make another one.' } }
  try {
    const signed = await signedInput(mutation, input, seen, saidAtMs, voucherOf(kept))
    if (!signed) return { problem: noKeyProblem }
    vouchedAtMs = saidAtMs
    return { proof: signed.proof }
  } catch (error) {
    const { code, message } = problemOf(error)
    return { problem: { code: `PASSKEY_${code.toUpperCase()}`, message } }
  }
}

export function useStepUp(): StepUp {
  const rule = useEffectivePolicy()?.stepUp
  const { own } = usePasskeys()
  const due = useCallback(
    (rung: Rung, hostId: string, isRefused = false) =>
      dueFor({ rung, rule, own, hostId, vouchedAtMs, now: Date.now(), isRefused }),
    [rule, own],
  )
  return useMemo(() => ({ due, prove }), [due])
}
