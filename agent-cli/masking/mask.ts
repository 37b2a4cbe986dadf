// Takes secrets of known shape out of a text and leaves a mark that says what it was (docs/decisions/0015-masking.md). Knows no event and no server.
import { createHmac, randomBytes } from 'node:crypto'
import { type Shape, shapes } from './shapes.ts'

export type Masking = {
  /**
   * The text with every secret replaced by `[masked <what> <mark>]`. The same secret has the same mark as long as this lives; masked twice is masked once.
   * `before` is what stands before it and is out already, its last `maxContextChars` at least: a word that goes on is not a word that begins, and of a
   * secret that began there the rest is masked.
   */
  text(text: string, before?: string): string
  /**
   * From where a text that goes on must wait, because a secret could have begun there; its length when nothing need wait. `isFirm` is false where only
   * the first signs of a literal stand. `before` as above.
   */
  waitsFrom(text: string, before?: string): { at: number; isFirm: boolean }
  /** So many different ones were masked, by what they were. */
  readonly counts: ReadonlyMap<string, number>
}

const mostSeen = 100_000

/** No text waits for more than this. */
export const maxWaitingChars = 16_384

/** No more than this of what is out already says anything about what follows. */
export const maxContextChars = 128

const byLiteral = new Map<string, Shape>(
  shapes.flatMap((shape) => shape.literals.map((literal) => [literal, shape] as const)),
)
const escaped = [...byLiteral.keys()]
  .sort((a, b) => b.length - a.length)
  .map((one) => one.replaceAll(/[.\-/]/g, '\\$&'))
const literals = new RegExp(escaped.join('|'), 'g')
const longestLiteral = Math.max(...[...byLiteral.keys()].map((one) => one.length))

/** A word of small letters behind a space, up to the end; also one that is longer than what is looked at. */
const plainWord = /(?:^|\s)([A-Z]?[a-z]+)$/

export function createMasking(key: Buffer = randomBytes(32)): Masking {
  const counts = new Map<string, number>()
  const seen = new Set<string>()

  /** Different secrets must look different: what a person approves is then still one thing and no other (T5). */
  function markOf(name: string, secret: string): string {
    const mark = createHmac('sha256', key).update(secret).digest('hex').slice(0, 8)
    if (!seen.has(mark) && seen.size < mostSeen) {
      seen.add(mark)
      counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    return `[masked ${name} ${mark}]`
  }

  return {
    counts,
    text(text, before = '') {
      const context = before.slice(-maxContextChars)
      const whole = context + text
      let out = ''
      let done = context.length
      for (const { from, end, name } of secretsIn(whole)) {
        // What is out stays out.
        if (end <= done) continue
        out += whole.slice(done, Math.max(done, from)) + markOf(name, whole.slice(from, end))
        done = end
      }
      return done === context.length ? text : out + whole.slice(done)
    },
    waitsFrom(text, before = '') {
      const earliest = Math.max(0, text.length - maxWaitingChars)
      const context = (before + text.slice(0, earliest)).slice(-maxContextChars)
      const tail = context + text.slice(earliest)
      const placeOf = (at: number): number => earliest + Math.max(0, at - context.length)
      literals.lastIndex = 0
      for (let found = literals.exec(tail); found !== null; found = literals.exec(tail)) {
        const [literal] = found
        const { end } = read(tail, found.index, literal)
        // A secret, or what may become one, that ends where the text ends may go on.
        if (goesOn(tail, found.index, literal)) return { at: placeOf(found.index), isFirm: true }
        literals.lastIndex = Math.max(end, found.index + 1)
      }
      return { at: placeOf(firstOfLiteral(tail)), isFirm: false }
    },
  }
}

const read = (text: string, at: number, literal: string) =>
  byLiteral.get(literal)?.read(text, at, literal) ?? { from: null, end: at + literal.length }

function* secretsIn(text: string): Generator<{ from: number; end: number; name: string }> {
  // Another text may be masked between two of this one's: the place is kept here and not in the expression.
  let from = 0
  for (;;) {
    literals.lastIndex = from
    const found = literals.exec(text)
    if (found === null) return
    const [literal] = found
    const { from: begins, end } = read(text, found.index, literal)
    if (begins !== null) yield { from: begins, end, name: byLiteral.get(literal)?.name ?? 'secret' }
    from = Math.max(end, found.index + 1)
  }
}

function goesOn(text: string, at: number, literal: string): boolean {
  const shape = byLiteral.get(literal)
  return shape?.goesOn?.(text, at, literal) ?? !/\s/.test(text.slice(at))
}

/** Where the last signs could be the first of a literal. Letters inside a word could be too, but then every other word would wait, to be said in two pieces. */
function firstOfLiteral(text: string): number {
  const word = plainWord.exec(text.slice(-maxContextChars))?.[1]?.length ?? 0
  for (let length = Math.min(longestLiteral - 1, text.length); length > 0; length -= 1) {
    if (length < word) break
    const last = text.slice(text.length - length)
    for (const literal of byLiteral.keys())
      if (literal.length > length && literal.startsWith(last)) return text.length - length
  }
  return text.length
}
