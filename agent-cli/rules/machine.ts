// This machine as its administrator has set it up: read once when a process starts, above everything that its user may say (F1).
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { z } from 'zod'
import { type AgentSwitch, agentSwitches, forbiddenBy } from './agents.ts'
import { type Managed, named, readManaged, unmanaged } from './managed-shape.ts'
import { readPlist } from './plist.ts'
import { readRegistry } from './registry.ts'
import { readRootFile } from './root-file.ts'
import { RuleFileError, readRuleJson } from './rule-file.ts'
import type { Source, Word } from './rules.ts'

export const REGISTRY_KEY = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Offdesk'

/** Where things stand. The product's own where left out; a test is another machine. */
export type MachineOptions = {
  readonly platform?: NodeJS.Platform
  readonly managedFile?: string
  /** Who root is. */
  readonly rootUid?: number
  /** Runs a program of the system and gives what it prints; rejects when it fails. */
  readonly printed?: (program: string, args: readonly string[]) => Promise<string>
  readonly agentSwitches?: readonly AgentSwitch[]
}

export type Machine = {
  readonly managed: Managed
  /** Where the word comes from, for a sentence; null when nobody manages this machine. */
  readonly file: string | null
  /** Why the administrator's word could not be read: then nothing is remote. */
  readonly problem: string | null
  /** What the machine says about sessions of that agent. */
  wordsFor(agent: { id: string; command: string; args: readonly string[] }): Promise<Word[]>
}

const PLACES: Partial<Record<NodeJS.Platform, string>> = {
  darwin: '/Library/Managed Preferences/dev.offdesk.plist',
  win32: REGISTRY_KEY,
}
export const MANAGED_FILE = '/etc/offdesk/managed.json'

/** Never rejects: what cannot be read closes the way (`problem`). */
export async function readMachine(options: MachineOptions = {}): Promise<Machine> {
  const { platform = process.platform } = options
  const place = options.managedFile ?? PLACES[platform] ?? MANAGED_FILE
  let managed: Managed | null = null
  let problem: string | null = null
  try {
    const value = await valueAt(place, platform, options)
    managed = value === undefined ? null : readManaged(value)
  } catch (error) {
    const why = error instanceof RuleFileError ? error.message : String(error)
    problem = `${place} manages this machine, and it cannot be obeyed: ${why}.`
  }
  const source = ownerOf(place)
  const own: Word[] = []
  if (problem !== null) own.push({ says: { remoteControl: 'OFF' }, source, because: problem })
  else if (managed !== null) own.push({ says: managed.says, source })
  const holds = managed ?? unmanaged
  return {
    ...{ managed: holds, file: managed === null && problem === null ? null : place, problem },
    async wordsFor(agent) {
      const theirs = holds.obeyAgents ? await agentWords(agent, platform, options.agentSwitches ?? agentSwitches) : []
      return [...own, ...theirs]
    },
  }
}

const ownerOf = (place: string): Source => ({
  level: 'machine',
  owner: 'whoever administers this machine',
  remedy: `Ask them: ${place} says so, and nothing at this terminal can change it.`,
})

const anything = z.record(z.string(), z.unknown())

async function valueAt(place: string, platform: NodeJS.Platform, options: MachineOptions): Promise<unknown> {
  const printed = options.printed ?? run
  if (platform === 'win32') {
    const text = await printed('reg', ['query', place]).catch(() => null)
    return text === null ? undefined : named(readRegistry(text, place))
  }
  const bytes = await readRootFile(place, options.rootUid ?? 0)
  if (bytes === null) return undefined
  if (platform !== 'darwin' || place.endsWith('.json')) return readRuleJson(bytes, anything)
  // Profiles are kept in the binary form; this is the system's own program for reading it.
  const xml =
    bytes.subarray(0, 6).toString('latin1') === 'bplist'
      ? await printed('/usr/bin/plutil', ['-convert', 'xml1', '-o', '-', place])
      : bytes.toString('utf8')
  const value = readPlist(xml)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new RuleFileError('it is no dictionary')
  return named(value as Record<string, unknown>)
}

async function run(program: string, args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(program, [...args], { timeout: 5000, windowsHide: true, maxBuffer: 1024 * 1024 }))
    .stdout
}

async function agentWords(
  agent: { id: string; command: string; args: readonly string[] },
  platform: NodeJS.Platform,
  switches: readonly AgentSwitch[],
): Promise<Word[]> {
  const spoken = [agent.id, agent.command, ...agent.args].join(' ')
  const words: Word[] = []
  for (const one of switches.filter(({ agent: known }) => known.test(spoken))) {
    for (const path of one.files[platform] ?? []) {
      // Who can write it does not matter: it only takes away.
      const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) =>
        isAbsent(error) ? null : Buffer.alloc(0),
      )
      const forbids = bytes === null ? null : forbiddenBy(bytes, one)
      if (forbids === null) continue
      const source = {
        level: 'machine',
        owner: `whoever set up ${one.name} on this machine`,
        remedy: `${path} says “${forbids}”. They can change that, or say “obeyAgents: false” in ${MANAGED_FILE}.`,
      }
      const because = `${one.name} may not be steered from away on this machine: ${path} says “${forbids}”.`
      words.push({ says: { remoteControl: 'OFF' }, source, because })
    }
  }
  return words
}

const isAbsent = ({ code }: NodeJS.ErrnoException) => code === 'ENOENT' || code === 'ENOTDIR'
