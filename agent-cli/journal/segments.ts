// The files of one event log, oldest first: `events.<first number>.log` are sealed, `events.log` is written to. Begins the next one when
// that is full, and removes the oldest when the server has them and enough is kept back (E5). Knows no event.
import { readdir, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type Disk, replaceFile, syncFolder } from './disk.ts'
import { diskFailure } from './failure.ts'
import { limits } from './limits.ts'
import { headerBytes, openSegment, type Segment } from './segment.ts'
import { corrupt } from './verify.ts'

export interface SegmentSizes {
  segmentBytes?: number
  keepBackBytes?: number
}

export interface Segments {
  /** Oldest first; the last one is written to. Never empty. */
  readonly all: readonly Segment[]
  readonly active: Segment
  /** Seals the active file if it is full. The caller appends nothing meanwhile. A disk that refuses leaves everything as it was. */
  rollIfFull(): Promise<void>
  /** Removes sealed files whose every event is at or below `ackedSeq`, except the newest of them up to the keep-back. Never rejects. */
  trim(ackedSeq: number): Promise<void>
  close(): Promise<void>
}

export async function openSegments(
  path: string,
  options: SegmentSizes & { disk?: Disk | undefined; onDurable: () => void },
): Promise<Segments> {
  const { segmentBytes = limits.segmentBytes, keepBackBytes = limits.keepBackBytes, disk, onDurable } = options
  const folder = dirname(path)
  const stem = basename(path, '.log')
  const sealedPath = (firstSeq: number) => join(folder, `${stem}.${firstSeq}.log`)
  const nextPath = `${path}.next`
  const all: Segment[] = []
  try {
    for (const firstSeq of await sealed(folder, stem)) all.push(await opened(sealedPath(firstSeq), firstSeq))
    all.push(await opened(path, (all.at(-1)?.lastSeq ?? 0) + 1))
  } catch (error) {
    await Promise.all(all.map((segment) => segment.close()))
    throw error
  }
  let trimming: Promise<void> | undefined

  async function opened(at: string, expectedSeq: number): Promise<Segment> {
    const segment = await openSegment(at, { expectedSeq, disk, onDurable })
    // A file that is missing between two is found by its readers; numbers used twice are not.
    if (segment.firstSeq >= expectedSeq) return segment
    await segment.close()
    throw corrupt(at, 1)
  }

  const active = (): Segment => {
    const last = all.at(-1)
    if (last === undefined) throw new Error('a log without a file')
    return last
  }

  async function roll(): Promise<void> {
    const old = active()
    await old.idle()
    const firstSeq = old.lastSeq + 1
    await replaceFile(nextPath, headerBytes(firstSeq), disk)
    // Opened before it has its name: nothing can fail any more between the two names.
    const next = await openSegment(nextPath, { expectedSeq: firstSeq, disk, onDurable, name: path })
    const sealedAs = sealedPath(old.firstSeq)
    let isSealed = false
    try {
      await rename(path, sealedAs)
      isSealed = true
      await rename(nextPath, path)
    } catch (error) {
      if (isSealed) await rename(sealedAs, path)
      await next.close()
      throw diskFailure(path, error)
    }
    all.push(next)
    await syncFolder(folder)
  }

  async function trimNow(ackedSeq: number): Promise<void> {
    let keptBytes = 0
    for (const segment of all) if (segment.lastSeq <= ackedSeq) keptBytes += segment.bytes
    for (let [oldest] = all; oldest !== undefined && all.length > 1; [oldest] = all) {
      keptBytes -= oldest.bytes
      if (oldest.lastSeq > ackedSeq || keptBytes < keepBackBytes) return
      await unlink(sealedPath(oldest.firstSeq))
      all.shift()
      await oldest.close()
    }
  }

  return {
    all,
    get active() {
      return active()
    },
    async rollIfFull() {
      const { bytes, firstSeq, lastSeq } = active()
      // A full disk refuses the append as well, and says so there.
      if (bytes >= segmentBytes && lastSeq >= firstSeq) await roll().catch(() => undefined)
    },
    trim(ackedSeq) {
      // What cannot be removed now is tried again after the next acknowledgement.
      trimming ??= trimNow(ackedSeq)
        .catch(() => undefined)
        .finally(() => {
          trimming = undefined
        })
      return trimming
    },
    async close() {
      await trimming
      await Promise.all(all.map((segment) => segment.close()))
    },
  }
}

/** First numbers of the sealed files, in order. */
async function sealed(folder: string, stem: string): Promise<number[]> {
  try {
    const names = await readdir(folder)
    const numbers = names.map((name) => {
      const number = name.startsWith(`${stem}.`) && /^\d+\.log$/.exec(name.slice(stem.length + 1))
      return number ? Number.parseInt(number[0], 10) : 0
    })
    return numbers.filter((number) => number > 0).sort((a, b) => a - b)
  } catch (error) {
    throw diskFailure(folder, error)
  }
}
