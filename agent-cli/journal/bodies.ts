// Large content of a session, each piece under the SHA-256 of its bytes (E6). Knows no event that refers to it.
import { createHash } from 'node:crypto'
import { readdir, rename, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { type Disk, type DiskFile, fileMode, makeFolder, readFully, realDisk, syncFolder, writeFully } from './disk.ts'
import { diskFailure, JournalError, systemCode } from './failure.ts'
import { limits } from './limits.ts'

export interface BodyFacts {
  sha256: string
  bytes: number
}

export interface Bodies {
  /**
   * Keeps content; durable before it returns, so that an event may refer to it. The same content twice is one file. Throws
   * TOO_LARGE above the limit, or JournalError of the disk; a half-written body is never found under its name.
   */
  put(content: Uint8Array | AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<BodyFacts>
  /** Size in bytes, or undefined if it is not here. */
  size(sha256: string): Promise<number | undefined>
  /** At most `maxBytes` from `offset`; empty at the end. Throws NOT_FOUND. */
  read(sha256: string, offset: number, maxBytes?: number): Promise<Buffer>
}

let draftCount = 0

/** Opens the folder and removes what a crash left half-written. The caller holds the session's lock. */
export async function openBodies(folder: string, disk: Disk = realDisk): Promise<Bodies> {
  try {
    await makeFolder(folder)
    for (const name of await readdir(folder)) if (name.endsWith('.tmp')) await unlink(join(folder, name))
  } catch (error) {
    throw diskFailure(folder, error)
  }

  function pathOf(sha256: string): string {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new JournalError('NOT_FOUND', 'That is not the name of a stored body.')
    return join(folder, sha256)
  }

  async function size(sha256: string): Promise<number | undefined> {
    const path = pathOf(sha256)
    try {
      return (await stat(path)).size
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined
      throw diskFailure(path, error)
    }
  }

  return {
    size,
    async put(content, signal) {
      draftCount += 1
      const draft = join(folder, `${process.pid}-${draftCount}.tmp`)
      try {
        const file = await disk.open(draft, 'wx', fileMode)
        const facts = await fill(file, content, signal).finally(() => file.close())
        if ((await size(facts.sha256)) === facts.bytes) {
          await unlink(draft)
        } else {
          await rename(draft, pathOf(facts.sha256))
        }
        await syncFolder(folder)
        return facts
      } catch (error) {
        await unlink(draft).catch(() => undefined)
        if (signal?.aborted) throw signal.reason
        throw diskFailure(folder, error)
      }
    },
    async read(sha256, offset, maxBytes = limits.bodyChunkBytes) {
      const path = pathOf(sha256)
      let file: DiskFile
      try {
        file = await disk.open(path, 'r', fileMode)
      } catch (error) {
        if (systemCode(error) !== 'ENOENT') throw diskFailure(path, error)
        throw new JournalError('NOT_FOUND', `The body ${sha256} is not on this machine.`, { path })
      }
      try {
        const left = (await file.stat()).size - offset
        const buffer = Buffer.alloc(Math.max(0, Math.min(maxBytes, left)))
        return buffer.subarray(0, await readFully(file, buffer, offset))
      } catch (error) {
        throw diskFailure(path, error)
      } finally {
        await file.close()
      }
    },
  }
}

async function fill(
  file: DiskFile,
  content: Uint8Array | AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<BodyFacts> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of content instanceof Uint8Array ? [content] : content) {
    signal?.throwIfAborted()
    if (bytes + chunk.byteLength > limits.maxBodyBytes) {
      throw new JournalError('TOO_LARGE', `Content of more than ${limits.maxBodyBytes / 1024 / 1024} MiB is not kept.`)
    }
    hash.update(chunk)
    await writeFully(file, chunk, bytes)
    bytes += chunk.byteLength
  }
  await file.sync()
  return { sha256: hash.digest('hex'), bytes }
}
