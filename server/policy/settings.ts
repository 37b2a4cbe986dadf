/** What a policy can say, what holds where nobody says anything, and which of two values is the tighter one. Pure; knows no table and no level. */
import type { CommandClass } from '../../protocol/command-classes.ts'
import type { CanonicalMode } from '../store/kinds/values.ts'
import type { RemoteControl } from '../store/policies.ts'
import { lowestRung, RUNGS, type Rung } from './rung.ts'

export type DeviceKind = 'BROWSER' | 'SCRIPT'
export type NotificationContent = 'NONE' | 'TITLE' | 'FULL'
/** From which rung up a fresh passkey is asked for, and for how long one counts below FULL, where it counts once. */
export type StepUp = { from: Rung; viewMinutes: number; answerMinutes: number; steerMinutes: number }

export type Settings = {
  remoteControl: RemoteControl
  /** Null is any. */
  allowedAgents: readonly string[] | null
  allowedModes: readonly CanonicalMode[]
  allowedDeviceKinds: readonly DeviceKind[]
  maxRung: Rung
  headlessSessions: boolean
  stepUp: StepUp
  neverRemote: readonly CommandClass[]
  /** Null keeps for ever. */
  sessionRetentionMinutes: number | null
  auditRetentionMinutes: number | null
  /** Null never locks. */
  idleLockMinutes: number | null
  notificationContent: NotificationContent
}

export type SettingName = keyof Settings

const CONTROLS: readonly RemoteControl[] = ['OFF', 'VIEW', 'VIEW_AND_CONTROL']
const CONTENTS: readonly NotificationContent[] = ['NONE', 'TITLE', 'FULL']
export const MODES: readonly CanonicalMode[] = ['PLAN', 'INTERACTIVE', 'AUTOPILOT']
export const DEVICE_KINDS: readonly DeviceKind[] = ['BROWSER', 'SCRIPT']

/** What holds for a person whom nobody governs: what their own host and its terminal allow. */
export const personal: Settings = {
  remoteControl: 'VIEW_AND_CONTROL',
  allowedAgents: null,
  allowedModes: MODES,
  allowedDeviceKinds: DEVICE_KINDS,
  maxRung: 'FULL',
  headlessSessions: true,
  stepUp: { from: 'FULL', viewMinutes: 720, answerMinutes: 15, steerMinutes: 15 },
  neverRemote: [],
  sessionRetentionMinutes: null,
  auditRetentionMinutes: null,
  idleLockMinutes: null,
  notificationContent: 'FULL',
}

/** What holds in an organisation before anyone has said anything: nothing remote, nothing headless. */
export const unconfigured: Settings = { ...personal, remoteControl: 'OFF', headlessSessions: false }

type Tighten = { [K in SettingName]: (one: Settings[K], other: Settings[K]) => Settings[K] }

const lower = <T>(order: readonly T[], one: T, other: T): T =>
  order.indexOf(one) <= order.indexOf(other) ? one : other
const shorter = (one: number | null, other: number | null): number | null =>
  one === null ? other : other === null ? one : Math.min(one, other)
const both = <T>(one: readonly T[], other: readonly T[]): readonly T[] => one.filter((value) => other.includes(value))

/** The greatest value that is within both. */
export const tighten: Tighten = {
  remoteControl: (one, other) => lower(CONTROLS, one, other),
  allowedAgents: (one, other) => (one === null ? other : other === null ? one : both(one, other)),
  allowedModes: both,
  allowedDeviceKinds: both,
  maxRung: lowestRung,
  headlessSessions: (one, other) => one && other,
  stepUp: (one, other) => ({
    from: lower(RUNGS, one.from, other.from),
    viewMinutes: Math.min(one.viewMinutes, other.viewMinutes),
    answerMinutes: Math.min(one.answerMinutes, other.answerMinutes),
    steerMinutes: Math.min(one.steerMinutes, other.steerMinutes),
  }),
  neverRemote: (one, other) => [...one, ...other.filter((added) => !one.some((there) => isSame(there, added)))],
  sessionRetentionMinutes: shorter,
  auditRetentionMinutes: shorter,
  idleLockMinutes: shorter,
  notificationContent: (one, other) => lower(CONTENTS, one, other),
}

export const settingNames = Object.keys(personal) as SettingName[]

/** Settings are plain data in a fixed order of keys. */
export const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)
