/** A policy document: what an enterprise or an organisation says, checked before it is kept, and read back as settings. Knows no table. */
import { z } from 'zod'
import { classOf } from '../../protocol/command-classes.ts'
import { canonicalMode, rung } from '../store/kinds/values.ts'
import { type Refused, refuse } from '../store/refused.ts'
import { brokenText } from '../store/well-formed.ts'
import type { Settings } from './settings.ts'

export const CONTROLS = ['LET_ORGANIZATIONS_DECIDE', 'UNCONFIGURED', 'DISABLED', 'VIEW', 'VIEW_AND_CONTROL'] as const
export type Control = (typeof CONTROLS)[number]
export type ScopeKind = 'enterprise' | 'organisation'

const YEAR_MINUTES = 366 * 24 * 60
const minutes = (least: number, most = 10 * YEAR_MINUTES) => z.number().int().min(least).max(most)
const line = (most: number) => z.string().trim().min(1).max(most)
const left = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined)

const commandClass = z.object({
  name: line(60),
  patterns: z.array(line(200)).min(1).max(20),
  matches: z.array(line(2000)).max(50).default([]),
  passes: z.array(line(2000)).max(50).default([]),
})

const document = z.object({
  remoteControl: z.enum(CONTROLS),
  allowedAgents: left(z.array(line(256)).max(100)),
  allowedModes: left(z.array(canonicalMode)),
  allowedDeviceKinds: left(z.array(z.enum(['BROWSER', 'SCRIPT']))),
  maxRung: left(rung),
  headlessSessions: left(z.boolean()),
  stepUp: left(z.object({ from: rung, viewMinutes: minutes(0), answerMinutes: minutes(0), steerMinutes: minutes(0) })),
  neverRemote: left(z.array(commandClass).max(50)),
  sessionRetentionMinutes: left(minutes(1)),
  auditRetentionMinutes: left(minutes(1)),
  idleLockMinutes: left(minutes(1, 24 * 60)),
  notificationContent: left(z.enum(['NONE', 'TITLE', 'FULL'])),
})

/** As it is kept; the tests of its classes are kept with it. */
export type PolicyDocument = z.output<typeof document>

/** What stands before anyone has written a document. */
export const firstDocument = (kind: ScopeKind): PolicyDocument =>
  document.parse({ remoteControl: kind === 'enterprise' ? 'LET_ORGANIZATIONS_DECIDE' : 'UNCONFIGURED' })

/** Everything that is wrong with a document for such a scope, in words; empty when it may be applied. */
export function problemsOf(kind: ScopeKind, given: unknown): string[] {
  const broken = brokenText(given)
  if (broken) return [`The document holds ${broken}.`]
  const read = document.safeParse(given)
  if (!read.success) return read.error.issues.map((issue) => `${issue.path.join('.') || 'document'}: ${issue.message}`)
  const { remoteControl, neverRemote = [] } = read.data
  const problems: string[] = []
  if (remoteControl === (kind === 'enterprise' ? 'UNCONFIGURED' : 'LET_ORGANIZATIONS_DECIDE')) {
    const words =
      kind === 'enterprise' ? 'LET_ORGANIZATIONS_DECIDE or a level' : 'UNCONFIGURED, DISABLED, VIEW or VIEW_AND_CONTROL'
    problems.push(`remoteControl: an ${kind} says ${words}.`)
  }
  if (new Set(neverRemote.map(({ name }) => name)).size < neverRemote.length)
    problems.push('neverRemote: two classes have the same name.')
  for (const one of neverRemote) {
    for (const text of one.matches)
      if (!classOf(text, [one])) problems.push(`neverRemote ${one.name}: “${text}” should fall into it and does not.`)
    for (const text of one.passes)
      if (classOf(text, [one])) problems.push(`neverRemote ${one.name}: “${text}” should pass and does not.`)
  }
  return problems
}

/** Throws BAD_INPUT with every problem. */
export function parseDocument(kind: ScopeKind, given: unknown): PolicyDocument {
  const problems = problemsOf(kind, given)
  if (problems.length > 0) throw invalid(problems)
  return document.parse(given)
}

const invalid = (problems: string[]): Refused =>
  refuse('BAD_INPUT', `The policy document cannot be applied. ${problems.join(' ')}`, {
    rule: 'a policy document is whole and its tests hold',
    level: 'server',
    remedy: 'Mend what is named, then apply it; validatePolicy tells a script the same without applying.',
  })

/** A stored document, whichever version wrote it. Throws when it cannot be read: guessing at a policy could loosen it. */
export const readDocument = (text: string): PolicyDocument => document.parse(JSON.parse(text))

/** What it says, in the words of settings; what it leaves to others is left out. */
export function saysOf(said: PolicyDocument): Partial<Settings> {
  const { remoteControl, neverRemote, ...rest } = said
  const control = { LET_ORGANIZATIONS_DECIDE: undefined, UNCONFIGURED: 'OFF', DISABLED: 'OFF' } as const
  const level = remoteControl in control ? control[remoteControl as keyof typeof control] : remoteControl
  const classes = neverRemote?.map(({ name, patterns }) => ({ name, patterns }))
  const all = { ...rest, remoteControl: level, neverRemote: classes }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Partial<Settings>
}
