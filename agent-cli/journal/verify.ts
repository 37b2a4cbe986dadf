// Walks a file of checksummed lines from its start: every good line is reported, a torn tail measured, damage in the middle named.
// Writes nothing: a damaged file stays as it is, for a person to look at.
import { createHash } from 'node:crypto'
import { type DiskFile, readFully } from './disk.ts'
import { JournalError } from './failure.ts'
import { limits } from './limits.ts'
import type { Line } from './line.ts'

const newline = 0x0a

/**
 * Returns the length of the good part and how many bytes of torn tail follow it. A damaged line is reported to `onDamaged` and counts as
 * part of the file; without `onDamaged` it throws JournalError CORRUPT with file and line.
 */
export async function verify(
  file: DiskFile,
  path: string,
  onFound: (line: Line, lineNumber: number) => void,
  onDamaged?: (lineNumber: number) => void,
): Promise<{ size: number; droppedBytes: number }> {
  const { size: total } = await file.stat()
  let carry = Buffer.alloc(0)
  let carryParts: Buffer[] = []
  let good = 0
  let lineNumber = 0
  /** Lines that look like a torn flush, unless a good one follows. */
  let torn: { size: number; lines: number[] } | undefined
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
        if (tornFlush(raw, total - offset)) torn ??= { size: good, lines: [] }
        if (torn !== undefined && onDamaged === undefined) return { size: good, droppedBytes: total - good }
        if (onDamaged === undefined) throw corrupt(path, lineNumber)
        if (torn === undefined) onDamaged(lineNumber)
        else torn.lines.push(lineNumber)
      } else {
        for (const damaged of torn?.lines ?? []) onDamaged?.(damaged)
        torn = undefined
        onFound(line, lineNumber)
      }
      good = offset + raw.byteLength + 1
    }
    carry = Buffer.from(data)
  }
  const size = torn?.size ?? good
  return { size, droppedBytes: total - size }
}

/**
 * A flush that lost power may reach the disk in any order, and an unwritten page reads as NUL. A line of ours never holds NUL, so a
 * torn flush is told from damage by its NUL and by lying no further from the end than one flush. Whole lines behind it: who can name
 * damage keeps them (the disk may as well have lost a page that was acknowledged), who cannot drops them with it.
 */
function tornFlush(raw: Buffer, bytesToEnd: number): boolean {
  return raw.includes(0) && bytesToEnd <= limits.maxFlushBytes + limits.maxEventBytes
}

function parse(raw: Buffer, offset: number): Line | undefined {
  const json = textOf(raw)
  if (json === undefined) return undefined
  return { json: json.toString('utf8'), digest: raw.toString('latin1', 0, 64), offset, bytes: raw.byteLength + 1 }
}

/** The JSON bytes of a line without its newline, or undefined when its checksum is not theirs. */
export function textOf(raw: Buffer): Buffer | undefined {
  if (raw.byteLength < 66 || raw[64] !== 0x20) return undefined
  const json = raw.subarray(65)
  return createHash('sha256').update(json).digest('hex') === raw.toString('latin1', 0, 64) ? json : undefined
}

export function corrupt(path: string, line: number, cause?: unknown): JournalError {
  const message = `${path} is damaged at line ${line}. It was left as it is; nothing will be added to it.`
  return new JournalError('CORRUPT', message, { path, line, cause })
}
