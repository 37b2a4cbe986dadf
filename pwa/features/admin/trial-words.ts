// What a trial of a policy says: who and which running sessions would change, in words and counts. Pure.
import { settingTitle, valueTextWords } from '../policy/setting-words.ts'
import type { Trial } from './documents.ts'

const NAMED = 3

/** `Anna, Ben and 4 others`. */
export function namesWords(names: readonly string[]): string {
  const rest = names.length - NAMED
  if (rest > 1) return `${names.slice(0, NAMED).join(', ')} and ${rest} others`
  if (names.length < 2) return names.join('')
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

export type TrialLine = { key: string; title: string; change: string; who: string }

/** One line for each change that is the same for several people. */
export function trialLines(trial: Trial, nameOf: (ownerId: string) => string): readonly TrialLine[] {
  const lines = new Map<string, { setting: string; before: string; after: string; names: string[] }>()
  for (const { ownerId, setting, before, after } of trial.changes) {
    const key = JSON.stringify([setting, before, after])
    const line = lines.get(key) ?? { setting, before, after, names: [] }
    line.names.push(nameOf(ownerId))
    lines.set(key, line)
  }
  return [...lines].map(([key, { setting, before, after, names }]) => {
    const [was, is] = [valueTextWords(setting, before), valueTextWords(setting, after)]
    // Two values of one name in words (the same number of command classes) still differ.
    return {
      key,
      title: settingTitle(setting),
      change: was === is ? `${is}, others than before` : `${was} → ${is}`,
      who: namesWords(names.sort()),
    }
  })
}

/** `14 running sessions: 12 of Claude Code, 2 of OpenCode`. */
export function sessionsWords({ sessionCount, sessions }: Pick<Trial, 'sessionCount' | 'sessions'>): string {
  if (sessionCount === 0) return 'No running session changes.'
  const agents = new Map<string, number>()
  for (const { agentName } of sessions) agents.set(agentName, (agents.get(agentName) ?? 0) + 1)
  const of = [...agents].map(([name, count]) => `${count} of ${name}`).join(', ')
  const most = sessionCount > sessions.length ? ', and more' : ''
  return `${sessionCount === 1 ? '1 running session changes' : `${sessionCount} running sessions change`}: ${of}${most}.`
}
