// What the administrator of a machine may say about it, in one shape for the file, macOS's managed preferences and Windows' registry. Pure.
import { z } from 'zod'
import { type RuleFields, RuleFileError, readRules, ruleFields, saysOf } from './rule-file.ts'
import type { Rules } from './rules.ts'

const origin = z.string().transform((text, context) => {
  try {
    const url = new URL(text)
    if (url.protocol === 'https:' || url.protocol === 'http:') return url.origin
  } catch {
    // Said below.
  }
  context.addIssue({ code: 'custom', message: 'no http address' })
  return z.NEVER
})

const shape = z.strictObject({
  ...ruleFields,
  /** Origins; no other server is spoken to. */
  allowedServers: z.array(origin).max(100).optional(),
  minimumVersion: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/)
    .optional(),
  /** False: no server is started here, and none on this machine is used. */
  personalServers: z.boolean().optional(),
  /** False: `--reach` opens no way from outside to this machine. */
  tunnels: z.boolean().optional(),
  /** False: what agents' own managed settings say against remote control is not looked at. */
  obeyAgents: z.boolean().optional(),
  /** A file of certificates in PEM that are trusted besides the usual ones. */
  ca: z.string().min(1).max(4096).optional(),
})

export type Managed = {
  readonly says: Partial<Rules>
  /** Null is any. */
  readonly allowedServers: readonly string[] | null
  readonly minimumVersion: string | null
  readonly personalServers: boolean
  readonly tunnels: boolean
  readonly obeyAgents: boolean
  readonly ca: string | null
}

/** What holds where nobody manages the machine. */
export const unmanaged: Managed = {
  ...{ says: {}, allowedServers: null, minimumVersion: null },
  ...{ personalServers: true, tunnels: true, obeyAgents: true, ca: null },
}

/** Throws RuleFileError. */
export function readManaged(value: unknown): Managed {
  const { allowedServers, minimumVersion, personalServers, tunnels, obeyAgents, ca, ...rules } = readRules(value, shape)
  return {
    says: saysOf(rules as RuleFields),
    ...{ allowedServers: allowedServers ?? null, minimumVersion: minimumVersion ?? null, ca: ca ?? null },
    ...{ personalServers: personalServers ?? true, tunnels: tunnels ?? true, obeyAgents: obeyAgents ?? true },
  }
}

const settings = new Set(Object.keys(shape.shape))
const byName = new Map([...settings].map((name) => [name.toLowerCase(), name]))

/** Where names are written in another case (`AllowedServers`), and where a list of classes is a text. Throws RuleFileError. */
export function named(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const named: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(given)) {
    const name = byName.get(key.toLowerCase()) ?? key
    named[name] = name === 'neverRemote' && typeof value === 'string' ? parsed(value) : value
  }
  return named
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new RuleFileError('neverRemote: it is not JSON')
  }
}
