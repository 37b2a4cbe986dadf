// What may be done from away, as anybody above or beside this terminal has said it, and how words of several are one: the tightest holds.
// Pure; knows no file, no server and no command.
import type { CommandClass } from '../../protocol/command-classes.ts'

export type Rung = 'VIEW' | 'ANSWER' | 'STEER' | 'FULL'
export type RemoteControl = 'OFF' | 'VIEW' | 'VIEW_AND_CONTROL'
export type Mode = 'PLAN' | 'INTERACTIVE' | 'AUTOPILOT'
export type DeviceKind = 'BROWSER' | 'SCRIPT'

export const RUNGS: readonly Rung[] = ['VIEW', 'ANSWER', 'STEER', 'FULL']
export const CONTROLS: readonly RemoteControl[] = ['OFF', 'VIEW', 'VIEW_AND_CONTROL']
export const MODES: readonly Mode[] = ['PLAN', 'INTERACTIVE', 'AUTOPILOT']
export const DEVICE_KINDS: readonly DeviceKind[] = ['BROWSER', 'SCRIPT']

export type Rules = {
  remoteControl: RemoteControl
  maxRung: Rung
  allowedModes: readonly Mode[]
  allowedDeviceKinds: readonly DeviceKind[]
  /** Null is any. */
  allowedAgents: readonly string[] | null
  headlessSessions: boolean
  neverRemote: readonly CommandClass[]
  stepUp: StepUpRule
}
/** From which rung up a passkey must vouch, and for how many minutes one counts below FULL; 0 is each time. */
export type StepUpRule = { readonly from: Rung; readonly answerMinutes: number; readonly steerMinutes: number }
export type RuleName = keyof Rules

/** Whose word it is, in the terms of a refusal (T7). `level` is one of docs/protocol.md §7. */
export type Source = { readonly level: string; readonly owner: string; readonly remedy: string }

/** One who says something. What is left out is left to the others. `sourceOf` where one speaks for several. */
export type Word = {
  readonly says: Partial<Rules>
  readonly source: Source
  readonly sourceOf?: Partial<Record<RuleName, Source>>
  /** Said instead of the rule's own sentence, where the reason is another one: a file that cannot be read. */
  readonly because?: string
}

/** `source` is null where nobody has taken anything away. */
export type Standing = {
  readonly [K in RuleName]: {
    readonly value: Rules[K]
    readonly source: Source | null
    readonly because: string | null
  }
}

const open: Rules = {
  remoteControl: 'VIEW_AND_CONTROL',
  maxRung: 'FULL',
  allowedModes: MODES,
  allowedDeviceKinds: DEVICE_KINDS,
  allowedAgents: null,
  headlessSessions: true,
  neverRemote: [],
  stepUp: { from: 'FULL', answerMinutes: 15, steerMinutes: 15 },
}

const lower = <T>(order: readonly T[], one: T, other: T): T =>
  order.indexOf(one) <= order.indexOf(other) ? one : other
const both = <T>(one: readonly T[], other: readonly T[]): readonly T[] => one.filter((value) => other.includes(value))
const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)

const tighten: { [K in RuleName]: (one: Rules[K], other: Rules[K]) => Rules[K] } = {
  remoteControl: (one, other) => lower(CONTROLS, one, other),
  maxRung: (one, other) => lower(RUNGS, one, other),
  allowedModes: both,
  allowedDeviceKinds: both,
  allowedAgents: (one, other) => (one === null ? other : other === null ? one : both(one, other)),
  headlessSessions: (one, other) => one && other,
  neverRemote: (one, other) => [...one, ...other.filter((added) => !one.some((there) => same(there, added)))],
  stepUp: (one, other) => ({
    from: lower(RUNGS, one.from, other.from),
    answerMinutes: Math.min(one.answerMinutes, other.answerMinutes),
    steerMinutes: Math.min(one.steerMinutes, other.steerMinutes),
  }),
}

/** The tightest of all words, each value with whose word made it so. No word can loosen another, in whatever order they come. */
export function standing(words: readonly Word[]): Standing {
  const names = Object.keys(open) as RuleName[]
  return Object.fromEntries(names.map((name) => [name, one(name, words)])) as unknown as Standing
}

function one<K extends RuleName>(name: K, words: readonly Word[]) {
  let value: Rules[K] = open[name]
  let source: Source | null = null
  let because: string | null = null
  for (const word of words) {
    const said = word.says[name]
    if (said === undefined) continue
    const next = tighten[name](value, said as Rules[K])
    if (same(next, value)) continue
    value = next
    source = word.sourceOf?.[name] ?? word.source
    because = word.because ?? null
  }
  return { value, source, because }
}
