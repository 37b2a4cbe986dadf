// Cuts a stream of bytes into lines within a bound. Knows no JSON.

/** A whole line without its line ending, or the beginning of one that was longer than the bound and was not kept. */
export type Framed = { line: Buffer } | { tooLong: Buffer; bytes: number }

/** Beginning of a too long line that is kept, to see who sent it. */
const headBytes = 4_096

export interface Framing {
  /** Lines that this chunk completes. */
  push(chunk: Uint8Array): Framed[]
  /** What is left when the stream ends without a newline. */
  flush(): Framed[]
}

export function createFraming(maxLineBytes: number): Framing {
  let parts: Buffer[] = []
  let bytes = 0

  function add(part: Buffer): void {
    bytes += part.byteLength
    if (bytes <= maxLineBytes) {
      parts.push(part)
    } else if (parts.length !== 1 || (parts[0]?.byteLength ?? 0) > headBytes) {
      // Copied, so that the large pieces it was cut from can go.
      parts = [Buffer.from(Buffer.concat([...parts, part.subarray(0, headBytes)]).subarray(0, headBytes))]
    }
  }

  function take(): Framed {
    const line = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)
    const framed = bytes > maxLineBytes ? { tooLong: line.subarray(0, headBytes), bytes } : { line }
    parts = []
    bytes = 0
    return framed
  }

  return {
    push(chunk) {
      const framed: Framed[] = []
      let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
      for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
        add(rest.subarray(0, end))
        framed.push(take())
        rest = rest.subarray(end + 1)
      }
      if (rest.byteLength > 0) add(rest)
      return framed
    },
    flush: () => (bytes === 0 ? [] : [take()]),
  }
}
