// The disk's double: what was written and not synced is lost when the process of that life dies. Put in the place of the journal's real disk;
// each life of a host has files of its own. Knows no format.
import { AsyncLocalStorage } from 'node:async_hooks'
import { constants } from 'node:fs'
import { type Disk, type DiskFile, realDisk } from '../../../agent-cli/journal/disk.ts'

/** One life of a host process: once it is over nothing of it reaches the disk any more. */
export type Life = {
  isOver: boolean
  /** It ends with the sync that comes after so many others: before what that one should keep is kept, or right after it. */
  lastSync?: { after: number; isKept: boolean; dies: () => void } | null
}

const lives = new AsyncLocalStorage<Life>()

/** Everything opened within belongs to that life. */
export const within = <T>(life: Life, act: () => T): T => lives.run(life, act)

/** Makes the journal's disk forgetful. `slow` says how many milliseconds a sync takes. */
export function makeForgetful(slow: () => number): void {
  const real: Disk = { open: realDisk.open }
  realDisk.open = async (path, flags, mode) => {
    const life = lives.getStore()
    if (life?.isOver) throw gone()
    const file = await real.open(path, flags, mode)
    // Files that are replaced whole are read back by name: they are written as they come.
    if (life === undefined || flags !== (constants.O_RDWR | constants.O_CREAT)) return file
    return forgetful(file, life, slow)
  }
}

const gone = () => Object.assign(new Error('this process is dead'), { code: 'EIO' })

function forgetful(file: DiskFile, life: Life, slow: () => number): DiskFile {
  let unsynced: ((file: DiskFile) => Promise<unknown>)[] = []
  let view: Buffer | undefined
  const alive = () => {
    if (life.isOver) throw gone()
  }
  /** What this process sees: the file as if everything had been written. */
  async function seen(): Promise<Buffer> {
    if (view !== undefined) return view
    const { size } = await file.stat()
    const bytes = Buffer.alloc(size)
    await file.read(bytes, 0, size, 0)
    view = bytes
    return view
  }
  async function sync(): Promise<void> {
    alive()
    const writes = unsynced
    unsynced = []
    const last = writes.length > 0 ? isLast() : null
    if (last?.isKept === false) last.dies()
    const waitMs = slow()
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
    alive()
    for (const write of writes) await write(file)
    if (last?.isKept) last.dies()
    alive()
  }
  function isLast() {
    const { lastSync } = life
    if (!lastSync || lastSync.after-- > 0) return null
    life.lastSync = null
    return lastSync
  }
  return {
    async write(bytes, offset, length, position) {
      alive()
      const part = Buffer.from(bytes.subarray(offset, offset + length))
      const now = await seen()
      const next = Buffer.alloc(Math.max(now.byteLength, position + length))
      now.copy(next)
      part.copy(next, position)
      view = next
      unsynced.push((real) => real.write(part, 0, length, position))
      return { bytesWritten: length }
    },
    async read(bytes, offset, length, position) {
      alive()
      const now = await seen()
      return { bytesRead: now.copy(bytes, offset, position, Math.min(now.byteLength, position + length)) }
    },
    async truncate(length) {
      alive()
      view = Buffer.from((await seen()).subarray(0, length))
      unsynced.push((real) => real.truncate(length))
    },
    datasync: sync,
    sync,
    stat: async () => ({ size: (await seen()).byteLength }),
    close: () => file.close(),
  }
}
