// Markdown as tokens, cheaply while it streams and bounded when it is hostile. Knows no elements.
import { Lexer, marked, type Token } from 'marked'

export type Lexed = {
  text: string
  /** The blocks that show, in order; undefined when the text is better shown as it came. */
  blocks: Token[] | undefined
  /** Link definitions, as one string: blocks that look alike differ when it does. */
  definitions: string
  /** Where in `text` each block begins. */
  starts: number[]
}

// Past these the lexer may take seconds (emphasis is cubic in its marks) or overflow its stack.
const mostCharacters = 200_000
const mostMarks = 2_000
const deepNesting = /^[ \t]*(?:>[ \t]*|(?:[-*+]|\d{1,9}[.)])[ \t]+){24}/m

function tooHard(text: string): boolean {
  if (text.length > mostCharacters || deepNesting.test(text)) return true
  return text.split(/\n[ \t]*\n/).some((part) => (part.match(/[*_~]/g)?.length ?? 0) > mostMarks)
}

function lexFrom(text: string, from: number): Omit<Lexed, 'text'> | undefined {
  try {
    const tokens = new Lexer({ ...marked.getDefaults(), gfm: true }).lex(text.slice(from))
    const blocks: Token[] = []
    const starts: number[] = []
    let at = from
    for (const token of tokens) {
      if (token.type !== 'def' && token.type !== 'space') {
        blocks.push(token)
        starts.push(at)
      }
      at += token.raw.length
    }
    // Also those inside an item or a quotation, which are no tokens of their own here.
    const definitions = Object.entries(tokens.links).map(([name, { href, title }]) =>
      JSON.stringify([name, href, title]),
    )
    return { blocks, starts, definitions: definitions.join('\n') }
  } catch {
    return undefined
  }
}

/**
 * Tokens of `text`, the same as lexing it whole. Where `text` continues `before`, all but the last two blocks are taken over:
 * they can no longer change, unless a link definition is about, which reaches backwards.
 */
export function lexMarkdown(source: string, before?: Lexed): Lexed {
  const text = source.replace(/\r\n?/g, '\n')
  const plain = { text, blocks: undefined, definitions: '', starts: [] }
  if (tooHard(text)) return plain
  const keep = (before?.blocks?.length ?? 0) - 2
  const from = before?.starts[keep]
  if (before?.blocks && before.definitions === '' && keep > 0 && from !== undefined && text.startsWith(before.text)) {
    const rest = lexFrom(text, from)
    if (rest?.blocks && rest.definitions === '')
      return {
        text,
        definitions: '',
        blocks: [...before.blocks.slice(0, keep), ...rest.blocks],
        starts: [...before.starts.slice(0, keep), ...rest.starts],
      }
  }
  const whole = lexFrom(text, 0)
  return whole ? { text, ...whole } : plain
}
