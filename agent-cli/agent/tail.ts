// Keeps the end of a stream of bytes within a bound. Knows no stream.

/** `text()` is the last `maxBytes` added, as UTF-8; a character cut at the front becomes U+FFFD. */
export function createTail(maxBytes: number): { add(chunk: Uint8Array): void; text(): string } {
  let chunks: Uint8Array[] = []
  let bytes = 0

  function trim(): void {
    const all = Buffer.concat(chunks)
    chunks = [all.subarray(Math.max(0, all.byteLength - maxBytes))]
    bytes = Math.min(bytes, maxBytes)
  }

  return {
    add(chunk) {
      chunks.push(chunk)
      bytes += chunk.byteLength
      // Twice the bound, so that a stream of small chunks is not copied at each of them.
      if (bytes > maxBytes * 2) trim()
    },
    text() {
      trim()
      return Buffer.from(chunks[0] ?? []).toString('utf8')
    },
  }
}
