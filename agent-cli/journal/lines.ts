// An append-only file of checksummed lines, `<sha256 hex> <json>\n`, shared by the log's segments and the ledger.
// Knows durability, torn tails and group commit; does not know what the JSON means.
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { dirname } from 'node:path'
import { type Disk, type DiskFile, fileMode, readFully, realDisk, syncFolder, writeFully } from './disk.ts'
import { diskFailure, JournalError } from './failure.ts'
import { limits } from './limits.ts'
import type { Line } from './line.ts'
import { verify } from './verify.ts'

export interface Lines {
  /**
   * Appends one line. `build` is called when its turn to be written comes, in call order, and gives the JSON text (no newline in it).
   * Resolves after fdatasync; many appends share one. Rejects with JournalError and the file is as if nothing had been appended.
   */
  append(build: () => string): Promise<Line>
  /** Reads bytes that are durable. */
  read(offset: number, bytes: number): Promise<Buffer>
  /** Resolves when nothing is waiting to be written. */
  idle(): Promise<void>
  /** Durable length in bytes. */
  readonly size: number
  /** Bytes of a torn tail that opening removed. */
  readonly droppedBytes: number
  /** Waits for appends under way, refuses new ones, closes the file. */
  close(): Promise<void>
}

export interface LinesHooks {
  /** Called for every line found while opening, in order. A thrown JournalError ends the opening. */
  onFound(line: Line, lineNumber: number): void
  /** Called once per line that became durable, in order, before its promise resolves. */
  onDurable(line: Line): void
  /** Called when a flush failed: none of its lines is in the file. */
  onDropped(): void
  /** Called for every damaged line found while opening. Left out: damage ends the opening with CORRUPT. */
  onDamaged?: (lineNumber: number) => void
  /** JSON text of a line that an empty file begins with; written with the first append, and reported to nobody but a later `onFound`. */
  header?: () => string
  disk?: Disk
}

interface Waiting {
  build: () => string
  resolve: (line: Line) => void
  reject: (error: unknown) => void
}

export function digestOf(json: string | Uint8Array): string {
  return createHash('sha256').update(json).digest('hex')
}

/** A line as it is in the file. */
export function lineBytes(json: string): Buffer {
  return Buffer.from(`${digestOf(json)} ${json}\n`)
}

/** Opens or makes the file, verifies every line and removes a torn tail. Throws JournalError (CORRUPT names file and line). */
export async function openLines(path: string, hooks: LinesHooks): Promise<Lines> {
  const disk = hooks.disk ?? realDisk
  let file: DiskFile
  try {
    // Neither of the letters will do: 'a+' ignores positions, 'r+' does not create, 'w+' empties.
    file = await disk.open(path, constants.O_RDWR | constants.O_CREAT, fileMode)
  } catch (error) {
    throw diskFailure(path, error)
  }
  try {
    const found = await verify(file, path, hooks.onFound, hooks.onDamaged)
    if (found.droppedBytes > 0) await file.truncate(found.size)
    // What is read back after a crash may still be only in memory; readers get durable lines only.
    await file.datasync()
    await syncFolder(dirname(path))
    return createLines(path, file, found, hooks)
  } catch (error) {
    await file.close().catch(() => undefined)
    throw diskFailure(path, error)
  }
}

function createLines(
  path: string,
  file: DiskFile,
  found: { size: number; droppedBytes: number },
  hooks: LinesHooks,
): Lines {
  let size = found.size
  let queue: Waiting[] = []
  let running: Promise<void> | undefined
  let closed = false
  /** Set when bytes past `size` may be in the file; nothing is written before they are cut off, or a later opening would find them. */
  let dirty = false

  async function flush(): Promise<void> {
    // One turn of the event loop, so that appends of the same tick share one fsync.
    await new Promise((resolve) => setImmediate(resolve))
    while (queue.length > 0) await flushOnce()
    running = undefined
  }

  async function flushOnce(): Promise<void> {
    const batch: { waiting: Waiting; line: Line }[] = []
    const parts: Buffer[] = []
    let bytes = 0
    let taken = 0
    if (size === 0 && hooks.header !== undefined) {
      const part = lineBytes(hooks.header())
      parts.push(part)
      bytes += part.byteLength
    }
    for (const waiting of queue) {
      if (taken > 0 && bytes >= limits.maxFlushBytes) break
      taken += 1
      try {
        const json = waiting.build()
        const part = lineBytes(json)
        batch.push({
          waiting,
          line: { json, digest: part.toString('latin1', 0, 64), offset: size + bytes, bytes: part.byteLength },
        })
        parts.push(part)
        bytes += part.byteLength
      } catch (error) {
        waiting.reject(error)
      }
    }
    queue = queue.slice(taken)
    if (batch.length === 0) return
    try {
      // A lock that was removed by hand lets two processes in: whoever finds lines of another's writes nothing over them (E4).
      if (!dirty && (await file.stat()).size !== size) throw writtenByAnother(path)
    } catch (error) {
      hooks.onDropped()
      for (const { waiting } of batch) waiting.reject(diskFailure(path, error))
      return
    }
    try {
      if (dirty) await cutOff()
      dirty = true
      await writeFully(file, Buffer.concat(parts), size)
      await file.datasync()
      dirty = false
    } catch (error) {
      await cutOff().catch(() => undefined)
      hooks.onDropped()
      for (const { waiting } of batch) waiting.reject(diskFailure(path, error))
      return
    }
    size += bytes
    for (const { line } of batch) hooks.onDurable(line)
    for (const { waiting, line } of batch) waiting.resolve(line)
  }

  async function cutOff(): Promise<void> {
    await file.truncate(size)
    await file.datasync()
    dirty = false
  }

  return {
    append(build) {
      if (closed) return Promise.reject(new JournalError('CLOSED', `${path} is closed.`, { path }))
      return new Promise((resolve, reject) => {
        queue.push({ build, resolve, reject })
        running ??= flush()
      })
    },
    async read(offset, bytes) {
      if (closed) throw new JournalError('CLOSED', `${path} is closed.`, { path })
      const buffer = Buffer.alloc(Math.max(0, Math.min(bytes, size - offset)))
      try {
        const got = await readFully(file, buffer, offset)
        if (got < buffer.byteLength) throw new Error('the file is shorter than what was written to it')
      } catch (error) {
        throw diskFailure(path, error)
      }
      return buffer
    },
    async idle() {
      await running
    },
    get size() {
      return size
    },
    droppedBytes: found.droppedBytes,
    async close() {
      if (closed) return
      closed = true
      await running
      await file.close()
    },
  }
}

function writtenByAnother(path: string): JournalError {
  const message = `${path} is written by another process: this one is too late and keeps nothing any more. End it, and go on in the other.`
  return new JournalError('NOT_HELD', message, { path })
}
