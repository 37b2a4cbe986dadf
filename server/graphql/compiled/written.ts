/** Parts of an answer that are JSON already, and answers that hold them. Knows no type of ours. */

/**
 * Stands in an answer for the value whose JSON it is: a text, or pieces of one. A long list stays in pieces until it is bytes: put together as texts, a page was copied once for each thing it stands in, and
 * those copies were most of what it left to be thrown away.
 */
export class Written {
  readonly pieces: string | readonly string[]

  constructor(pieces: string | readonly string[]) {
    this.pieces = pieces
  }

  get text(): string {
    return typeof this.pieces === 'string' ? this.pieces : this.pieces.join('')
  }

  /** For whoever writes an answer without knowing of it. */
  toJSON(): unknown {
    return JSON.parse(this.text)
  }
}

const textOf = (value: unknown): string | undefined => (value instanceof Written ? value.text : JSON.stringify(value))

export function writtenList(items: readonly unknown[]): Written {
  const pieces = items.map((one, place) => `${place === 0 ? '[' : ','}${textOf(one) ?? 'null'}`)
  pieces.push(items.length === 0 ? '[]' : ']')
  return new Written(pieces)
}

/** As `JSON.stringify` writes it: without what is undefined. */
export function writtenObject(shown: Readonly<Record<string, unknown>>): Written {
  const pieces: string[] = []
  let text = ''
  let isFirst = true
  for (const key of Object.keys(shown)) {
    const value = shown[key]
    const held = value instanceof Written ? value.pieces : JSON.stringify(value)
    if (held === undefined) continue
    text += `${isFirst ? '{' : ','}${JSON.stringify(key)}:`
    isFirst = false
    if (typeof held === 'string') text += held
    else {
      pieces.push(text)
      for (const piece of held) pieces.push(piece)
      text = ''
    }
  }
  text += isFirst ? '{}' : '}'
  if (pieces.length === 0) return new Written(text)
  pieces.push(text)
  return new Written(pieces)
}

type Answer = { readonly data?: Readonly<Record<string, unknown>> | null; readonly errors?: unknown }

/** What `JSON.stringify` gives for an answer. */
export const answerText = (answer: Answer): string => writtenAnswer(answer)?.text ?? JSON.stringify(answer)

/** The same where it is long, as bytes. */
export function answerBytes(answer: Answer): string | Buffer {
  const written = writtenAnswer(answer)
  if (!written) return JSON.stringify(answer)
  return typeof written.pieces === 'string' ? written.pieces : bytesOf(written.pieces)
}

function writtenAnswer(answer: Answer): Written | null {
  const { data } = answer
  if (!data || !Object.values(data).some((one) => one instanceof Written)) return null
  return writtenObject({ ...answer, data: writtenObject(data) })
}

function bytesOf(pieces: readonly string[]): Buffer {
  let length = 0
  for (const piece of pieces) length += piece.length
  // As many as characters, which is all where they are ASCII.
  let bytes = Buffer.allocUnsafe(length)
  let at = 0
  for (const piece of pieces) {
    // A character takes three bytes at most.
    if (bytes.length - at < piece.length * 3 && bytes.length - at < Buffer.byteLength(piece)) {
      const more = Buffer.allocUnsafe(bytes.length * 2 + piece.length * 3)
      bytes.copy(more, 0, 0, at)
      bytes = more
    }
    at += bytes.write(piece, at)
  }
  return bytes.subarray(0, at)
}
