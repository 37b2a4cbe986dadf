// The switches against remote control in the agents' own managed settings. Their makers' programs obey them for their makers' remote control; they are
// obeyed here for ours, since whoever set them did not want that agent steered from away (docs/decisions/0014-managed-machines.md has the sources).
import { RuleFileError } from './rule-file.ts'

export type AgentSwitch = {
  /** A word of the agent's id, command or arguments by which it is known. */
  readonly agent: RegExp
  readonly name: string
  readonly files: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>>
  /** The setting that forbids, as it is written; null when this file forbids nothing. */
  readonly forbids: (settings: Readonly<Record<string, unknown>>) => string | null
}

export const agentSwitches: readonly AgentSwitch[] = [
  {
    agent: /claude/i,
    name: 'Claude Code',
    files: {
      linux: ['/etc/claude-code/managed-settings.json'],
      darwin: ['/Library/Application Support/ClaudeCode/managed-settings.json'],
      win32: [
        'C:\\Program Files\\ClaudeCode\\managed-settings.json',
        'C:\\ProgramData\\ClaudeCode\\managed-settings.json',
      ],
    },
    forbids: (settings) => {
      if (settings.disableRemoteControl === true) return 'disableRemoteControl: true'
      return settings.allow_remote_sessions === false ? 'allow_remote_sessions: false' : null
    },
  },
  {
    agent: /copilot/i,
    name: 'GitHub Copilot',
    files: {
      linux: ['/etc/github-copilot/managed-settings.json'],
      darwin: ['/Library/Application Support/GitHubCopilot/managed-settings.json'],
      win32: ['C:\\Program Files\\GitHubCopilot\\managed-settings.json'],
    },
    // It names organisations whose sign-on the steering client must hold; our devices hold none, so any restriction is one that is not met.
    forbids: ({ remoteControl }) => (remoteControl === undefined || remoteControl === null ? null : 'remoteControl'),
  },
]

/** The setting that forbids it, or null. A file of theirs that cannot be read forbids too. */
export function forbiddenBy(bytes: Uint8Array, { forbids }: AgentSwitch): string | null {
  try {
    const settings: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    if (typeof settings !== 'object' || settings === null || Array.isArray(settings))
      throw new RuleFileError('no settings')
    return forbids(settings as Record<string, unknown>)
  } catch {
    return 'what cannot be read'
  }
}
