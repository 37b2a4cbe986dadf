/** What a line typed at the prompt means: one of our own commands, or words for the agent (its own slash commands included). Pure. */

export type Typed =
  | { readonly is: 'prompt'; readonly text: string; readonly now: boolean }
  | { readonly is: 'remote'; readonly turn: 'on' | 'off' | 'show'; readonly share: boolean }
  | { readonly is: 'mode'; readonly mode: string | null }
  | { readonly is: 'cancel' | 'quit' | 'help' | 'release' | 'withdraw' | 'qr' | 'queue' }
  | { readonly is: 'mistake'; readonly sentence: string }

export type OwnCommand = { readonly name: string; readonly hint: string; readonly description: string }

export const OWN_COMMANDS: readonly OwnCommand[] = [
  {
    name: 'remote',
    hint: 'on|off',
    description: 'show, turn on or turn off remote control; "on share" also sends what happened so far',
  },
  { name: 'qr', hint: '', description: 'show or hide the QR (Ctrl+E)' },
  {
    name: 'mode',
    hint: '<mode>',
    description: 'show or set the mode: plan, interactive, autopilot or the agent’s own',
  },
  { name: 'now', hint: '<prompt>', description: 'send a prompt into the running turn, or cancel it and send' },
  { name: 'cancel', hint: '', description: 'cancel the turn (Esc)' },
  { name: 'queue', hint: '', description: 'show the waiting prompts' },
  { name: 'withdraw', hint: '', description: 'take back the last waiting prompt' },
  { name: 'release', hint: '', description: 'let held prompts go on' },
  { name: 'help', hint: '', description: 'show the keys and commands' },
  { name: 'quit', hint: '', description: 'end the session and the agent (Ctrl+C twice)' },
]

/** `//x` sends `/x` to the agent even when `x` is one of ours. */
export function parseTyped(line: string): Typed {
  const text = line.trim()
  if (text.startsWith('//')) return { is: 'prompt', text: text.slice(1), now: false }
  const match = /^\/(\w+)(?:\s+([\s\S]*))?$/.exec(text)
  if (!match) return { is: 'prompt', text, now: false }
  const [, name = '', rest = ''] = match
  const words = rest.trim()
  switch (name) {
    case 'remote':
      return remote(words)
    case 'mode':
      return { is: 'mode', mode: words || null }
    case 'now':
      return words
        ? { is: 'prompt', text: words, now: true }
        : { is: 'mistake', sentence: 'Write what to send after /now.' }
    case 'cancel':
    case 'quit':
    case 'help':
    case 'release':
    case 'withdraw':
    case 'qr':
    case 'queue':
      return { is: name }
    default:
      return { is: 'prompt', text, now: false }
  }
}

function remote(words: string): Typed {
  if (words === '') return { is: 'remote', turn: 'show', share: false }
  if (words === 'off') return { is: 'remote', turn: 'off', share: false }
  if (words === 'on' || words === 'on share') return { is: 'remote', turn: 'on', share: words.endsWith('share') }
  return { is: 'mistake', sentence: '/remote takes on, off or on share. /remote alone shows the state.' }
}

/** Commands whose name begins with what is typed after "/", ours first. Empty when the line is not a slash command being written. */
export function suggestions(
  line: string,
  agents: readonly { name: string; description: string; hint?: string | null }[],
): OwnCommand[] {
  const match = /^\/(\w*)$/.exec(line)
  if (!match) return []
  const begins = match[1] ?? ''
  const own = new Set(OWN_COMMANDS.map((command) => command.name))
  const others = agents.map(({ name, description, hint }) => ({ name, description, hint: hint ?? '' }))
  return [...OWN_COMMANDS, ...others.filter((command) => !own.has(command.name))].filter((command) =>
    command.name.startsWith(begins),
  )
}
