// One file of the event log: a header with its format and first number, then events in dense order. Knows where each event lies and which
// numbers are damaged; does not know the files beside it.
import type { Disk } from './disk.ts'
import { JournalError } from './failure.ts'
import type { Line } from './line.ts'
import { lineBytes, openLines } from './lines.ts'
import { corrupt } from './verify.ts'

/** Format 1 had no header and one file for all. This version reads both and writes 2. */
const format = 2

/** A place in a file that can no longer be read. `toSeq` below `fromSeq`: no event was there. */
export interface Damage {
  path: string
  line: number
  fromSeq: number
  toSeq: number
}

export interface Segment {
  readonly firstSeq: number
  /** `firstSeq - 1` while empty. */
  readonly lastSeq: number
  /** Durable length of the file. */
  readonly bytes: number
  readonly droppedBytes: number
  readonly damage: readonly Damage[]
  /** Appends the event whose text `build` gives for its number. Like `Lines.append`. */
  append(build: (seq: number) => string): Promise<{ seq: number; line: Line }>
  /** Length of an event's line; 0 where it is damaged. */
  sizeOf(seq: number): number
  /** Whole lines of the numbers `first` to `last`, without their newline; null where one is damaged. */
  read(first: number, last: number): Promise<(Buffer | null)[]>
  /** Resolves when nothing is waiting to be written. */
  idle(): Promise<void>
  close(): Promise<void>
}

export const headerText = (firstSeq: number) => `{"journal":${format},"firstSeq":${firstSeq}}`
/** What a new file begins with. */
export const headerBytes = (firstSeq: number) => lineBytes(headerText(firstSeq))

/**
 * Opens or makes a file that is to begin with `expectedSeq`. Throws JournalError: CORRUPT when its numbers contradict each other,
 * TOO_NEW when a later version wrote it. `name` is the file's name in sentences, where it differs from `path`.
 */
export async function openSegment(
  path: string,
  options: { expectedSeq: number; onDurable: () => void; disk?: Disk | undefined; name?: string },
): Promise<Segment> {
  const name = options.name ?? path
  let firstSeq = options.expectedSeq
  /** Per event from `firstSeq` on: where its line starts, and its length with the newline; 0 for a damaged one. */
  const starts: number[] = []
  const sizes: number[] = []
  const damage: Damage[] = []
  let damagedLines: number[] = []
  let built = 0
  const nextSeq = () => firstSeq + starts.length

  /** Numbers up to `before` are lost with the damaged lines that were passed. */
  function closeDamage(before: number): void {
    const [line] = damagedLines
    if (line === undefined) return
    damage.push({ path: name, line, fromSeq: nextSeq(), toSeq: before - 1 })
    while (nextSeq() < before) {
      starts.push(0)
      sizes.push(0)
    }
    damagedLines = []
  }

  function take(line: Line): void {
    starts.push(line.offset)
    sizes.push(line.bytes)
  }

  const lines = await openLines(path, {
    ...(options.disk === undefined ? {} : { disk: options.disk }),
    header: () => headerText(firstSeq),
    onDamaged: (lineNumber) => void damagedLines.push(lineNumber),
    onFound(line, lineNumber) {
      if (lineNumber === 1 && line.json.startsWith('{"journal":')) {
        firstSeq = readHeader(line.json, name)
        return
      }
      const seq = Number(/^\{"seq":(\d+),/.exec(line.json)?.[1])
      // A jump is a loss that is accounted for only where damaged lines lie before it.
      if (seq !== nextSeq() && !(seq > nextSeq() && damagedLines.length > 0)) throw corrupt(name, lineNumber)
      closeDamage(seq)
      take(line)
    },
    onDurable(line) {
      take(line)
      options.onDurable()
    },
    onDropped: () => {
      built = starts.length
    },
  })
  // Nothing good follows: each line was one event, as far as anyone can know.
  closeDamage(nextSeq() + damagedLines.length)
  built = starts.length

  return {
    get firstSeq() {
      return firstSeq
    },
    get lastSeq() {
      return nextSeq() - 1
    },
    get bytes() {
      return lines.size
    },
    droppedBytes: lines.droppedBytes,
    damage,
    async append(build) {
      let seq = 0
      const line = await lines.append(() => {
        seq = firstSeq + built
        const json = build(seq)
        built += 1
        return json
      })
      return { seq, line }
    },
    sizeOf: (seq) => sizes[seq - firstSeq] ?? 0,
    async read(first, last) {
      const found = Array.from({ length: last - first + 1 }, (_, at) => first + at - firstSeq)
      const whole = found.filter((at) => (sizes[at] ?? 0) > 0)
      const [from] = whole
      const to = whole.at(-1)
      if (from === undefined || to === undefined) return found.map(() => null)
      const base = starts[from] ?? 0
      const block = await lines.read(base, (starts[to] ?? 0) + (sizes[to] ?? 0) - base)
      return found.map((at) => {
        const [start, size] = [(starts[at] ?? 0) - base, sizes[at] ?? 0]
        return size === 0 ? null : block.subarray(start, start + size - 1)
      })
    },
    idle: () => lines.idle(),
    close: () => lines.close(),
  }
}

function readHeader(json: string, path: string): number {
  const { journal, firstSeq } = JSON.parse(json) as { journal?: unknown; firstSeq?: unknown }
  if (typeof journal === 'number' && journal > format) {
    const message = `${path} was written by a newer Offdesk. Update this one to go on with the session.`
    throw new JournalError('TOO_NEW', message, { path })
  }
  if (!Number.isSafeInteger(firstSeq) || Number(firstSeq) < 1) throw corrupt(path, 1)
  return Number(firstSeq)
}
