/** What the scripted model answers: decided by the newest words of the conversation alone. Knows no wire format. */

export type Reply =
  | { readonly is: 'text'; readonly text: string }
  /** Streams a word every `everyMs` until the caller goes away. */
  | { readonly is: 'endless'; readonly word: string; readonly everyMs: number }
  | { readonly is: 'tool'; readonly text: string; readonly name: string; readonly input: Record<string, unknown> }

/** One conversation as the wire formats give it. */
export type Conversation = {
  /** Newest words of the person. */
  readonly lastUserText: string
  /** Results of tools that came after those words. */
  readonly toolResults: readonly string[]
  readonly toolNames: readonly string[]
  /** All text of the request, for what a reminder names. */
  readonly everything: string
}

const pick = (talk: Conversation, ...names: string[]): string =>
  names.find((name) => talk.toolNames.includes(name)) ?? names[0] ?? ''

/** Requests without tools are titles, summaries and classifiers: they get a short answer. */
export function reply(talk: Conversation): Reply {
  const words = talk.lastUserText
  if (talk.toolNames.length === 0) return { is: 'text', text: 'Scripted title' }
  const command = /RUN `([^`]+)`/.exec(words)?.[1]
  if (command)
    return afterTool(talk, {
      is: 'tool',
      text: 'I will run it.',
      name: pick(talk, 'bash', 'Bash'),
      input: { command, description: 'Run what was asked' },
    })
  if (words.includes('ASK ME'))
    return afterTool(talk, { is: 'tool', text: 'One question first.', name: 'AskUserQuestion', input: QUESTION })
  if (words.includes('PLAN IT')) return planned(talk)
  if (words.includes('GO ON FOREVER')) return { is: 'endless', word: 'still working ', everyMs: 50 }
  return { is: 'text', text: `You said: ${words.slice(0, 200)}` }
}

const QUESTION = {
  questions: [
    {
      question: 'Which database should it use?',
      header: 'Database',
      multiSelect: false,
      options: [
        { label: 'SQLite', description: 'One file.' },
        { label: 'PostgreSQL', description: 'A server.' },
      ],
    },
  ],
}

function afterTool(talk: Conversation, call: Reply): Reply {
  const result = talk.toolResults.at(-1)
  return result === undefined ? call : { is: 'text', text: `The tool said: ${result.slice(0, 400)}` }
}

/** Claude Code in plan mode wants its plan in the file its reminder names, then ExitPlanMode. */
function planned(talk: Conversation): Reply {
  const file = /(\/[^\s"'`\\]+\/plans\/[^\s"'`\\]+\.md)/.exec(talk.everything)?.[1]
  if (talk.toolResults.length === 0 && file) {
    return {
      is: 'tool',
      text: 'I write the plan down.',
      name: 'Write',
      input: { file_path: file, content: '# Tidy up\n\n1. Look around\n2. Change one file\n3. Run the tests\n' },
    }
  }
  if (talk.toolResults.length <= (file ? 1 : 0))
    return {
      is: 'tool',
      text: 'Here is the plan.',
      name: 'ExitPlanMode',
      input: { plan: '# Tidy up\n\n1. Look around\n2. Change one file\n3. Run the tests\n' },
    }
  return { is: 'text', text: `After the plan: ${(talk.toolResults.at(-1) ?? '').slice(0, 400)}` }
}
