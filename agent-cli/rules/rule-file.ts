// The settings that a rule file may hold, whoever wrote it: checked whole, its command classes tried against their own examples. Knows no place.
import { z } from 'zod'
import { classOf } from '../../protocol/command-classes.ts'
import { DEVICE_KINDS, MODES, type Rules } from './rules.ts'

/** Larger is no rule file. */
export const maxRuleFileBytes = 64 * 1024

const line = (most: number) => z.string().trim().min(1).max(most)
const upper = <T extends string>(values: readonly [T, ...T[]]) =>
  z.preprocess((value) => (typeof value === 'string' ? value.toUpperCase() : value), z.enum(values))

const commandClass = z.strictObject({
  name: line(60),
  patterns: z.array(line(200)).min(1).max(20),
  matches: z.array(line(2000)).max(50).default([]),
  passes: z.array(line(2000)).max(50).default([]),
})

/** Fields of every rule file. `remote` is the ladder's word, or off. */
export const ruleFields = {
  remote: upper(['OFF', 'VIEW', 'ANSWER', 'STEER', 'FULL']).optional(),
  allowedModes: z.array(upper(MODES as readonly [(typeof MODES)[number], ...(typeof MODES)[number][]])).optional(),
  allowedDevices: z
    .array(upper(DEVICE_KINDS as readonly [(typeof DEVICE_KINDS)[number], ...(typeof DEVICE_KINDS)[number][]]))
    .optional(),
  allowedAgents: z.array(line(256)).max(100).optional(),
  headlessSessions: z.boolean().optional(),
  neverRemote: z.array(commandClass).max(50).optional(),
}
const fields = z.object(ruleFields)
export type RuleFields = z.output<typeof fields>

/** A file that cannot be obeyed: the message says why, without the file's own words. */
export class RuleFileError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'RuleFileError'
  }
}

/** Reads JSON in a shape. Throws RuleFileError naming every field that is wrong. */
export function readRuleJson<T>(bytes: Uint8Array, shape: z.ZodType<T>): T {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new RuleFileError('it is not JSON')
  }
  return readRules(value, shape)
}

export function readRules<T>(value: unknown, shape: z.ZodType<T>): T {
  const read = shape.safeParse(value)
  if (read.success) return read.data
  const wrong = read.error.issues.map(({ path, code, ...issue }) => {
    const unknown = code === 'unrecognized_keys' && 'keys' in issue ? issue.keys.map(plainName).join(', ') : null
    return unknown === null ? `${path.map(plainName).join('.') || 'the whole'}: ${code}` : `unknown setting ${unknown}`
  })
  throw new RuleFileError(wrong.slice(0, 5).join('; '))
}

/** Names come from the file: on a terminal they are letters, or nothing. */
const plainName = (name: PropertyKey): string => {
  const text = String(name)
  return /^[\w.-]{1,40}$/.test(text) ? text : '?'
}

/** What the file says. Throws RuleFileError when a class does not match its own examples: then its writer meant something else. */
export function saysOf(file: RuleFields): Partial<Rules> {
  const { remote, allowedModes, allowedDevices, allowedAgents, headlessSessions, neverRemote } = file
  for (const [index, one] of (neverRemote ?? []).entries()) {
    const misses = one.matches.findIndex((text) => classOf(text, [one]) === null)
    const catches = one.passes.findIndex((text) => classOf(text, [one]) !== null)
    if (misses >= 0) throw new RuleFileError(`neverRemote.${index}: its example matches.${misses} does not match`)
    if (catches >= 0) throw new RuleFileError(`neverRemote.${index}: its example passes.${catches} matches`)
  }
  const says: Partial<Rules> = {
    ...(remote === 'OFF' ? { remoteControl: 'OFF' as const } : {}),
    ...(remote !== undefined && remote !== 'OFF' ? { maxRung: remote } : {}),
    ...(allowedModes && { allowedModes }),
    ...(allowedDevices && { allowedDeviceKinds: allowedDevices }),
    ...(allowedAgents && { allowedAgents }),
    ...(headlessSessions !== undefined && { headlessSessions }),
    ...(neverRemote && {
      neverRemote: neverRemote.map(({ name, patterns }) => ({ name: plainClass(name), patterns })),
    }),
  }
  return says
}

const plainClass = (name: string): string => name.replaceAll(/[^\p{L}\p{N} ._-]/gu, '?')
