/** The prompt line as a value: text, cursor, history. Pure; knows no terminal and no keys. */

export type Line = {
  readonly text: string
  /** Offset in code units, always between two code points. */
  readonly cursor: number
  readonly history: readonly string[]
  /** Position in history; `history.length` is the line being written. */
  readonly at: number
  /** What was being written when history was entered. */
  readonly draft: string
}

export const HISTORY_LINES = 500

export const emptyLine = (history: readonly string[] = []): Line => ({
  text: '',
  cursor: 0,
  history,
  at: history.length,
  draft: '',
})

export function insert(line: Line, typed: string): Line {
  const text = typed.replaceAll(/\r\n?/g, '\n')
  return {
    ...line,
    text: line.text.slice(0, line.cursor) + text + line.text.slice(line.cursor),
    cursor: line.cursor + text.length,
  }
}

export function backspace(line: Line): Line {
  return cut(line, previous(line.text, line.cursor), line.cursor)
}

export function deleteForward(line: Line): Line {
  return cut(line, line.cursor, next(line.text, line.cursor))
}

/** Removes the word before the cursor and the blanks behind it. */
export function deleteWord(line: Line): Line {
  const before = line.text.slice(0, line.cursor)
  return cut(line, before.replace(/\S+\s*$|\s+$/, '').length, line.cursor)
}

export function deleteToStart(line: Line): Line {
  return cut(line, line.text.lastIndexOf('\n', line.cursor - 1) + 1, line.cursor)
}

export function left(line: Line): Line {
  return { ...line, cursor: previous(line.text, line.cursor) }
}

export function right(line: Line): Line {
  return { ...line, cursor: next(line.text, line.cursor) }
}

export function home(line: Line): Line {
  return { ...line, cursor: line.cursor === 0 ? 0 : line.text.lastIndexOf('\n', line.cursor - 1) + 1 }
}

export function end(line: Line): Line {
  const stop = line.text.indexOf('\n', line.cursor)
  return { ...line, cursor: stop < 0 ? line.text.length : stop }
}

/** One step back (-1) or forward (+1) in history; the line being written is kept at its end. */
export function recall(line: Line, step: -1 | 1): Line {
  const at = line.at + step
  if (at < 0 || at > line.history.length) return line
  const draft = line.at === line.history.length ? line.text : line.draft
  const text = at === line.history.length ? draft : (line.history[at] ?? '')
  return { ...line, at, draft, text, cursor: text.length }
}

/** The line after its text was sent: empty, with the text in history (repeats once, blanks never). */
export function sent(line: Line): Line {
  const text = line.text.trim()
  const history =
    text === '' || line.history.at(-1) === text ? line.history : [...line.history, text].slice(-HISTORY_LINES)
  return emptyLine(history)
}

function cut(line: Line, from: number, to: number): Line {
  return { ...line, text: line.text.slice(0, from) + line.text.slice(to), cursor: from }
}

function previous(text: string, at: number): number {
  if (at === 0) return 0
  const pair = at > 1 && isLow(text.charCodeAt(at - 1)) && isHigh(text.charCodeAt(at - 2))
  return at - (pair ? 2 : 1)
}

function next(text: string, at: number): number {
  if (at >= text.length) return text.length
  return at + (isHigh(text.charCodeAt(at)) && isLow(text.charCodeAt(at + 1)) ? 2 : 1)
}

const isHigh = (unit: number) => unit >= 0xd800 && unit < 0xdc00
const isLow = (unit: number) => unit >= 0xdc00 && unit < 0xe000
