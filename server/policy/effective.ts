/** What holds for one owner as it is kept beside their switch: worked out when a level changes, read on every request (F3, F4). */
import { z } from 'zod'
import { canonicalMode, rung } from '../store/kinds/values.ts'
import type { RefusalLevel } from '../store/refused.ts'
import { type Effective, type From, type Level, resolve } from './resolve.ts'
import type { Settings } from './settings.ts'

/** What every request looks at: small, and null for whom nobody governs. */
export type Bounds = {
  remoteControl: From
  maxRung: { value: Settings['maxRung']; from: From }
  allowedDeviceKinds: { value: Settings['allowedDeviceKinds']; from: From }
  /** For how long a passkey lets its device look; left out where nobody asks for one. */
  looking?: { minutes: number; from: From } | undefined
}

const from = z.object({
  level: z.enum(['default', 'enterprise', 'organisation', 'person', 'host', 'session']),
  id: z.string().nullable(),
  name: z.string().nullable(),
})
const deviceKinds = z.array(z.enum(['BROWSER', 'SCRIPT']))
const bounds: z.ZodType<Bounds> = z.object({
  remoteControl: from,
  maxRung: z.object({ value: rung, from }),
  allowedDeviceKinds: z.object({ value: deviceKinds, from }),
  looking: z.object({ minutes: z.number().int(), from }).optional(),
})

const minutes = z.number().int()
const setting = <T extends z.ZodType>(value: T) => z.object({ value, from })
const effective = z.object({
  remoteControl: setting(z.enum(['OFF', 'VIEW', 'VIEW_AND_CONTROL'])),
  allowedAgents: setting(z.array(z.string()).nullable()),
  allowedModes: setting(z.array(canonicalMode)),
  allowedDeviceKinds: setting(deviceKinds),
  maxRung: setting(rung),
  headlessSessions: setting(z.boolean()),
  stepUp: setting(z.object({ from: rung, viewMinutes: minutes, answerMinutes: minutes, steerMinutes: minutes })),
  neverRemote: setting(z.array(z.object({ name: z.string(), patterns: z.array(z.string()) }))),
  sessionRetentionMinutes: setting(minutes.nullable()),
  auditRetentionMinutes: setting(minutes.nullable()),
  idleLockMinutes: setting(minutes.nullable()),
  notificationContent: setting(z.enum(['NONE', 'TITLE', 'FULL'])),
})

/** The two texts that are kept; null for a person whom nobody governs. */
export function textsOf(holds: Effective): { bounds: string; settings: string } {
  const { remoteControl, maxRung, allowedDeviceKinds, stepUp } = holds
  // Once for each look would be never: a minute is the least.
  const minutes = Math.max(1, stepUp.value.viewMinutes)
  const looking = stepUp.value.from === 'VIEW' ? { looking: { minutes, from: stepUp.from } } : {}
  const small: Bounds = { remoteControl: remoteControl.from, maxRung, allowedDeviceKinds, ...looking }
  return { bounds: JSON.stringify(small), settings: JSON.stringify(holds) }
}

// A thousand devices of one organisation bring the same few texts again and again: each is parsed once, and the same text is the same object.
const MOST = 500
function remembered<T>(parse: (text: string) => T): (text: string) => T {
  const kept = new Map<string, T>()
  return (text) => {
    const before = kept.get(text)
    if (before !== undefined) return before
    if (kept.size >= MOST) kept.clear()
    const value = parse(text)
    kept.set(text, value)
    return value
  }
}

/** Null stays null. */
const parsedBounds = remembered((text: string): Bounds => bounds.parse(JSON.parse(text)))
export const boundsOf = (text: string | null): Bounds | null => (text === null ? null : parsedBounds(text))

const parsedSettings = remembered((text: string): Effective => effective.parse(JSON.parse(text)))

/** What holds, from a policy row. */
export function effectiveOf(row: { ownerId: string; settings: string | null; ownControl: Settings['remoteControl'] }) {
  return row.settings === null ? resolve([personLevel(row.ownerId, row.ownControl)]) : parsedSettings(row.settings)
}

/** The owner's own switch, which tightens what they are given. */
export const personLevel = (ownerId: string, ownControl: Settings['remoteControl']): Level => ({
  level: 'person',
  id: ownerId,
  name: 'yourself',
  says: ownControl === 'VIEW_AND_CONTROL' ? {} : { remoteControl: ownControl },
})

/** In which words a refusal names where a rule comes from, who owns it, and what would lift it (T7). */
export function because(
  name: string,
  { level, name: who }: From,
): { level: RefusalLevel; owner: string; remedy: string } {
  if (level === 'enterprise' || level === 'organisation') {
    const owner = `the admins of the ${level} ${who ?? ''}`.trim()
    return { level, owner, remedy: `Ask ${owner}: their policy sets ${name}.` }
  }
  if (level === 'host' || level === 'session') {
    return { level, owner: 'the terminal of that machine', remedy: 'Change it at its terminal.' }
  }
  return {
    level: 'policy',
    owner: 'yourself',
    remedy:
      'Change it in Settings, Remote control, on a device that may do everything (full); or at the terminal of a workstation.',
  }
}
