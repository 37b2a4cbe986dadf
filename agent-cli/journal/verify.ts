// Walks a file of checksummed lines from its start: every good line is reported, a torn tail measured, damage in the middle named.
// Writes nothing: a damaged file stays as it is, for a person to look at.
import { createHash } from 'node:crypto'
import { type DiskFile, readFully } from './disk.ts'
import { JournalError } from './failure.ts'
import { limits } from './limits.ts'
import type { Line } from './lines.ts'

const newline = 0x0a

/** Returns the length of the good part and how many bytes of torn tail follow it. Throws JournalError CORRUPT with file and line. */
export async function verify(
  file: DiskFile,
  path: string,
  onFound: (line: Line, lineNumber: number) => void,
): Promise<{ size: number; droppedBytes: number }> {
  const { size: total } = await file.stat()
  let carry = Buffer.alloc(0)
  let carryParts: Buffer[] = []
  let good = 0
  let lineNumber = 0
  for (let position = 0; position < total; ) {
    const chunk = Buffer.alloc(Math.min(limits.verifyChunkBytes, total - position))
    const got = await readFully(file, chunk, position)
    if (got === 0) break
    position += got
    const fresh = chunk.subarray(0, got)
    if (!fresh.includes(newline)) {
      carryParts.push(fresh)
      continue
    }
    let data = Buffer.concat([carry, ...carryParts, fresh])
    carryParts = []
    for (let end = data.indexOf(newline); end !== -1; end = data.indexOf(newline)) {
      const raw = data.subarray(0, end)
      const offset = position - data.byteLength
      data = data.subarray(end + 1)
      lineNumber += 1
      const line = parse(raw, offset)
      if (line === undefined) {
        if (!tornFlush(raw, total - offset)) throw corrupt(path, lineNumber)
        return { size: good, droppedBytes: total - good }
      }
      onFound(line, lineNumber)
      good = offset + line.bytes
    }
    carry = Buffer.from(data)
  }
  return { size: good, droppedBytes: total - good }
}

/**
 * A flush that lost power may reach the disk in any order: an unwritten page reads as NUL, and later lines of the same flush may
 * be whole. None of it was acknowledged. A line of ours never holds NUL, so a torn flush is told from damage by its NUL and by
 * lying no further from the end than one flush. (A torn last line without its newline needs no such rule.)
 */
function tornFlush(raw: Buffer, bytesToEnd: number): boolean {
  return raw.includes(0) && bytesToEnd <= limits.maxFlushBytes + limits.maxEventBytes
}

function parse(raw: Buffer, offset: number): Line | undefined {
  if (raw.byteLength < 66 || raw[64] !== 0x20) return undefined
  const json = raw.subarray(65)
  const digest = raw.toString('latin1', 0, 64)
  if (createHash('sha256').update(json).digest('hex') !== digest) return undefined
  return { json: json.toString('utf8'), digest, offset, bytes: raw.byteLength + 1 }
}

export function corrupt(path: string, line: number, cause?: unknown): JournalError {
  const message = `${path} is damaged at line ${line}. It was left as it is; nothing will be added to it.`
  return new JournalError('CORRUPT', message, { path, line, cause })
}
