// What policy holds on a server for this host's owner, as last heard: `host/policies.json`. It is asked for again when its version has changed, and
// holds while the server is away. Several processes share the file.
import { join } from 'node:path'
import { z } from 'zod'
import {
  CONTROLS,
  DEVICE_KINDS,
  MODES,
  RUNGS,
  type RuleName,
  type Rules,
  type Source,
  type Word,
} from '../rules/rules.ts'
import type { Caller } from './credentials.ts'
import { AskPolicy } from './host-operations.ts'
import { changeShared, readShared } from './shared-file.ts'

export type Policies = {
  /** Null until a server has been heard for the first time. */
  readonly word: Word | null
  /** Resolves when what holds under that version is known; rejects when it cannot be had, and then nothing may be done under it. */
  heard(version: number): Promise<void>
  /** The server was away: behind it may be an older database, in which the same version says something else. */
  doubt(): void
  close(): void
}

const source = z.object({ level: z.string(), owner: z.string(), remedy: z.string() })
const says = z.object({
  remoteControl: z.enum(CONTROLS as [string, ...string[]]),
  maxRung: z.enum(RUNGS as [string, ...string[]]),
  allowedModes: z.array(z.enum(MODES as [string, ...string[]])),
  allowedDeviceKinds: z.array(z.enum(DEVICE_KINDS as [string, ...string[]])),
  allowedAgents: z.array(z.string()).nullable(),
  headlessSessions: z.boolean(),
  neverRemote: z.array(z.object({ name: z.string(), patterns: z.array(z.string()) })),
  // A file of an earlier version has none: it is asked for again, and until then the least that holds for everybody does.
  stepUp: z
    .object({ from: z.enum(RUNGS as [string, ...string[]]), answerMinutes: z.number(), steerMinutes: z.number() })
    .optional(),
})
const known = z.object({ version: z.number().int(), says, sourceOf: z.record(z.string(), source) })
type Known = z.output<typeof known>

const askSeconds = 8

export async function openPolicies(options: { hostDir: string; server: string; call: Caller }): Promise<Policies> {
  const { server, call } = options
  const path = join(options.hostDir, 'policies.json')
  // What is damaged is asked for anew with the first answer, before any command is looked at.
  let standing: Known | null =
    (await readShared(path, parse).catch(() => ({}) as ReturnType<typeof parse>))[server] ?? null
  let word = standing === null ? null : wordOf(standing)
  let isFresh = false
  let asking: Promise<void> | null = null
  const ended = new AbortController()

  async function ask(): Promise<void> {
    const { effectivePolicy } = await call(AskPolicy, {}, { signal: ended.signal, timeoutSeconds: askSeconds })
    const { version, settings, ...rules } = effectivePolicy
    const sourceOf = Object.fromEntries(settings.map((one) => [one.name, sourceIn(one)]))
    const heard = known.parse({ version, says: rules, sourceOf })
    const isNews = JSON.stringify(heard) !== JSON.stringify(standing)
    isFresh = true
    if (!isNews) return
    standing = heard
    word = wordOf(heard)
    // Only what holds with the server away needs the disk; what could not be written is asked for again.
    await changeShared(path, parse, (all) => ({ ...all, [server]: heard })).catch(() => undefined)
  }

  function current(): Promise<void> {
    asking ??= ask().finally(() => {
      asking = null
    })
    return asking
  }

  return {
    get word() {
      return word
    },
    async heard(version) {
      if (isFresh && standing?.version === version) return
      await current()
      // It joined a question that was asked before the change.
      if (standing !== null && standing.version < version) await current()
    },
    doubt() {
      isFresh = false
    },
    close: () => ended.abort(),
  }
}

/** Whose a policy is where nobody else is named. */
export const ownPolicy: Source = {
  level: 'policy',
  owner: 'yourself',
  remedy:
    'Change it in Settings, Remote control, on a device that may do everything (full); or at the terminal of a workstation.',
}

function wordOf({ says, sourceOf }: Known): Word {
  return { says: says as Partial<Rules>, source: ownPolicy, sourceOf: sourceOf as Partial<Record<RuleName, Source>> }
}

/** The levels of a policy in the words of a refusal. */
function sourceIn({ level, owner, remedy }: { level: string; owner: string; remedy: string | null }): Source {
  const named = level === 'person' || level === 'default' ? 'policy' : level
  return { level: named, owner, remedy: remedy ?? ownPolicy.remedy }
}

function parse(value: unknown): Record<string, Known> {
  if (typeof value !== 'object' || value === null) return {}
  const entries = Object.entries(value).flatMap(([server, one]) => {
    const read = known.safeParse(one)
    return read.success ? [[server, read.data] as const] : []
  })
  return Object.fromEntries(entries)
}
