/**
 * Classes of commands that nobody approves from away, as server and host both match them against what is asked. A pattern is words with `*` for
 * anything: no regular expression, since an administrator's slip must not stop a server. It is a net for what a person would not want to approve on
 * a small screen, not a wall: a command can be written in a way that no pattern knows.
 */

export type CommandClass = { name: string; patterns: readonly string[] }

/** The name of the first class that the text falls into; null for none. Takes time linear in the text for each pattern. */
export function classOf(text: string, classes: readonly CommandClass[]): string | null {
  const plain = plainText(text)
  return classes.find(({ patterns }) => patterns.some((pattern) => fits(plain, pattern)))?.name ?? null
}

/** Case, spaces, and what shells and JSON put between words do not matter. */
const plainText = (text: string): string =>
  ` ${text
    .toLowerCase()
    .replace(/\\[nrt]/g, ' ')
    .replace(/[\s"'`\\;&|(),[\]{}<>]+/g, ' ')
    .trim()} `

/** Every piece between the stars is found behind the one before; a piece begins and ends with whole words unless it touches a star. */
function fits(plain: string, pattern: string): boolean {
  const pieces = `\n${pattern}\n`.split('*').map((piece) => wordsOf(piece))
  let from = 0
  for (const piece of pieces) {
    if (piece.trim() === '' && pieces.length > 1) continue
    const at = plain.indexOf(piece, from)
    if (at < 0) return false
    // The space behind one word is the space before the next.
    from = at + piece.length - (piece.endsWith(' ') ? 1 : 0)
  }
  return pieces.some((piece) => piece.trim() !== '')
}

/** `\n` marks where the pattern begins and ends: there a word does too. */
function wordsOf(piece: string): string {
  const spaced = plainText(piece.replaceAll('\n', '')).trim()
  const opens = piece.startsWith('\n') || /^\s/.test(piece)
  const closes = piece.endsWith('\n') || /\s$/.test(piece)
  return `${opens ? ' ' : ''}${spaced}${closes ? ' ' : ''}`
}
